"""Pages of periods, requests and prices."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.accessibility.site import (
    Find,
    Look,
    Site,
    at,
    linked,
    linked_from,
    unfold,
)
from tests.demo.portal import (
    ADMINISTRATOR,
    DIRECTOR,
)

NOT_PAGES = {
    "office:decide": "only receives a form",
    "office:propose": "only receives a form",
    "office:correct": "only receives a form",
    "office:offer": "only receives a form",
    "office:add_day": "only receives a form",
    "office:change_day": "only receives a form",
    "office:remove_outing": "only receives a form",
    "office:shift": "only receives a form",
    "office:board_news": "a sentence put into the board",
    "office:tariff_file": "a file",
}
"""Routes that answer no page to a browser, and why."""


def _tariff(site: Site) -> str:
    return site.link(DIRECTOR, "/direction/tarifs/", r"/direction/tarifs/\d+/")


def _tariff_changes(site: Site) -> str:
    return _tariff(site) + "changements/"


def _board(site: Site) -> str:
    return site.link(DIRECTOR, "/direction/", r"/direction/demandes/\d+/")


def _board_with(more: str) -> Find:
    return lambda site: _board(site) + more


_DECIDED = "?etat=decidees"


def _refusing_a_row(site: Site) -> str:
    board = _board(site) + _DECIDED
    row = re.findall(r"refuser=(\d+)", site.page(DIRECTOR, board))[0]
    return f"{board}&refuser={row}"


def _sending(site: Site) -> str:
    numbered = (f"/direction/envois/{number}/" for number in range(1, 200))
    return site.first(DIRECTOR, numbered, "<h1>")


def _period(more: str) -> Find:
    """A page of a period that has outings."""

    def find(site: Site) -> str:
        periods = re.findall(
            r'"(/direction/periodes/\d+/)"', site.page(DIRECTOR, "/direction/periodes/")
        )
        outings = [f"{path}sorties/" for path in periods]
        return site.first(DIRECTOR, outings, "/direction/sorties/").replace("sorties/", more)

    return find


def _entry(site: Site) -> str:
    return site.link(DIRECTOR, _waiting_family(site), r"/direction/familles/\d+/saisir/\d+/")


def _waiting_family(site: Site) -> str:
    """A family file with a rank in a waiting list."""
    links = re.findall(r'"(/direction/familles/\d+/)"', site.page(DIRECTOR, "/direction/familles/"))
    return site.first(DIRECTOR, links, "liste d’attente, rang")


def _accept_nothing(page: Page) -> None:
    page.get_by_role("button", name="Accepter", exact=True).click()
    page.get_by_role("alert").wait_for()


LOOKS = [
    Look("today", "office:today", DIRECTOR, at("/direction/")),
    Look("today of all", "office:today", ADMINISTRATOR, at("/direction/")),
    Look("tariff", "office:tariff", DIRECTOR, _tariff),
    Look("tariffs", "office:tariffs", DIRECTOR, at("/direction/tarifs/")),
    Look("tariff changes", "office:tariff_changes", DIRECTOR, _tariff_changes),
    Look(
        "simulator",
        "office:simulator",
        DIRECTOR,
        at("/direction/tarifs/simulateur/?quotient=650&n.journee=2"),
    ),
    Look("new tariff", "office:new_tariff", DIRECTOR, at("/direction/tarifs/nouveau/")),
    Look("office periods", "office:periods", DIRECTOR, at("/direction/demandes/")),
    Look("past periods", "office:periods", DIRECTOR, at("/direction/demandes/?passees=1")),
    Look("board", "office:board", DIRECTOR, _board),
    Look("board of nothing", "office:board", DIRECTOR, _board_with(_DECIDED), _accept_nothing),
    Look("refusing many", "office:board", DIRECTOR, _board_with(f"{_DECIDED}&refuser=cochees")),
    Look("refusing one", "office:board", DIRECTOR, _refusing_a_row),
    Look("validate", "office:validate", DIRECTOR, _board_with("valider/")),
    Look("sending", "office:sending", DIRECTOR, _sending),
    Look("families", "office:families", DIRECTOR, at("/direction/familles/")),
    Look("families unfound", "office:families", DIRECTOR, at("/direction/familles/?q=xyzzy")),
    Look("family file", "office:family", DIRECTOR, _waiting_family, unfold),
    Look("entry", "office:enter_request", DIRECTOR, _entry),
    Look(
        "request history",
        "office:request",
        DIRECTOR,
        linked_from(_waiting_family, r"/direction/demandes/dossier/\d+/"),
    ),
    Look(
        "close a day",
        "office:close_day",
        DIRECTOR,
        linked_from(_board, r"/direction/journees/\d+/fermer/"),
    ),
    Look("planning", "office:planning", DIRECTOR, at("/direction/periodes/")),
    Look(
        "new period",
        "office:new_period",
        DIRECTOR,
        linked(
            DIRECTOR,
            "/direction/periodes/nouvelle/",
            r"\?centre=\d+&amp;depuis=holidays[^\"]+",
        ),
    ),
    Look("period", "office:period", DIRECTOR, _period("")),
    Look("deadlines", "office:period_deadlines", DIRECTOR, _period("delais/"), unfold),
    Look("places", "office:period_places", DIRECTOR, _period("places/")),
    Look("outings", "office:period_outings", DIRECTOR, _period("sorties/")),
    Look("new outing", "office:new_outing", DIRECTOR, _period("sorties/nouvelle/")),
    Look(
        "outing",
        "office:outing",
        DIRECTOR,
        linked_from(_period("sorties/"), r"/direction/sorties/\d+/"),
        unfold,
    ),
    Look("period history", "office:period_trace", DIRECTOR, _period("historique/")),
]
