"""Every page, for everyone: by day and by night, near and far, small and big, either direction."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from tests.accessibility.checks import (
    axe_in_every_dress,
    big_text,
    moving_parts,
    narrow,
    right_to_left,
    small_targets,
)
from tests.accessibility.faults import ERRORS, error_pages
from tests.accessibility.looks import LOOKS, NOT_PAGES
from tests.accessibility.site import Look, Site, routes
from tests.browser.fixtures import WIDE, MakePerson
from tests.demo.portal import Portal, Prepared


@pytest.fixture(scope="module")
def site(portal: Portal, prepared: Prepared) -> Site:
    """Finds the way to each page."""
    return Site(portal, prepared)


@pytest.fixture(scope="module")
def faults(portal: Portal) -> dict[str, str]:
    """The pages of faults that nobody can cause by asking, by address."""
    return error_pages(portal)


def answer_with(text: str) -> Callable[[Route], None]:
    """Answer a browser with this page instead of asking the portal."""
    return lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8")


def test_no_page_is_forgotten() -> None:
    """A new route must be added to the looked-at pages, or to those that are none."""
    looked_at = {look.route for look in LOOKS}
    assert looked_at - ERRORS | NOT_PAGES.keys() == routes()
    assert not looked_at & NOT_PAGES.keys()


@pytest.mark.parametrize("look", LOOKS, ids=[look.name for look in LOOKS])
def test_a_page_is_fit_for_everyone(
    look: Look, site: Site, portal: Portal, faults: dict[str, str], person: MakePerson
) -> None:
    """Whoever cannot read, reach or understand a part of it loses that part."""
    visitor = person(portal, look.who)
    visitor.expected = look.expected
    page = visitor.page
    for path, text in faults.items():
        page.route(f"**{path}", answer_with(text))
    visitor.open(look.find(site))
    if look.do:
        look.do(page)
    found = axe_in_every_dress(page)
    found += small_targets(page)
    found += narrow(page)
    found += big_text(page)
    found += right_to_left(page)
    found += moving_parts(page)
    assert not found, "\n".join(found)
    assert page.evaluate("() => document.documentElement.lang") == "fr"
    assert page.locator("h1").count() == 1
    assert page.viewport_size
    assert page.viewport_size["width"] == WIDE
