"""Pages for everybody, and what went wrong."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.accessibility.site import (
    S400,
    S403,
    S404,
    Look,
    at,
    linked,
)

NOT_PAGES = {
    "bench:nothing": "one word for a measure",
    "healthz": "one word for a balancer",
    "metrics": "figures for Prometheus",
    "readyz": "JSON for the person on duty",
    "security": "a text for those who find faults",
    "account_lost_code": "needs the page before it: tests/accounts/test_lost_password.py",
    "account_first_password": "needs a temporary password: tests/accounts/test_access.py",
    "mfa_authenticate": "needs a second factor: tests/web/test_second_factor.py",
    "mfa_view_recovery_codes": "needs a second factor: tests/web/test_second_factor.py",
    "mfa_replace": "needs a second factor: tests/web/test_lost_factor.py",
    "mfa_remove": "needs a second factor: tests/web/test_lost_factor.py",
    "public_prices": "closed until the organisation opens it; the same form as family:prices",
}
"""Routes that answer no page to a browser, and why."""


def _fail_to_sign_in(page: Page) -> None:
    page.get_by_label("Identifiant").fill("personne")
    page.get_by_label("Mot de passe", exact=True).fill("ceci n’est pas le bon")
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("alert").wait_for()


def _forget_the_key(page: Page) -> None:
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_text("trop longtemps").wait_for()


LOOKS = [
    Look("front", "front", "", at("/")),
    Look("legal notice", "legal_notice", "", at("/mentions-legales/")),
    Look("privacy", "privacy", "", at("/confidentialite/")),
    Look("accessibility", "accessibility", "", at("/accessibilite/")),
    Look("sign in", "account_login", "", at("/connexion/")),
    Look("sign in refused", "account_login", "", at("/connexion/"), _fail_to_sign_in),
    Look("closed access", "account_inactive", "", at("/acces-ferme/"), expected=(S403,)),
    Look("mailbox", "demo:mailbox", "", at("/demo/courriels/")),
    Look("mail", "demo:mail", "", linked("", "/demo/courriels/", "/demo/courriels/[0-9a-f]{24}/")),
    Look("unknown page", "404", "", at("/nulle/part/"), expected=(S404,)),
    Look("unreadable request", "400", "", at("/?q=%00"), expected=(S400,)),
    Look("form kept too long", "csrf", "", at("/connexion/"), _forget_the_key, expected=(S403,)),
    *(Look(f"error {name}", name, "", at(f"/erreur/{name}/")) for name in ("403", "500", "503")),
]
