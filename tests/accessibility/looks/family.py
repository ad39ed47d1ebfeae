"""Pages of the family space."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.accessibility.site import (
    S422,
    Look,
    Site,
    at,
)
from tests.demo.portal import (
    OTHER_PARENT,
    PARENT,
)

NOT_PAGES = {
    "family:download_data": "a file",
    "family:ask_erasure": "only receives a form",
    "family:open_calendar": "shows a key once: tests/booking/test_feed.py",
    "family:stop_calendar": "only receives a form",
    "calendar": "a calendar for a program",
    "family:switch": "only receives a form",
    "family:answer_offer": "only receives a form",
    "family:send_prepared": "only receives a form",
    "family:estimate": "a piece of the booking page",
    "family:withdraw_certificate": "only receives a form",
    "family:certificate_paper": "a file",
}
"""Routes that answer no page to a browser, and why."""


def _centre(site: Site) -> str:
    return site.link(PARENT, "/famille/reservations/", r"/famille/reservations/centre/\d+/")


def _school(site: Site) -> str:
    """The school-day centre, whose page says why nothing can be booked."""
    numbered = (f"/famille/reservations/centre/{number}/" for number in range(1, 50))
    return site.first(PARENT, numbered, "ne se réserve pas ici")


def _open_period(site: Site) -> str:
    text = site.page(PARENT, _centre(site))
    return str(re.findall(r'href="(/famille/reservations/\d+/)">Réserver', text)[0])


def _coming_period(site: Site) -> str:
    text = site.page(PARENT, _centre(site))
    return str(re.findall(r'href="(/famille/reservations/\d+/)">Préparer', text)[0])


def _answered_period(site: Site) -> str:
    text = site.page(PARENT, _centre(site))
    return str(re.findall(r'href="(/famille/reservations/\d+/)">(?:Compléter|Voir)', text)[0])


def _deletable(site: Site) -> str:
    request = re.findall(r'id="d(\d+)"', site.page(PARENT, "/famille/demandes/"))[0]
    return f"/famille/demandes/{request}/supprimer/"


def _history(site: Site) -> str:
    return site.link(PARENT, "/famille/demandes/", r"/famille/demandes/\d+/")


def _tick_everything(page: Page) -> None:
    closed = page.locator("details.outing:not([open]) > summary")
    while closed.count():
        closed.first.click()
    for button in page.get_by_role("button", name=re.compile("^tou")).all():
        button.click()


def _send_nothing(page: Page) -> None:
    page.get_by_role("button", name="Envoyer ma demande").click()
    page.get_by_role("alert").wait_for()


LOOKS = [
    Look("family home", "family:home", PARENT, at("/famille/")),
    Look("family space", "family:space", PARENT, at("/famille/espace/")),
    Look("family data", "family:data", PARENT, at("/famille/espace/donnees/")),
    Look("centres", "family:centres", PARENT, at("/famille/reservations/")),
    Look("periods", "family:periods", PARENT, _centre),
    Look("school-day centre", "family:periods", PARENT, _school),
    Look("booking", "family:book", PARENT, _open_period),
    Look("booking ticked", "family:book", PARENT, _open_period, _tick_everything),
    Look("booking refused", "family:book", PARENT, _open_period, _send_nothing, (S422,)),
    Look("booking to prepare", "family:book", PARENT, _coming_period),
    Look("booking answered", "family:book", PARENT, _answered_period),
    Look("prices", "family:prices", PARENT, at("/famille/tarifs/?n.journee=2&n.demi=1")),
    Look("requests", "family:requests", PARENT, at("/famille/demandes/")),
    Look("other requests", "family:requests", OTHER_PARENT, at("/famille/demandes/")),
    Look("history", "family:request", PARENT, _history),
    Look("delete", "family:delete_request", PARENT, _deletable),
]
