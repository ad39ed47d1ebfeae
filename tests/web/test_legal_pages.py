"""What the law asks a site to say: from the settings, and plainly missing until it is written."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.core.checks import Tags, run_checks
from django.test import Client
from pytest_django import Settings

from preau.billing.models import BillingSettings
from preau.core.models import Act, AuditEvent
from preau.org.models import LegalSettings
from preau.web.legal import check_notice
from tests.factories import NOW, Cast, sign_in
from tests.kit.page import Page

PAGES = ("/mentions-legales/", "/confidentialite/", "/accessibilite/")
MISSING = "pas encore renseigné par l’organisation"
FORM = {
    "legal_form": "association loi 1901",
    "publisher": "Andrea Exemple",
    "privacy_name": "Camille Donnée",
    "privacy_email": "donnees@exemple.fr",
    "accessibility": "none",
    "children_years": "3",
    "accounts_years": "2",
    "log_months": "12",
    "accounting_years": "10",
}


def test_what_is_missing_is_said_then_what_is_written_is_shown(
    cast: Cast, settings: Settings
) -> None:
    """A blank where a name should be hides that nobody answers for the site."""
    assert [Page(Client().get(path)).faults() for path in PAGES] == [[], [], []]
    assert Page(Client().get(PAGES[0])).text.count(MISSING) == 5
    assert len(check_notice(None)) == 6
    administrator = sign_in(Client(), cast.house.andrea)
    shown = Page(administrator.get("/direction/reglages/mentions/"))
    assert shown.faults() == []
    assert len(shown.all(".msg.warn li")) == 6
    administrator.post("/direction/reglages/mentions/", FORM)
    BillingSettings.objects.update_or_create(
        pk=1, defaults={"address": "1 place de l’Exemple", "siret": "12345678900011"}
    )
    settings.HOSTING = "Hébergeur Exemple, 2 rue des Serveurs, 05 00 00 00 09"
    said = " ".join(Page(Client().get(path)).words("main") for path in PAGES)
    for words in (*list(FORM.values())[:4], "2 rue des Serveurs", "12345678900011", "2 ans après"):
        assert words in said
    assert MISSING not in said
    assert check_notice(None) == []
    assert AuditEvent.objects.filter(act=Act.SETTINGS_CHANGED).count() == 5


@pytest.mark.parametrize(
    "changed",
    [
        {"accounting_years": "9"},
        {"log_months": "0"},
        {"children_years": "beaucoup"},
        {"accessibility": "full"},
        {"audited_on": "hier"},
    ],
    ids=str,
)
def test_what_the_law_forbids_is_not_saved(cast: Cast, changed: dict[str, str]) -> None:
    """Accounts are kept ten years, and nobody says that a site is accessible without an audit."""
    administrator = sign_in(Client(), cast.house.andrea)
    answer = administrator.post("/direction/reglages/mentions/", FORM | changed)
    assert answer.status_code == 422
    assert not LegalSettings.objects.exists()


def test_every_page_of_families_leads_to_them(cast: Cast) -> None:
    """The law asks for them from every page, signed in or not."""
    parent = sign_in(Client(), cast.exemple.user)
    for client, path in ((Client(), "/"), (Client(), "/connexion/"), (parent, "/famille/")):
        links = {link.attrs["href"] for link in Page(client.get(path)).all("footer a")}
        assert set(PAGES) <= links


def test_faults_of_safety_have_an_address(cast: Cast, settings: Settings) -> None:
    """Who finds a hole tells us rather than everybody (RFC 9116)."""
    for written, contact in (
        ("", "mailto:accueil@exemple.fr"),
        ("https://x.fr/s", "https://x.fr/s"),
    ):
        settings.SECURITY_CONTACT = written
        answer = Client().get("/.well-known/security.txt")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        text = answer.content.decode()
        assert f"Contact: {contact}\n" in text
        (until,) = re.findall(r"Expires: (.+)Z\n", text)
        ends = datetime.fromisoformat(f"{until}+00:00")
        assert NOW + timedelta(days=90) < ends < NOW + timedelta(days=365)


def test_putting_the_site_on_line_without_them_is_warned(cast: Cast) -> None:
    """The person who installs it reads it in `check --deploy`, before the families do."""
    warned = run_checks(tags=[Tags.security], include_deployment_checks=True)
    assert "l’hébergeur du site (PREAU_HOSTING)" in " ".join(each.msg for each in warned)
    usual = run_checks(tags=[Tags.security])
    assert "Mentions légales" not in " ".join(each.msg for each in usual)
