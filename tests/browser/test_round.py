"""The director's whole round, from a new period to a place given on, as the guide shows it.

`uv run pytest tests/browser/test_round.py --pictures` writes the pictures of
`docs/guide-direction.md`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from preau.core import clock
from tests.browser.fixtures import MakePerson
from tests.browser.steps import OLDER, open_menu, sign_in
from tests.demo.portal import DIRECTOR, PARENT, REPOSITORY, Portal

IMAGES = REPOSITORY / "docs" / "images" / "guide-direction"
WIDTH = 1120
MOST = 150_000  # bytes of one picture
CENTRE, PERIOD = "Centre des Tilleuls", "Guide, une semaine"
OTHER = "famille.7"  # one child, of the age of the elder of the first family
REASON = "à la demande de la famille"

pytestmark = pytest.mark.real_time


@dataclass
class Camera:
    """Takes the pictures of the guide, in order, where they are asked for."""

    folder: Path | None
    taken: list[str] = field(default_factory=list)

    def take(
        self, page: Page, name: str, height: int = 760, *, above: Locator | None = None
    ) -> None:
        """The page in a window of this height, from what stands `above` on."""
        self.taken.append(name)
        if self.folder is None:
            return
        page.set_viewport_size({"width": WIDTH, "height": height})
        page.mouse.move(0, 0)
        if above is not None:
            above.evaluate("each => scrollTo(0, each.getBoundingClientRect().top + scrollY - 96)")
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.png"
        page.screenshot(path=path, animations="disabled", caret="hide")
        assert path.stat().st_size < MOST, f"{name} weighs too much"


@pytest.fixture
def camera(request: pytest.FixtureRequest) -> Camera:
    """Pictures are written when asked for; the story is played in any case."""
    return Camera(IMAGES if request.config.getoption("--pictures", default=False) else None)


def create(page: Page, camera: Camera) -> None:
    """A week of the next holidays that no period covers, with one place a group and slot."""
    open_menu(page, "Périodes")
    page.get_by_role("link", name="Nouvelle période").first.click()
    page.get_by_role("navigation", name="Centre").get_by_role("link", name=CENTRE).click()
    camera.take(page, "01-nouvelle-periode")
    proposals = page.get_by_role("region", name="Du calendrier scolaire").get_by_role("link")
    proposals.filter(has_not_text="Mercredi").last.click()
    page.get_by_label("Nom, que les familles liront").fill(PERIOD)
    _fill_moment(page, "Ouverture des demandes", -1)
    _fill_moment(page, "Fermeture des demandes", 7)
    for group in page.get_by_label(re.compile(r", \d+ à \d+ ans$")).all():
        group.fill("1")
    camera.take(page, "02-dates-et-places", 1180)
    page.get_by_role("button", name="Créer la période, sans la publier").click()
    expect(page.get_by_text("est prête, invisible des familles")).to_be_visible()


def _fill_moment(page: Page, label: str, days: int) -> None:
    moment = clock.today() + timedelta(days=days)
    page.get_by_label(label).fill(f"{moment.isoformat()}T08:30")


def publish(page: Page, camera: Camera) -> None:
    """Nothing shows to families before this box."""
    page.get_by_label(re.compile("^Publiée")).check()
    camera.take(page, "03-publier")
    page.get_by_role("button", name="Enregistrer les réglages").click()
    asked = page.get_by_label("Oui, c’est ce que je veux")
    if asked.count():
        asked.check()
        page.get_by_role("button", name="Enregistrer les réglages").click()
    expect(page.get_by_text("Non publiée")).to_have_count(0)


def ask(page: Page) -> None:
    """A family asks for every day, for each of its children."""
    open_menu(page, "Réservations")
    page.get_by_role("link", name=f"Voir les périodes : {CENTRE}").click()
    page.get_by_role("link", name=f"Réserver {PERIOD}").click()
    for week in page.get_by_role("button", name=re.compile("^tou")).all():
        week.click()
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_text("Votre demande est envoyée.")).to_be_visible()


def process(page: Page, camera: Camera) -> None:
    """Read the queue, let Préau propose, read its reasons, tell everybody."""
    page.reload()
    expect(_cards(page)).to_have_count(2)
    camera.take(page, "04-demandes-recues", 700)
    page.get_by_role("button", name=re.compile("^Proposer pour")).click()
    expect(page.get_by_role("button", name=re.compile("^Proposer pour"))).to_have_count(0)
    expect(_waiting(page)).not_to_have_count(0)
    camera.take(page, "05-reponses-proposees", 700, above=_cards(page).first)
    page.get_by_role("link", name=re.compile("^Valider et prévenir 2 familles")).click()
    camera.take(page, "06-valider")
    page.get_by_role("button", name=re.compile("^Valider et prévenir")).click()
    expect(page.get_by_text("Tous les courriels sont partis.")).to_be_visible(timeout=30_000)
    camera.take(page, "07-envoi", 640)


def free_a_place(page: Page, camera: Camera) -> None:
    """The first family gives back what another waits for."""
    row = _cards(page).first.get_by_role("group", name=re.compile(f"^{OLDER}")).first
    row.get_by_role("link", name=re.compile("^Corriger")).click()
    page.get_by_label("Nouvelle réponse", exact=True).last.select_option(
        label="Annuler à la demande de la famille, sans facturer"
    )
    page.get_by_label("Motif, que la famille lira").fill(REASON)
    camera.take(page, "08-annuler", 700)
    page.get_by_role("button", name="Corriger et prévenir la famille", exact=True).click()
    expect(page.get_by_text("Corrigé et annoncé à la famille")).to_be_visible()


def offer_it(page: Page, camera: Camera) -> None:
    """The place goes to the one who waits, with a time to confirm."""
    _waiting(page).first.get_by_role("button", name=re.compile("^Proposer la place")).click()
    expect(page.get_by_text(re.compile("^place proposée jusqu’au")).first).to_be_visible()
    camera.take(page, "09-place-proposee", 700, above=_cards(page).first)


def take_it(page: Page, camera: Camera) -> None:
    """The family reads until when, and takes the place."""
    page.goto(page.url.split("/famille/")[0] + "/famille/demandes/")
    request = page.get_by_role("article", name=PERIOD)
    expect(request.get_by_text("acceptée")).to_have_count(0)
    offers = request.get_by_role("button", name="Prendre la place")
    expect(offers).not_to_have_count(0)
    camera.take(page, "10-la-famille-confirme", 700, above=offers.first)
    left = offers.count()
    while left:
        offers.first.click()
        left -= 1
        expect(offers).to_have_count(left)
    expect(request.get_by_text("acceptée").first).to_be_visible()


def _cards(page: Page) -> Locator:
    return page.locator(".queue > .ask")


def _waiting(page: Page) -> Locator:
    """The rows of the second family that wait."""
    return _cards(page).last.get_by_role("group").filter(has_text="liste d’attente")


def test_a_director_makes_a_period_answers_and_gives_a_place_on(
    own_portal: Portal, person: MakePerson, camera: Camera
) -> None:
    director = person(own_portal, DIRECTOR)
    # Publishing is said in words first, and confirmed. Whoever takes pictures adds a style.
    director.expected = ("422", *(["inline style"] if camera.folder else []))
    page = director.open("/direction/")
    create(page, camera)
    publish(page, camera)
    page.get_by_role("link", name="Demandes", exact=True).last.click()
    parents = [person(own_portal, PARENT), person(own_portal)]
    for parent in parents:
        parent.expected = director.expected[1:]
    families = [parents[0].open("/famille/"), sign_in(parents[1], OTHER)]
    for family in families:
        ask(family)
    board = page.url
    process(page, camera)
    page.goto(board)
    free_a_place(page, camera)
    offer_it(page, camera)
    take_it(families[1], camera)
    page.goto(board)
    expect(_cards(page).last.get_by_text("acceptée").first).to_be_visible()
    camera.take(page, "11-place-donnee", 700, above=_cards(page).first)
    guide = (REPOSITORY / "docs" / "guide-direction.md").read_text(encoding="utf-8")
    shown = re.findall(r"images/guide-direction/([\w-]+)\.png", guide)
    assert shown == camera.taken, "the guide shows other pictures than this story"
