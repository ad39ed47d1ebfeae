"""Pages of the settings of the organisation."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from preau.demo.organisation import PASSWORD
from tests.accessibility.site import S422, Find, Look, Site, at, linked, unfold
from tests.demo.portal import ADMINISTRATOR

NOT_PAGES = {
    "office:new_group": "only receives a form",
    "office:member_access": "only receives a form",
    "office:take_role": "only receives a form",
    "office:answer_erasure": "only receives a form",
}
"""Routes that answer no page to a browser, and why."""

_SETTINGS = "/direction/reglages/"
_CENTRE = linked(ADMINISTRATOR, f"{_SETTINGS}centres/", rf"{_SETTINGS}centres/\d+/")


def _group() -> Find:
    """Of the first centre that has groups: a school-day centre has none."""
    pattern = rf"{_SETTINGS}groupes/\d+/"

    def find(site: Site) -> str:
        page = site.page(ADMINISTRATOR, f"{_SETTINGS}centres/")
        centres = re.findall(rf'href="({_SETTINGS}centres/\d+/)"', page)
        return site.link(
            ADMINISTRATOR, site.first(ADMINISTRATOR, centres, f"{_SETTINGS}groupes/"), pattern
        )

    return find


def _with_keys(page: Page) -> None:
    """Type one's own password, where the page asks for it."""
    asked = page.get_by_label("Votre mot de passe", exact=True)
    if "/confirmer/" in page.url:
        asked.fill(PASSWORD)
        asked.press("Enter")
        page.wait_for_url(f"**{_SETTINGS}**")
    unfold(page)


def _without_name(page: Page) -> None:
    page.get_by_label("Nom", exact=True).fill("")
    page.get_by_role("button", name="Enregistrer les réglages").click()
    page.get_by_role("alert").wait_for()


LOOKS = [
    Look("legal settings", "office:legal", ADMINISTRATOR, at(f"{_SETTINGS}mentions/")),
    Look("erasures", "office:erasures", ADMINISTRATOR, at(f"{_SETTINGS}effacements/")),
    Look("organisation", "office:organisation", ADMINISTRATOR, at(_SETTINGS)),
    Look(
        "organisation refused",
        "office:organisation",
        ADMINISTRATOR,
        at(_SETTINGS),
        _without_name,
        (S422,),
    ),
    Look("centres", "office:centres", ADMINISTRATOR, at(f"{_SETTINGS}centres/")),
    Look("new centre", "office:new_centre", ADMINISTRATOR, at(f"{_SETTINGS}centres/nouveau/")),
    Look("centre", "office:centre", ADMINISTRATOR, _CENTRE, unfold),
    Look("group", "office:group", ADMINISTRATOR, _group(), unfold),
    Look("staff", "office:staff", ADMINISTRATOR, at(f"{_SETTINGS}equipe/")),
    Look(
        "new staff",
        "office:new_staff",
        ADMINISTRATOR,
        at(f"{_SETTINGS}equipe/nouveau/"),
        _with_keys,
    ),
    Look(
        "member",
        "office:member",
        ADMINISTRATOR,
        linked(ADMINISTRATOR, f"{_SETTINGS}equipe/", rf"{_SETTINGS}equipe/\d+/"),
        _with_keys,
    ),
    Look("trace", "office:trace", ADMINISTRATOR, at(f"{_SETTINGS}trace/")),
]
