"""Two tablets on one register, one of them away from the network: nothing touched is lost (B24)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.accessibility.looks.register import register_of_a_past_day
from tests.accessibility.site import Site
from tests.browser.fixtures import MakePerson
from tests.demo.portal import DIRECTOR, Portal, Prepared

TABLET = 1180
SAVED = "Tout est enregistré."


@pytest.fixture(scope="module")
def register(portal: Portal, prepared: Prepared) -> str:
    """The address of a register that has children."""
    return register_of_a_past_day(Site(portal, prepared))


def press(page: Page, row: int, name: str) -> None:
    button = rows(page).nth(row).locator(f"[data-press={name}]")
    if button.get_attribute("aria-pressed") == "true":
        button.click()  # taken back, to be pressed again
    button.click()


def rows(page: Page) -> Locator:
    return page.locator(".reg > li")


def states(page: Page, number: int = 4) -> list[str]:
    return [rows(page).nth(n).get_attribute("data-state") or "" for n in range(number)]


def test_two_tablets_and_a_cut_network_lose_nothing(
    portal: Portal, person: MakePerson, register: str
) -> None:
    first, second = (person(portal, DIRECTOR, width=TABLET) for _ in range(2))
    for each in (first, second):
        each.expected = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK", "Failed to fetch")
        each.open(register)
        expect(each.page.get_by_text(SAVED)).to_be_visible()
    # Together, on different rows: each sees what the other did without doing anything.
    press(first.page, 0, "absent")
    press(second.page, 1, "absent")
    for each in (first, second):
        expect(rows(each.page).nth(0)).to_have_attribute("data-state", "absent", timeout=15_000)
        expect(rows(each.page).nth(1)).to_have_attribute("data-state", "absent", timeout=15_000)
    # The first loses the network and goes on; the second touches one of the same rows after it.
    first.context.set_offline(True)
    press(first.page, 0, "present")
    press(first.page, 2, "absent")
    expect(first.page.get_by_text("en attente d’envoi")).to_be_visible()
    press(second.page, 2, "present")
    press(second.page, 3, "absent")
    expect(second.page.get_by_text(SAVED)).to_be_visible()
    assert states(first.page)[:3] == ["present", "absent", "absent"]
    # The network comes back: everything is sent, and the latest touch of each row wins.
    first.context.set_offline(False)
    expect(first.page.get_by_text(SAVED)).to_be_visible(timeout=15_000)
    wanted = ["present", "absent", "present", "absent"]
    for each in (first, second):
        for row, state in enumerate(wanted):
            expect(rows(each.page).nth(row)).to_have_attribute("data-state", state, timeout=15_000)
    assert first.page.evaluate("localStorage.getItem('preau.register')") == "[]"
    second.page.reload()
    assert states(second.page) == wanted


def test_what_was_touched_in_the_cut_survives_closing_the_page(
    portal: Portal, person: MakePerson, register: str
) -> None:
    tablet = person(portal, DIRECTOR, width=TABLET)
    tablet.expected = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK", "Failed to fetch")
    tablet.open(register)
    tablet.context.set_offline(True)
    press(tablet.page, 1, "present")
    rows(tablet.page).nth(1).get_by_label("Départ").fill("16:45")
    expect(tablet.page.get_by_text("en attente d’envoi")).to_be_visible()
    tablet.page.goto("about:blank")
    tablet.context.set_offline(False)
    # Any page of the register sends what this tablet still keeps.
    tablet.open("/direction/pointage/")
    expect(tablet.page.get_by_text(SAVED)).to_be_visible(timeout=15_000)
    tablet.open(register)
    assert states(tablet.page)[1] == "present"
    expect(rows(tablet.page).nth(1).get_by_label("Départ")).to_have_value("16:45")
