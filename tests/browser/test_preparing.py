"""Opening morning: the page counts down, and what was ticked is never lost (B1, B3)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility.site import Site
from tests.browser.fixtures import PHONE, MakePerson
from tests.browser.steps import ticked
from tests.demo.portal import PARENT, Portal, Prepared


@pytest.fixture(scope="module")
def site(portal: Portal, prepared: Prepared) -> Site:
    """Finds the way to each page."""
    return Site(portal, prepared)


def _period(site: Site, action: str) -> str:
    centre = site.link(PARENT, "/famille/reservations/", r"/famille/reservations/centre/\d+/")
    page = site.page(PARENT, centre)
    return str(re.findall(rf'href="(/famille/reservations/\d+/)">{action}', page)[0])


def _tick_some(page: Page) -> set[str]:
    page.get_by_label("Matin").first.check()
    page.get_by_role("button", name=re.compile("^journée")).nth(1).click()
    return ticked(page)


def test_the_page_sends_by_itself_at_the_opening(
    portal: Portal, person: MakePerson, site: Site
) -> None:
    """A parent who must reload at 8:30 loses the places to those who need not."""
    parent = person(portal, PARENT, width=PHONE)
    parent.page.clock.install()
    page = parent.open(_period(site, "Préparer"))
    send = page.get_by_role("button", name="Envoyer ma demande")
    expect(page.get_by_text(re.compile(r"^dans \d+\sj"))).to_be_visible()
    expect(send).to_be_hidden()
    page.clock.fast_forward(60 * 24 * 3_600_000)
    expect(send).to_be_visible()
    expect(page.get_by_role("button", name="Enregistrer ma préparation")).to_have_count(0)


def test_what_was_ticked_comes_back_after_a_cut(
    portal: Portal, person: MakePerson, site: Site
) -> None:
    """The session ended, or the train entered a tunnel: ten days need not be ticked again."""
    page = person(portal, PARENT, width=PHONE).open(_period(site, "Réserver"))
    page.on("dialog", lambda dialog: dialog.accept())
    wanted = _tick_some(page)
    page.reload()
    expect(page.get_by_text("est coché de nouveau")).to_be_visible()
    assert ticked(page) == wanted


def test_a_child_comes_on_the_same_days_as_the_other(
    portal: Portal, person: MakePerson, site: Site
) -> None:
    page = person(portal, PARENT).open(_period(site, "Réserver"))
    page.on("dialog", lambda dialog: dialog.accept())
    _tick_some(page)
    page.get_by_role("button", name=re.compile("^comme Zoé, Tom, Semaine")).first.click()
    days = {box.split(".", 1)[1] for box in ticked(page)}
    assert len(ticked(page)) == 2 * len(days)
