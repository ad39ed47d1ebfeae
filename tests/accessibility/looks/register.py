"""Pages of the register and of absences."""

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
    DIRECTOR,
    PARENT,
)

NOT_PAGES = {
    "office:certificate_paper": "a file",
    "office:register_pdf": "a PDF",
    "office:trip_pdf": "a PDF",
    "office:touches": "JSON of a tablet",
    "office:register_state": "JSON for a tablet",
}
"""Routes that answer no page to a browser, and why."""


def register_of_a_past_day(site: Site) -> str:
    """The register of a past day, with every state."""
    page = site.page(DIRECTOR, "/direction/pointage/").partition("Jours précédents")[2]
    return str(re.findall(r'href="(/direction/pointage/\d+/)"', page)[0])


def _newcomer(site: Site) -> str:
    return f"{register_of_a_past_day(site)}ajouter/?q=exemple"


def _excuse(site: Site) -> str:
    return site.link(
        DIRECTOR, register_of_a_past_day(site), r"/direction/pointage/\d+/justifier/\d+/"
    )


def _care(site: Site) -> str:
    day, _, child = _excuse(site).rstrip("/").rpartition("/justifier/")
    return f"{day}/consignes/{child}/"


def _read(page: Page) -> None:
    page.get_by_role("button", name="Lire les consignes").click()
    page.get_by_text("Écrite par").or_(page.get_by_text("n’a rien écrit")).wait_for()


def _certificate(site: Site) -> str:
    return site.link(DIRECTOR, "/direction/absences/", r"/direction/absences/\d+/")


def _open_a_row(page: Page) -> None:
    page.locator(".reg summary").first.click()


def _no_paper(page: Page) -> None:
    page.get_by_role("button", name="Envoyer le certificat").click()
    page.get_by_role("alert").wait_for()


LOOKS = [
    Look("register days", "office:register_days", DIRECTOR, at("/direction/pointage/")),
    Look("register", "office:register", DIRECTOR, register_of_a_past_day),
    Look("register touched", "office:register", DIRECTOR, register_of_a_past_day, _open_a_row),
    Look("newcomer", "office:newcomer", DIRECTOR, _newcomer),
    Look("excuse", "office:excuse", DIRECTOR, _excuse),
    Look("care notes", "office:care_notes", DIRECTOR, _care, _read),
    Look("absences", "office:absences", DIRECTOR, at("/direction/absences/")),
    Look("certificate", "office:certificate", DIRECTOR, _certificate),
    Look("family absences", "family:absences", PARENT, at("/famille/absences/")),
    Look(
        "certificate refused",
        "family:absences",
        PARENT,
        at("/famille/absences/"),
        _no_paper,
        (S422,),
    ),
]
