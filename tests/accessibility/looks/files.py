"""Pages of people: passwords, families, children, guardians."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.accessibility.site import (
    Look,
    Site,
    at,
    of_family,
)
from tests.demo.portal import (
    DIRECTOR,
    PARENT,
    STRANGER,
)

NOT_PAGES = {
    "account_end_session": "only receives a form",
    "office:lift_bar": "only receives a form",
    "office:reset_factor": "needs a second factor: tests/web/test_lost_factor.py",
    "office:enrol": "only receives a form",
    "office:end_enrolment": "only receives a form",
    "office:send_access": "only receives a form",
    "office:situation": "only receives a form",
    "office:quotient": "only receives a form",
}
"""Routes that answer no page to a browser, and why."""


def _address(site: Site) -> str:
    return of_family(r"responsables/\d+/")(site) + "adresse/"


def _fail_to_change_password(page: Page) -> None:
    page.get_by_label("Nouveau mot de passe", exact=True).fill("court")
    page.get_by_role("button", name="Changer mon mot de passe").click()
    page.get_by_role("alert").wait_for()


LOOKS = [
    Look("no space", "home", STRANGER, at("/accueil/")),
    Look("sign out", "account_logout", PARENT, at("/deconnexion/")),
    Look("password", "account_change_password", PARENT, at("/mot-de-passe/")),
    Look(
        "password refused",
        "account_change_password",
        PARENT,
        at("/mot-de-passe/"),
        _fail_to_change_password,
    ),
    Look("lost password", "account_lost_password", "", at("/mot-de-passe/oublie/")),
    Look("confirm", "account_reauthenticate", PARENT, at("/confirmer/")),
    Look("second factor", "mfa_activate_totp", DIRECTOR, at("/second-facteur/nouveau/")),
    Look("new family", "office:new_family", DIRECTOR, at("/direction/familles/nouvelle/")),
    Look("change family", "office:change_family", DIRECTOR, of_family("familles/\\d+/modifier/")),
    Look("new child", "office:new_child", DIRECTOR, of_family("familles/\\d+/enfants/")),
    Look("new guardian", "office:new_guardian", DIRECTOR, of_family("familles/\\d+/responsables/")),
    Look("child", "office:child", DIRECTOR, of_family("enfants/\\d+/")),
    Look("guardian", "office:guardian", DIRECTOR, of_family("responsables/\\d+/")),
    Look(
        "court decision",
        "office:bar_guardian",
        DIRECTOR,
        of_family(r"familles/\d+/responsables/\d+/"),
    ),
    Look("guardian’s address", "office:guardian_email", DIRECTOR, _address),
    Look("oneself", "office:me", DIRECTOR, at("/direction/moi/")),
    Look("office password", "account_change_password", DIRECTOR, at("/mot-de-passe/")),
]
