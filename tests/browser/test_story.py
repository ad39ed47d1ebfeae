"""The whole story: a family asks, the director answers, the family is told and reads the answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import PHONE, WIDE, MakePerson, Person
from tests.browser.steps import (
    FAMILY,
    OLDER,
    YOUNGER,
    Board,
    choose_period,
    days_of,
    fill_sign_in,
    open_menu,
    show_child,
    sign_in,
    ticked,
)
from tests.demo.portal import DIRECTOR, PARENT, Portal

REASON = "groupe complet ce jour-là"
TOLD = ("acceptée", "liste d’attente", "refusée")


def _ask(page: Page, *, script: bool) -> set[str]:
    """Tick a week and an outing for one child, two days for the other; send."""
    show_child(page, OLDER)
    if script:
        page.get_by_role("button", name=re.compile(f"^tou.*, {OLDER}, ")).first.click()
    else:
        for box in days_of(page, OLDER)[0].get_by_role("checkbox").all():
            box.check()
    show_child(page, YOUNGER)
    for day in days_of(page, YOUNGER)[:2]:
        if script:
            day.get_by_role("button", name="journée").click()
        else:
            for box in day.get_by_role("checkbox").all():
                box.check()
    show_child(page, OLDER)
    if page.locator("details.outing").first.get_attribute("open") != "":
        page.locator("details.outing > summary").first.click()
    page.get_by_role("checkbox", name=f"Demander la sortie pour {OLDER}").first.check()
    wanted = ticked(page)
    assert len(wanted) >= 10
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_text("Votre demande est envoyée.")).to_be_visible()
    return wanted


def _change(page: Page, period: str) -> None:
    """One more half-day, while nothing is answered."""
    page.get_by_role("link", name=f"Modifier {period}").click()
    show_child(page, YOUNGER)
    days_of(page, YOUNGER)[2].get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Enregistrer ma demande").click()
    expect(page.get_by_text("Votre demande est modifiée.")).to_be_visible()


def _only_pending(page: Page, period: str) -> None:
    """The family reads that everything waits, whatever the director prepares meanwhile."""
    page.reload()
    request = page.get_by_role("article", name=period)
    expect(request.get_by_text("à traiter").first).to_be_visible()
    for word in (*TOLD, REASON):
        expect(request.get_by_text(word)).to_have_count(0)
    expect(page.get_by_role("link", name=f"Modifier {period}")).to_be_visible()


def _decide(page: Page, period: str) -> None:
    """Accept all, then one child to the waiting list, the outing refused; change one's mind."""
    board = Board(page)
    board.open(period)
    card = board.find()
    expect(card.get_by_text("à traiter").first).to_be_visible()
    card.get_by_role("checkbox").check()
    page.get_by_role("button", name="Accepter", exact=True).click()
    board.says("acceptées")

    board.row(YOUNGER).get_by_role("button", name=re.compile("^Liste d’attente")).click()
    board.says("liste d’attente")

    outing = board.find().locator(".line", has=page.locator(".icon.inline"))
    outing.get_by_role("link", name=re.compile("^Refuser")).click()
    page.get_by_label("Motif du refus, que la famille lira").fill(REASON)
    page.get_by_role("button", name="Refuser", exact=True).click()
    board.says("1 ligne refusée")
    expect(board.find().get_by_text(f"Motif : {REASON}")).to_be_visible()

    days = board.find().locator(".line").filter(has_text=OLDER, has_not_text=REASON)
    days.get_by_role("button", name=re.compile("^Remettre à traiter")).click()
    board.says("remises à traiter")
    page.get_by_role("button", name="Accepter", exact=True).wait_for()
    days.get_by_role("button", name=re.compile("^Accepter")).click()
    board.says("acceptées")


def _validate(page: Page) -> int:
    """Tell the families, and watch the mails leave. Returns how many."""
    page.get_by_role("link", name=re.compile("^Valider et prévenir")).click()
    tile = page.locator(".tile", has_text="courriel")
    mails = int(re.findall(r"\d+", tile.inner_text())[0])
    page.get_by_role("button", name=re.compile("^Valider et prévenir")).click()
    done = page.get_by_text("Tous les courriels sont partis.")
    for _ in range(20):
        if done.count():
            break
        page.wait_for_timeout(500)
        if not _has_script(page):
            page.reload()
    expect(done).to_be_visible()
    expect(page.get_by_text(f"{mails} courriels sur {mails}")).to_be_visible()
    return mails


def _has_script(page: Page) -> bool:
    return "js" in (page.locator("html").get_attribute("class") or "")


def _read_mail(person: Person, mails: int) -> str:
    """One mail for the family, which names no child and tells no answer. Returns its link."""
    page = person.open("/demo/courriels/")
    newest = page.locator("main .items > li").all()[:mails]
    own = [item for item in newest if "famille1@exemple.fr" in item.inner_text().split()]
    assert len(own) == 1
    own[0].get_by_role("link").click()
    text = page.get_by_role("main").inner_text()
    for word in (OLDER, YOUNGER, REASON, *TOLD):
        assert word not in text
    return str(page.locator(".mail").get_by_role("link").first.get_attribute("href"))


def _read_answers(page: Page, period: str) -> None:
    """Every answer shows, with the rank of what waits and the reason of what is refused."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Statut de vos demandes")
    request = page.get_by_role("article", name=period)
    older = request.get_by_role("group", name=re.compile(f"^{OLDER}, "))
    younger = request.get_by_role("group", name=re.compile(f"^{YOUNGER}, "))
    expect(older.filter(has_text=re.compile("Journée.*acceptée"))).not_to_have_count(0)
    expect(younger.get_by_text(re.compile(r"liste d’attente, rang \d+"))).not_to_have_count(0)
    expect(younger.get_by_text("acceptée")).to_have_count(0)
    expect(older.get_by_text("refusée")).to_have_count(1)
    expect(request.get_by_text(f"Motif : {REASON}")).to_have_count(1)
    expect(request.get_by_text("à traiter")).to_have_count(0)
    expect(page.get_by_role("link", name=f"Modifier {period}")).to_have_count(0)
    expect(page.get_by_role("link", name=f"Supprimer {period}")).to_have_count(0)
    expect(request.get_by_role("link", name="tilleuls@loisirs-exemple.fr")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_a_family_asks_the_director_answers_the_family_reads(
    own_portal: Portal, person: MakePerson, width: int, *, script: bool
) -> None:
    """Everything Préau is for, by hand, on a phone and on a desk."""
    parent = person(own_portal, width=width, script=script)
    page = sign_in(parent, PARENT)
    expect(page.get_by_text(FAMILY, exact=True)).to_be_visible()
    period = choose_period(page)
    wanted = _ask(page, script=script)
    expect(page.get_by_role("heading", level=1)).to_have_text("Statut de vos demandes")
    _only_pending(page, period)
    _change(page, period)

    director = person(own_portal, width=width, script=script)
    sign_in(director, DIRECTOR)
    _decide(director.page, period)
    _only_pending(page, period)
    page.get_by_role("link", name=f"Modifier {period}").click()
    assert wanted < ticked(page)
    open_menu(page, "Statut de vos demandes")

    mails = _validate(director.page)
    reader = person(own_portal, width=width, script=script)
    link = _read_mail(reader, mails)
    reader.page.goto(link)
    fill_sign_in(reader, PARENT)
    _read_answers(reader.page, period)
