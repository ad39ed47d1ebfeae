"""What the organisation decides about money: on the next papers, traced, never backwards."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader
from pytest_django import Settings

from preau.billing.actions.settings import change_billing_settings
from preau.billing.identity import billing_settings
from preau.billing.models import BillingSettings
from preau.billing.queries.papers import pdf_of_paper
from preau.core.errors import RefusedError
from preau.core.models import AuditEvent
from tests.billing.test_papers import an_invoice
from tests.factories import Cast, sign_in
from tests.kit.pdf import is_accessible, words_of

SIRET = "73282932000074"


@pytest.fixture(autouse=True)
def private_files(settings: Settings, tmp_path: Path) -> None:
    """Files of this test only."""
    settings.MEDIA_ROOT = tmp_path


def picture(kind: str = "PNG") -> bytes:
    """A logo as somebody would send it, larger than needed."""
    out = BytesIO()
    Image.new("RGB", (1400, 500), "#f2b431").save(out, kind)
    return out.getvalue()


def send(cast: Cast, client: Client, **changes: Any) -> Any:
    """The accountant fills in the page as it is shown, with these changes."""
    page = sign_in(client, cast.house.charlie).get(reverse("office:money_settings"))
    initial = page.context["form"].initial
    fields = {name: "" if value is None else value for name, value in initial.items()}
    return client.post(reverse("office:money_settings"), {**fields, **changes})


def test_an_accountant_changes_them_and_the_trace_says_what(cast: Cast, client: Client) -> None:
    answer = send(cast, client, siret="732 829 320 00074", days_to_pay=30, online_minimum="25,50")
    assert answer.status_code == 302
    chosen = billing_settings()
    assert (chosen.siret, chosen.days_to_pay, f"{chosen.online_minimum}") == (SIRET, 30, "25.50")
    said = AuditEvent.objects.filter(act="settings_changed").values_list("detail", "actor")
    assert set(said) == {
        (f"SIRET : vide → {SIRET}", cast.house.charlie.pk),
        ("jours pour régler : 20 → 30", cast.house.charlie.pk),
        ("paiement en ligne à partir de : 30.00 → 25.50", cast.house.charlie.pk),
    }
    send(cast, client)
    assert AuditEvent.objects.filter(act="settings_changed").count() == 3  # nothing changed


def test_a_wrong_siret_loses_nothing_typed(cast: Cast, client: Client) -> None:
    answer = send(cast, client, siret="73282932000075", signatory="Charlie Exemple")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Ce SIRET n’est pas valable" in text
    assert 'value="Charlie Exemple"' in text
    assert billing_settings().signatory == ""


def test_the_logo_heads_the_next_papers_only(cast: Cast, client: Client) -> None:
    before = an_invoice(cast)
    old = pdf_of_paper(before)
    answer = send(cast, client, logo=SimpleUploadedFile("logo.png", picture()))
    assert answer.status_code == 302
    after = pdf_of_paper(an_invoice(cast))
    assert [len(PdfReader(BytesIO(each)).pages[0].images) for each in (old, after)] == [0, 1]
    assert is_accessible(after)
    assert "Loisirs Exemple" in words_of(after)
    assert pdf_of_paper(before) == old
    assert client.get(reverse("office:logo")).headers["Content-Type"] == "image/png"
    send(cast, client, without_logo="on")
    assert billing_settings().logo == ""
    assert client.get(reverse("office:logo")).status_code == 404
    # A paper issued with the logo keeps it.
    assert BillingSettings.objects.count() == 1


def test_a_logo_that_is_no_picture_is_refused(cast: Cast, client: Client) -> None:
    answer = send(cast, client, logo=SimpleUploadedFile("logo.png", b"<svg onload=1>"))
    assert answer.status_code == 422
    with pytest.raises(RefusedError, match="SIRET"):
        change_billing_settings(actor=cast.house.charlie, values={"siret": "1"})
