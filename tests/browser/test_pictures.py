"""The pictures of the documents, taken of the real pages.

`uv run pytest tests/browser/test_pictures.py --pictures` writes them to `docs/images/`. They are
the same all of a given day, as the demonstration is.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import WIDE, MakePerson
from tests.browser.steps import OLDER, YOUNGER, Board, choose_period, days_of
from tests.demo.portal import DIRECTOR, PARENT, REPOSITORY, Portal

IMAGES = REPOSITORY / "docs" / "images"
MOST = 200_000  # bytes of one picture


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where pictures go: with the documents when asked for, else nowhere that lasts."""
    return IMAGES if request.config.getoption("--pictures", default=False) else tmp_path


def _take(page: Page, path: Path, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    page.mouse.move(0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, animations="disabled", caret="hide")
    if IMAGES in path.parents:
        assert path.stat().st_size < MOST


def test_a_picture_of_the_booking_page(portal: Portal, person: MakePerson, folder: Path) -> None:
    """README shows what a parent sees: days ticked for two children, an outing asked for."""
    page = person(portal, PARENT).open("/famille/")
    choose_period(page)
    page.get_by_role("button", name=re.compile(f"^tou.*, {OLDER}, ")).first.click()
    younger = days_of(page, YOUNGER)
    younger[0].get_by_role("button", name="journée").click()
    for box in younger[1].get_by_role("checkbox").all()[:2]:
        box.check()
    opened = page.locator("details.outing[open]")
    opened.first.get_by_role("checkbox").first.check()
    for other in opened.all()[1:]:
        other.locator("summary").click()
    _take(page, folder / "reserver.png", WIDE, 1120)


def test_a_picture_of_the_board(own_portal: Portal, person: MakePerson, folder: Path) -> None:
    """README shows what a director sees: places as bars, the queue, answers of each kind."""
    page = person(own_portal, DIRECTOR).open("/direction/")
    page.get_by_role("link", name=re.compile("^Traiter")).first.click()
    board = Board(page)
    lines = page.locator(".queue .line")
    lines.nth(1).get_by_role("button", name=re.compile("^Liste d’attente")).click()
    board.says("liste d’attente")
    lines.nth(3).get_by_role("link", name=re.compile("^Refuser")).click()
    page.get_by_label("Motif du refus, que la famille lira").fill("groupe complet")
    page.get_by_role("button", name="Refuser", exact=True).click()
    board.says("refusée")
    # The group and the week with most to see, without the word of what was just done.
    page.get_by_role("navigation", name="Groupe d’âge").get_by_role("link").last.click()
    page.get_by_role("navigation", name="Semaine").get_by_role("link").last.click()
    expect(lines.first).to_be_visible()
    _take(page, folder / "demandes.png", 1360, 880)
