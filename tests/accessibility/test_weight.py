"""What a page costs a parent on a phone with two bars: bytes, and jumps under the thumb."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.accessibility.looks import LOOKS
from tests.accessibility.site import Look, Site
from tests.browser.fixtures import PHONE, WIDE, MakePerson
from tests.demo.portal import Portal, Prepared

FIRST, AGAIN = 60_000, 15_000  # bytes over the wire, headers included
PARENTS_PAGES = [look for look in LOOKS if look.who.startswith("famille.") and not look.do]
PARENTS_PAGES += [look for look in LOOKS if look.name in {"front", "sign in"}]
OFTEN = [look for look in PARENTS_PAGES if look.name in {"booking", "requests", "family home"}]

# A page comes in pieces, as in a lift: what is shown first must already be where it will stay.
_SLOW = {
    "offline": False,
    "latency": 50,
    "downloadThroughput": 40_000,
    "uploadThroughput": 40_000,
}
_SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const each of list.getEntries()) {
    const moved = each.sources.map(source => source.node?.outerHTML?.slice(0, 80));
    window.shifts.push(`${each.value}: ${moved}`);
  }
}).observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture(scope="module")
def site(portal: Portal, prepared: Prepared) -> Site:
    """Finds the way to each page."""
    return Site(portal, prepared)


def _visit(page: Page, address: str) -> tuple[int, list[str]]:
    """Show one page over a slow line. Returns the bytes it took, and what moved meanwhile."""
    sizes: list[float] = []

    def loaded(event: dict[str, Any]) -> None:
        sizes.append(event["encodedDataLength"])

    wire = page.context.new_cdp_session(page)
    wire.on("Network.loadingFinished", loaded)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", _SLOW)
    page.add_init_script(_SHIFTS)
    answer = page.goto(address, wait_until="networkidle")
    assert answer
    assert answer.headers["content-encoding"] == "gzip"
    moved = page.evaluate("() => new Promise(done => setTimeout(() => done(shifts), 50))")
    return round(sum(sizes)), moved


@pytest.mark.parametrize("look", PARENTS_PAGES, ids=[look.name for look in PARENTS_PAGES])
def test_a_parents_page_is_light_and_steady(
    look: Look, site: Site, portal: Portal, person: MakePerson
) -> None:
    """On opening morning thousands of phones load it at once; what moves books the wrong day."""
    parent = person(portal, look.who, width=PHONE)
    address = portal.url + look.find(site)
    first, moved = _visit(parent.page, address)
    assert moved == []
    assert first <= FIRST
    again, moved = _visit(parent.context.new_page(), address)
    assert moved == []
    assert again <= AGAIN


@pytest.mark.parametrize("look", OFTEN, ids=[look.name for look in OFTEN])
def test_nothing_jumps_on_a_wide_page(
    look: Look, site: Site, portal: Portal, person: MakePerson
) -> None:
    """Children are columns there, and shortcuts are added by a script."""
    parent = person(portal, look.who, width=WIDE)
    _, moved = _visit(parent.page, portal.url + look.find(site))
    assert moved == []
