"""Papers and payments: what a family keeps in a drawer, what an accountant answers for."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import Settings

from preau.billing.actions.files import keep_missing_files
from preau.billing.actions.papers import issue_credit_note, issue_paper
from preau.billing.actions.payments import record_payment, reject_payment
from preau.billing.enums import Means, Nature, PaperKind
from preau.billing.lines import Line
from preau.billing.models import LedgerEntry, Paper, PaperFile, Payment
from preau.billing.queries.account import account_of_family, balance_of_family
from preau.billing.queries.papers import DamagedFileError, pdf_of_paper
from preau.billing.statements import receipt_pdf, statement_pdf, statement_xlsx
from preau.core.errors import RefusedError
from tests.factories import Cast, sign_in
from tests.kit.pdf import is_accessible, words_of

D = Decimal


@pytest.fixture(autouse=True)
def private_files(settings: Settings, tmp_path: Path) -> None:
    """Files of this test only."""
    settings.MEDIA_ROOT = tmp_path


def an_invoice(cast: Cast) -> Paper:
    """Two lines for Zoé: 62.45 of care and 21.00 of meals."""
    lines = [
        Line(
            centre_id=cast.house.tilleuls.pk,
            child_id=cast.exemple.child.pk,
            on=date(2026, 12, 16),
            wording=wording,
            service="day",
            nature=nature,
            amount=D(amount),
        )
        for wording, nature, amount in (
            ("Journée, mercredi 16 décembre", Nature.CARE, "62.45"),
            ("Repas, mercredi 16 décembre", Nature.MEAL, "21.00"),
        )
    ]
    with transaction.atomic():
        return issue_paper(
            actor=cast.camille,
            family=cast.exemple.family,
            kind=PaperKind.INVOICE,
            lines=lines,
            title="Décembre 2026",
        )


def pay(cast: Cast, amount: str, *, key: uuid.UUID | None = None, **more: Any) -> Payment:
    """The family brings a cheque today."""
    given: dict[str, Any] = {
        "means": Means.CHEQUE,
        "paid_on": date(2027, 1, 12),
        "reference": "0000123",
    }
    return record_payment(
        actor=cast.camille,
        family=cast.exemple.family,
        amount=D(amount),
        form_key=key or uuid.uuid4(),
        **{**given, **more},
    )


def test_an_invoice_says_all_it_must(cast: Cast) -> None:
    content = pdf_of_paper(an_invoice(cast))
    assert is_accessible(content)
    said = words_of(content)
    for words in (
        "Facture F2027-00001",
        "Loisirs Exemple",
        "Exonération de TVA, art. 261, 7-1° du CGI",
        "Famille Exemple",
        "n° 1",
        "12 janvier 2027",
        "1er février 2027",  # 20 days to pay
        "Zoé",
        "Journée, mercredi 16 décembre",
        "62,45 €",
        "21,00 €",
        "Total à payer 83,45 €",
    ):
        assert words in said, words


def test_the_kept_file_is_what_was_issued(cast: Cast) -> None:
    paper = an_invoice(cast)
    before = pdf_of_paper(paper)
    assert keep_missing_files() == 1
    assert keep_missing_files() == 0
    kept = PaperFile.objects.get()
    fresh = Paper.objects.select_related("file").get()
    assert pdf_of_paper(fresh) == before
    default_storage.delete(kept.name)
    default_storage.save(kept.name, ContentFile(before + b"%"))
    with pytest.raises(DamagedFileError):
        pdf_of_paper(fresh)


def test_what_changes_later_does_not_change_the_paper(cast: Cast) -> None:
    """The family moves, the organisation changes its name: the invoice stays as it was."""
    paper = an_invoice(cast)
    before = pdf_of_paper(paper)
    cast.house.organisation.name = "Autre nom"
    cast.house.organisation.save()
    cast.exemple.family.name = "Autre"
    cast.exemple.family.save()
    assert pdf_of_paper(Paper.objects.get()) == before


def test_a_credit_note_takes_back_what_is_left_and_no_more(cast: Cast) -> None:
    invoice = an_invoice(cast)
    care = invoice.lines.get(nature="care")
    note = issue_credit_note(
        actor=cast.camille, invoice=invoice, amounts={care.pk: D("40.00")}, reason="absence"
    )
    said = words_of(pdf_of_paper(note))
    assert "Avoir A2027-00001" in said
    assert "facture F2027-00001" in said
    assert "Motif : absence" in said
    assert balance_of_family(cast.exemple.family) == D("43.45")
    with pytest.raises(RefusedError, match="au plus 22,45"):
        issue_credit_note(
            actor=cast.camille, invoice=invoice, amounts={care.pk: D("22.46")}, reason="absence"
        )
    assert Paper.objects.count() == 2


@pytest.mark.parametrize(
    ("amounts", "reason", "said"),
    [({}, "absence", "au moins un montant"), ({0: D(1)}, "absence", "pas de cette facture")],
)
def test_a_credit_note_of_nothing_or_of_another_invoice_is_refused(
    cast: Cast, amounts: dict[int, Decimal], reason: str, said: str
) -> None:
    with pytest.raises(RefusedError, match=said):
        issue_credit_note(
            actor=cast.camille, invoice=an_invoice(cast), amounts=amounts, reason=reason
        )


def test_a_payment_sent_twice_is_written_once(cast: Cast) -> None:
    """A double click on "Enregistrer le règlement"."""
    key = uuid.uuid4()
    first, second = pay(cast, "50.00", key=key), pay(cast, "50.00", key=key)
    assert first == second
    assert balance_of_family(cast.exemple.family) == D("-50.00")
    said = words_of(receipt_pdf(first))
    assert "Reçu R2027-00001" in said
    assert "Reçu la somme de 50,00 €" in said


def test_a_cheque_that_comes_back_is_reversed_once(cast: Cast) -> None:
    an_invoice(cast)
    payment = pay(cast, "83.45")
    assert balance_of_family(cast.exemple.family) == 0
    reject_payment(actor=cast.camille, payment=payment, reason="sans provision")
    assert balance_of_family(cast.exemple.family) == D("83.45")
    with pytest.raises(RefusedError, match="déjà annulé"):
        reject_payment(actor=cast.camille, payment=payment, reason="sans provision")
    assert LedgerEntry.objects.count() == 3


@pytest.mark.parametrize(
    ("amount", "more", "said"),
    [
        ("0", {}, "montant va de"),
        ("5", {"reference": ""}, "numéro du chèque"),
        ("5", {"paid_on": date(2027, 1, 13)}, "dans l’avenir"),
        ("5", {"means": Means.CARD}, "ne s’enregistre pas à la main"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(
    cast: Cast, amount: str, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(RefusedError, match=said):
        pay(cast, amount, **more)
    assert not Payment.objects.exists()


def test_the_statement_is_the_account(cast: Cast) -> None:
    """PDF, spreadsheet and page show the same movements and the same balance."""
    an_invoice(cast)
    pay(cast, "33.33")
    account = account_of_family(cast.exemple.family)
    assert [row.balance for row in account.rows] == [D("83.45"), D("50.12")]
    said = words_of(statement_pdf(cast.exemple.family, account))
    assert "Solde à régler : 50,12 €" in said
    assert "Facture F2027-00001, Décembre 2026 83,45 €" in said
    sheet = load_workbook(BytesIO(statement_xlsx(account))).active
    assert [[cell.value for cell in row][1:] for row in sheet.iter_rows(min_row=2)] == [
        ["Facture F2027-00001, Décembre 2026", 83.45, None, 83.45],
        ["Règlement par chèque (0000123)", None, 33.33, 50.12],
    ]


def test_a_statement_between_two_dates_begins_with_the_balance_of_before(cast: Cast) -> None:
    pay(cast, "20.00", paid_on=date(2026, 11, 2))
    an_invoice(cast)
    account = account_of_family(cast.exemple.family)
    said = words_of(
        statement_pdf(cast.exemple.family, account, first=date(2027, 1, 1), last=date(2027, 1, 31))
    )
    assert "Relevé de compte au 31 janvier 2027" in said
    assert "01/01/2027 Solde avant cette date −20,00 €" in said
    assert "Règlement" not in said.split("Libellé")[1]
    assert "Solde à régler : 63,45 €" in said
    old = account.between(None, date(2026, 12, 31))
    assert (len(old.rows), old.balance) == (1, D("-20.00"))


def test_a_statement_of_dates_that_are_none_is_a_bad_request(cast: Cast, client: Client) -> None:
    sign_in(client, cast.exemple.user)
    path = reverse("family:statement", args=["pdf"])
    for query in ("du=2027-02-30", "au=%00", "du=2027-02-02&au=2027-02-01", "du=99999999999"):
        assert client.get(f"{path}?{query}").status_code == 400, query
    assert client.get(f"{path}?du=2027-01-01&au=").status_code == 200
