"""What the database of billing refuses, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from preau.billing.enums import EntryKind, Means, Nature, PaperKind
from preau.billing.models import (
    Allocation,
    Attestation,
    BillingRun,
    BillingSettings,
    CentreTariff,
    Charge,
    ChequeDeposit,
    Draft,
    LedgerEntry,
    Paper,
    PaperFile,
    PaperLine,
    Payment,
    Refund,
)
from preau.core.models import NumberSeries
from tests.factories import NOW, Cast
from tests.factories.money import price
from tests.kit.constraints import constraints_of, refused_by

ON = date(2027, 1, 12)


def paper(cast: Cast, **fields: object) -> Paper:
    """An invoice of one euro, or what `fields` make of it."""
    given: dict[str, object] = {
        "kind": PaperKind.INVOICE,
        "year": 2027,
        "sequence": 1,
        "family": cast.exemple.family,
        "issued_on": ON,
        "due_on": ON,
        "total": 1,
        "frozen": {},
        "issued_at": NOW,
    }
    return Paper.objects.create(**{**given, **fields})


def line(cast: Cast, of: Paper, **fields: object) -> PaperLine:
    """A line of one euro of that paper."""
    given: dict[str, object] = {
        "paper": of,
        "position": 1,
        "family": cast.exemple.family,
        "centre": cast.house.tilleuls,
        "on": ON,
        "wording": "Journée",
        "service": "day",
        "nature": Nature.CARE,
        "quantity": 1,
        "unit_price": 1,
        "amount": 1,
    }
    return PaperLine.objects.create(**{**given, **fields})


def payment(cast: Cast, **fields: object) -> Payment:
    """A cheque of one euro."""
    given: dict[str, object] = {
        "family": cast.exemple.family,
        "means": Means.CHEQUE,
        "amount": 1,
        "paid_on": ON,
        "event_key": "one",
        "receipt_year": 2027,
        "receipt_sequence": 1,
        "recorded_at": NOW,
    }
    return Payment.objects.create(**{**given, **fields})


def entry(cast: Cast, **fields: object) -> LedgerEntry:
    """An opening debit of one euro."""
    given: dict[str, object] = {
        "family": cast.exemple.family,
        "kind": EntryKind.OPENING,
        "on": ON,
        "wording": "Reprise",
        "debit": 1,
        "recorded_at": NOW,
    }
    return LedgerEntry.objects.create(**{**given, **fields})


def run(cast: Cast, month: date = date(2027, 1, 1)) -> BillingRun:
    """A run of January."""
    return BillingRun.objects.create(month=month, prepared_at=NOW)


def draft(cast: Cast, of: BillingRun, **fields: object) -> Draft:
    """A draft of that run."""
    given: dict[str, object] = {
        "run": of,
        "family": cast.exemple.family,
        "kind": PaperKind.INVOICE,
        "lines": [],
        "total": 1,
    }
    return Draft.objects.create(**{**given, **fields})


def charge(cast: Cast, **fields: object) -> Charge:
    """A charge of one euro."""
    given: dict[str, object] = {
        "family": cast.exemple.family,
        "centre": cast.house.tilleuls,
        "on": ON,
        "wording": "Adhésion",
        "nature": Nature.MEMBERSHIP,
        "amount": 1,
        "written_at": NOW,
    }
    return Charge.objects.create(**{**given, **fields})


def _twice(make: Callable[..., object], *args: object, **fields: object) -> None:
    make(*args, **fields)
    make(*args, **fields)


def _priced_twice(cast: Cast) -> None:
    price(cast.house.tilleuls)
    tariff = CentreTariff.objects.get()
    CentreTariff.objects.create(centre=tariff.centre, tariff=tariff.tariff)


def _line_twice(cast: Cast) -> None:
    first = paper(cast)
    line(cast, first, fact="care:1:1/day")
    line(cast, first, fact="care:1:1/day", position=2)


def attestation(cast: Cast, **fields: object) -> Attestation:
    """An attestation of last year."""
    given: dict[str, object] = {
        "family": cast.exemple.family,
        "year": 2026,
        "number_year": 2027,
        "sequence": 1,
        "issued_on": ON,
        "published_on": ON,
        "received": 1,
        "retained": 1,
        "frozen": {},
        "issued_at": NOW,
    }
    return Attestation.objects.create(**{**given, **fields})


def refund(cast: Cast, **fields: object) -> Refund:
    """A refund of one euro that waits."""
    given: dict[str, object] = {
        "family": cast.exemple.family,
        "amount": 1,
        "reason": "trop versé",
        "asked_at": NOW,
        "asked_by": cast.camille,
    }
    return Refund.objects.create(**{**given, **fields})


IMPOSSIBLE: dict[str, tuple[str, Callable[[Cast], object]]] = {
    "one number for two attestations": (
        "attestation_number_given_once",
        lambda cast: (attestation(cast), attestation(cast, year=2025)),
    ),
    "two attestations of a year, both in force": (
        "attestation_once_a_year",
        lambda cast: (attestation(cast), attestation(cast, sequence=2)),
    ),
    "an attestation of a year that goes on": (
        "attestation_of_a_year_that_ended",
        lambda cast: attestation(cast, year=2027),
    ),
    "one number for two slips of cheques": (
        "deposit_number_given_once",
        lambda cast: [
            ChequeDeposit.objects.create(
                year=2027, sequence=1, made_on=ON, made_at=NOW, made_by=cast.camille
            )
            for _ in range(2)
        ],
    ),
    "a centre priced twice by one tariff": ("centre_tariff_once", _priced_twice),
    "two settings of billing": (
        "billing_settings_are_the_only_ones",
        lambda _: BillingSettings.objects.create(pk=2),
    ),
    "attestations on a day that does not exist": (
        "billing_settings_name_a_real_day",
        lambda _: BillingSettings.objects.create(pk=1, attestation_day=31),
    ),
    "one number for two invoices": (
        "paper_number_given_once",
        lambda cast: _twice(paper, cast),
    ),
    "an invoice of nothing": ("paper_total_positive", lambda cast: paper(cast, total=0)),
    "an invoice due before it is issued": (
        "paper_due_after_its_date",
        lambda cast: paper(cast, due_on=date(2027, 1, 11)),
    ),
    "two lines in one place": (
        "paper_line_has_its_place",
        lambda cast: _twice(line, cast, paper(cast)),
    ),
    "one day billed twice": ("paper_line_fact_billed_once", _line_twice),
    "a negative line": (
        "paper_line_amount_positive",
        lambda cast: line(cast, paper(cast), amount=-1),
    ),
    "a line of no nature, which no attestation could count": (
        "paper_line_has_a_known_nature",
        lambda cast: line(cast, paper(cast), nature="x"),
    ),
    "a payment of nothing": ("payment_amount_positive", lambda cast: payment(cast, amount=0)),
    "a payment by an unknown means": (
        "payment_by_a_known_means",
        lambda cast: payment(cast, means="shells"),
    ),
    "one receipt for two payments": (
        "payment_receipt_given_once",
        lambda cast: (payment(cast), payment(cast, event_key="two")),
    ),
    "a movement that is both a debit and a credit": (
        "ledger_debit_or_credit",
        lambda cast: entry(cast, credit=1),
    ),
    "a refund that credits the family": (
        "ledger_kind_on_its_side",
        lambda cast: entry(cast, kind=EntryKind.REFUND, debit=0, credit=1),
    ),
    "an invoice's movement without its invoice": (
        "ledger_paper_where_due",
        lambda cast: entry(cast, kind=EntryKind.INVOICE),
    ),
    "a payment's movement without its payment": (
        "ledger_payment_where_due",
        lambda cast: entry(cast, kind=EntryKind.PAYMENT, debit=0, credit=1),
    ),
    "a rejection of nothing": (
        "ledger_rejection_names_its_payment",
        lambda cast: entry(cast, kind=EntryKind.REJECTION),
    ),
    "an allocation of nothing": (
        "allocation_of_something",
        lambda cast: Allocation.objects.create(
            credit=entry(cast, debit=0, credit=1), debit=entry(cast), amount=0, at=NOW
        ),
    ),
    "a refund of nothing": ("refund_amount_positive", lambda cast: refund(cast, amount=0)),
    "a refund approved by who asked for it": (
        "refund_approved_by_another",
        lambda cast: refund(
            cast,
            state="approved",
            decided_by=cast.camille,
            decided_at=NOW,
            entry=entry(cast, kind=EntryKind.REFUND),
        ),
    ),
    "a refund approved without a movement of the account": (
        "refund_decided_by_somebody",
        lambda cast: refund(cast, state="approved", decided_by=cast.house.charlie, decided_at=NOW),
    ),
    "two refunds that wait for one family": (
        "refund_one_waiting_a_family",
        lambda cast: _twice(refund, cast),
    ),
    "a charge of nothing": ("charge_amount_positive", lambda cast: charge(cast, amount=0)),
    "a charge of no nature": (
        "charge_has_a_known_nature",
        lambda cast: charge(cast, nature="x"),
    ),
    "a run that begins in the middle of a month": (
        "billing_run_of_a_month",
        lambda cast: run(cast, date(2027, 1, 12)),
    ),
    "two invoices for a family in a run": (
        "draft_once_a_run",
        lambda cast: _twice(draft, cast, run(cast)),
    ),
    "a draft issued without a paper": (
        "draft_issued_has_its_paper",
        lambda cast: draft(cast, run(cast), state="issued"),
    ),
}


@pytest.mark.parametrize("sentence", IMPOSSIBLE)
def test_the_database_refuses(cast: Cast, sentence: str) -> None:
    constraint, act = IMPOSSIBLE[sentence]
    with refused_by(constraint):
        act(cast)


def test_every_constraint_has_its_sentence(db: None) -> None:
    assert {constraint for constraint, _ in IMPOSSIBLE.values()} == constraints_of("billing")


def test_a_counter_exists_once_a_year(db: None) -> None:
    with refused_by("number_series_once_a_year"):
        _twice(NumberSeries.objects.create, series="F", year=2027, last_on=ON)


def _everything_issued(cast: Cast) -> None:
    issued = paper(cast)
    line(cast, issued)
    PaperFile.objects.create(paper=issued, name="x", sha256="0" * 64, size=1, made_at=NOW)
    debit = entry(cast, kind=EntryKind.INVOICE, paper=issued)
    credit = entry(cast, kind=EntryKind.PAYMENT, debit=0, credit=1, payment=payment(cast))
    attestation(cast)
    Allocation.objects.create(credit=credit, debit=debit, amount=Decimal(1), at=NOW)


FOR_EVER = [Attestation, Paper, PaperLine, PaperFile, LedgerEntry, Payment, Allocation]
ORDERS = {
    "changed": "UPDATE {table} SET id = id",
    "deleted": "DELETE FROM {table}",
    "emptied": "TRUNCATE {table} CASCADE",
}


@pytest.mark.parametrize("how", ORDERS)
@pytest.mark.parametrize("model", FOR_EVER, ids=lambda model: model.__name__)
def test_what_was_issued_stays(cast: Cast, model: type[Paper], how: str) -> None:
    """By anybody who speaks to the database as the program does, raw SQL included."""
    _everything_issued(cast)
    order = ORDERS[how].format(table=model._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="pgtrigger: Cannot"), transaction.atomic():
            cursor.execute(order)
    assert model.objects.count() >= 1
