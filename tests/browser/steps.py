"""What people do on the pages, in the words that they read there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.fixtures import Person

FAMILY = "Famille Exemple"
OLDER, YOUNGER = "Zoé", "Tom"


def sign_in(person: Person, identifier: str) -> Page:
    """From the front page, by identifier and password."""
    page = person.open("/")
    page.get_by_role("link", name="Se connecter").click()
    return fill_sign_in(person, identifier)


def fill_sign_in(person: Person, identifier: str) -> Page:
    """Fill in the sign-in page that is shown."""
    page = person.page
    page.get_by_label("Identifiant").fill(identifier)
    page.get_by_label("Mot de passe", exact=True).fill(person.portal.password_of(identifier))
    page.get_by_role("button", name="Se connecter").click()
    expect(page.locator("nav[aria-label='Menu principal']")).to_have_count(1)
    return page


def open_menu(page: Page, name: str) -> None:
    """Follow an entry of the main menu, which a phone may have folded."""
    menu = page.locator("summary", has_text="Menu")
    if menu.is_visible():
        menu.click()
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name=name).click()


def choose_period(page: Page, *, centre: str = "Centre des Tilleuls") -> str:
    """Réservations, the centre, then the first period one may still ask for. Returns its name."""
    open_menu(page, "Réservations")
    page.get_by_role("link", name=f"Voir les périodes : {centre}").click()
    item = page.get_by_role("listitem").filter(
        has=page.get_by_role("link", name=re.compile("^Réserver"))
    )
    name = item.first.get_by_role("heading").inner_text()
    item.first.get_by_role("link", name=re.compile("^Ouvrir")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return name


def show_child(page: Page, child: str) -> None:
    """On a phone with scripts, children are tabs."""
    tab = page.get_by_role("group", name="Enfant affiché").get_by_role(
        "button", name=re.compile(f"^{child}")
    )
    if tab.is_visible():
        tab.click()


def days_of(page: Page, child: str) -> list[Locator]:
    """The days on which something can be ticked for this child, in order."""
    groups = page.get_by_role("group", name=re.compile(f"^{child}, ")).filter(
        has=page.locator("input[name=pick]")
    )
    return groups.all()


def ticked(page: Page) -> set[str]:
    """The values of all ticked boxes."""
    boxes = page.locator("input[name=pick]:checked, input[name=outing]:checked")
    return set(boxes.evaluate_all("boxes => boxes.map(box => box.value)"))


@dataclass(frozen=True)
class Board:
    """The processing board as a director works on it."""

    page: Page

    def open(self, period: str) -> None:
        """From the director's first page."""
        self.page.get_by_role("link", name=re.compile(f"^Traiter {period}")).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(period)

    def find(self, family: str = FAMILY) -> Locator:
        """The family's card, looked for page after page."""
        card = self.page.get_by_role("listitem", name=re.compile(rf"^\d+\. {family}$"))
        following = self.page.get_by_role("link", name="Page suivante")
        self.page.wait_for_load_state()
        while not card.count():
            before = self.page.url
            following.click()
            expect(self.page).not_to_have_url(before)
            # Its address comes before its content: a card that is still coming is not missing.
            self.page.wait_for_load_state()
        return card

    def row(self, words: str, family: str = FAMILY) -> Locator:
        """The row of a family that begins with these words, such as a child's name."""
        return self.find(family).get_by_role("group", name=re.compile(f"^{re.escape(words)}")).first

    def says(self, words: str) -> None:
        """The board has answered with these words."""
        expect(self.page.get_by_role("status").filter(has_text=words)).to_have_count(1)
