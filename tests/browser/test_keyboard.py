"""Préau without a mouse: keyboards, switches and screen readers go the same ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import PHONE, WIDE, MakePerson
from tests.browser.keyboard import stop, tab_to, walk
from tests.browser.steps import OLDER, YOUNGER, Board, ticked
from tests.demo.portal import DIRECTOR, PARENT, Portal

REASON = "Lazare a la place, l’alzarl"  # every key of the board, typed into a sentence


def _sign_in_by_keyboard(page: Page, password: str) -> None:
    tab_to(page, "Se connecter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    tab_to(page, "Identifiant")
    page.keyboard.type(PARENT)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")


def _choose_by_keyboard(page: Page) -> str:
    tab_to(page, "Réservations")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Réservations")
    tab_to(page, "Voir les périodes : Centre des Tilleuls")
    page.keyboard.press("Enter")
    item = page.get_by_role("listitem").filter(
        has=page.get_by_role("link", name=re.compile("^Réserver"))
    )
    period = item.first.get_by_role("heading").inner_text()
    tab_to(page, f"Ouvrir : {period}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(period)
    return period


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_a_whole_booking_is_made_by_keyboard_alone(
    own_portal: Portal, person: MakePerson, width: int
) -> None:
    """From the front page to the sent request with Tab, Space and Enter, the focus always seen."""
    page = person(own_portal, width=width).open("/")
    _sign_in_by_keyboard(page, own_portal.password_of(PARENT))
    period = _choose_by_keyboard(page)

    tab_to(page, "Matin", group=f"{OLDER}, ")
    page.keyboard.press("Space")
    tab_to(page, "journée", group=f"{OLDER}, ")  # of the same day
    page.keyboard.press("Enter")
    assert len(ticked(page)) == 3
    summary = page.locator("details.outing > summary").first
    tab_to(page, summary.locator("b").inner_text())
    if page.locator("details.outing").first.get_attribute("open") is None:
        page.keyboard.press("Enter")
    tab_to(page, f"Demander la sortie pour {OLDER}")
    page.keyboard.press("Space")

    if width == PHONE:  # children are tabs there, above the days
        while (here := stop(page)) is None or not here.name.startswith(YOUNGER):
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
        tab_to(page, "Matin", group=f"{YOUNGER}, ")
    else:
        tab_to(page, "Matin", group=f"{YOUNGER}, ")
    page.keyboard.press("Space")
    wanted = ticked(page)
    assert {value.split(".")[0] for value in wanted}.__len__() == 2

    tab_to(page, "Envoyer ma demande")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Votre demande est envoyée.")).to_be_visible()
    tab_to(page, f"Modifier {period}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(period)
    assert ticked(page) == wanted


def test_the_first_stop_jumps_over_the_menu(portal: Portal, person: MakePerson) -> None:
    """Nobody wants to hear the menu before every page."""
    page = person(portal, PARENT).open("/famille/")
    page.keyboard.press("Tab")
    here = stop(page)
    assert here
    assert here.name == "Aller au contenu"
    page.keyboard.press("Enter")
    tab_to(page, "Réserver", most=1)


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("", "/connexion/"),
        (PARENT, "/famille/"),
        (PARENT, "/famille/demandes/"),
        (PARENT, "/famille/espace/"),
        (DIRECTOR, "/direction/"),
        (DIRECTOR, "/direction/familles/"),
    ],
)
def test_tab_goes_through_a_page_and_out_of_it(
    portal: Portal, person: MakePerson, who: str, path: str, width: int
) -> None:
    """A trap would hold a person for ever; a hidden focus loses them."""
    page = person(portal, who, width=width).open(path)
    stops = walk(page)
    assert len(stops) >= 4
    assert stops[0].name == "Aller au contenu"


def _focused_row(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.closest('.line')?.id || ''"))


@contextmanager
def _decisions_change(page: Page) -> Iterator[None]:
    """What is done inside changes how many lines wait; then some row is in sight."""
    waiting = page.locator(".facts li").first
    before = waiting.inner_text()
    yield
    expect(waiting).not_to_have_text(before)
    page.wait_for_function("() => document.activeElement.closest('.line')")
    assert stop(page)


def test_the_board_is_worked_by_keyboard(own_portal: Portal, person: MakePerson) -> None:
    """180 requests before Friday: one key an answer, the focus goes on to the next row."""
    director = person(own_portal, DIRECTOR)
    page = director.open("/direction/")
    board = Board(page)
    page.get_by_role("link", name=re.compile("^Traiter")).first.click()
    page.get_by_role("link", name="à traiter", exact=True).click()
    rows = page.locator(".queue .line")
    names = [row.get_attribute("id") for row in rows.all()[:5]]

    page.keyboard.press("ArrowDown")
    assert _focused_row(page) == names[0]
    assert stop(page)
    page.keyboard.press("ArrowDown")
    assert _focused_row(page) == names[1]
    page.keyboard.press("ArrowUp")
    assert _focused_row(page) == names[0]

    with _decisions_change(page):
        page.keyboard.press("l")
    for _ in range(12):  # as far down as the page is long
        with _decisions_change(page):
            page.keyboard.press("a")
    board.says("accepté")

    page.keyboard.press("r")
    reason = page.get_by_label("Motif du refus, que la famille lira")
    expect(reason).to_be_focused()
    page.keyboard.type(REASON)
    expect(reason).to_have_value(REASON)
    with _decisions_change(page):
        page.keyboard.press("Enter")
    board.says("refusée")
    # A family without an open line leaves this view: its answer is read among all of them.
    page.get_by_role("link", name="toutes", exact=True).click()
    expect(page.get_by_text(f"Motif : {REASON}")).to_have_count(1)
    with _decisions_change(page):
        page.keyboard.press("z")
    board.says("à traiter")
    expect(page.get_by_text(f"Motif : {REASON}")).to_have_count(0)


def test_the_keys_of_the_board_stay_switched_off(own_portal: Portal, person: MakePerson) -> None:
    """Who dictates to the machine says letters all day: none of them may decide anything."""
    page = person(own_portal, DIRECTOR).open("/direction/")
    page.get_by_role("link", name=re.compile("^Traiter")).first.click()
    keys = page.get_by_role("checkbox", name="Touches")
    expect(keys).to_be_checked()
    keys.uncheck()
    before = page.locator(".queue").inner_text()
    page.locator(".queue .line").first.focus()
    for key in ("a", "l", "r", "z", "ArrowDown"):
        page.keyboard.press(key)
    page.reload()
    expect(keys).not_to_be_checked()
    page.locator(".queue .line").first.focus()
    page.keyboard.press("a")
    page.wait_for_load_state("networkidle")
    assert page.locator(".queue").inner_text() == before
    keys.check()
    page.reload()
    expect(keys).to_be_checked()
