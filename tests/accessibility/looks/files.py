"""Pages of people: passwords, families, children, guardians."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.accessibility.site import (
    S422,
    Look,
    Site,
    at,
    of_family,
    unfold,
)
from tests.demo.portal import (
    DIRECTOR,
    PARENT,
    STRANGER,
)

NOT_PAGES = {
    "office:change_care": "only receives a form",
    "office:answer_proposal": "only receives a form",
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


def _sheet(site: Site) -> str:
    return of_family(r"enfants/\d+/")(site) + "sante/"


def _own_child(site: Site) -> str:
    return site.link(PARENT, "/famille/enfants/", r"/famille/enfants/\d+/")


def _propose_nobody(page: Page) -> None:
    unfold(page)
    page.get_by_role("button", name="Proposer cette personne").click()
    page.get_by_role("alert").wait_for()


def _read(page: Page) -> None:
    page.get_by_role("button", name="Lire la fiche").click()
    page.get_by_text("Écrite par").or_(page.get_by_text("n’a rien écrit")).wait_for()


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
    Look("proposals", "office:proposals", DIRECTOR, at("/direction/propositions/"), unfold),
    Look("health sheet", "office:health", DIRECTOR, _sheet, _read),
    Look("children", "family:children", PARENT, at("/famille/enfants/")),
    Look("own child", "family:child", PARENT, _own_child, unfold),
    Look(
        "own child refused",
        "family:child",
        PARENT,
        _own_child,
        _propose_nobody,
        (S422,),
    ),
    Look("own health sheet", "family:health", PARENT, lambda site: f"{_own_child(site)}sante/"),
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
