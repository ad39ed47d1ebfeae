"""On paper there is nothing to press: only what was asked, answered and counted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.fixtures import MakePerson, Person
from tests.demo.portal import DIRECTOR, PARENT, Portal

# What only a screen has.
_TO_PRESS = "nav, button, input, .btn, .sendbar, .skip, .side, .tabs, .mini, .kids, .js-only"


def _in_print(person: Person) -> Page:
    person.page.emulate_media(media="print")
    return person.page


def _seen(found: Locator) -> list[str]:
    return [each.inner_text() or str(each) for each in found.all() if each.is_visible()]


@pytest.mark.parametrize(
    ("who", "path", "kept"),
    [
        pytest.param(PARENT, "/famille/demandes/", ["accept", "mercredi"], id="status"),
        pytest.param(DIRECTOR, "board", ["Places", "Famille", "ans"], id="board"),
    ],
)
def test_paper_holds_the_answers_and_no_navigation(
    portal: Portal, person: MakePerson, who: str, path: str, kept: list[str]
) -> None:
    """A page of buttons on paper hides the list that was wanted, and costs a second sheet."""
    reader = person(portal, who)
    if path == "board":
        page = reader.open("/direction/")
        page.get_by_role("link", name=re.compile("^Traiter")).first.click()
    else:
        page = reader.open(path)
    _in_print(reader)
    assert _seen(page.locator(_TO_PRESS)) == []
    text = page.locator("main").inner_text()
    for word in kept:
        assert word in text


def test_paper_is_white_at_night_too(portal: Portal, person: MakePerson) -> None:
    """Printing from a dark screen must not empty the ink."""
    reader = person(portal, PARENT, dark=True)
    page = reader.open("/famille/demandes/")
    _in_print(reader)
    ink = page.evaluate("() => getComputedStyle(document.querySelector('h1')).color")
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert sum(int(number) for number in re.findall(r"\d+", ink)[:3]) < 250
    assert ground in {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}
