"""Writing in the account of a family. Every movement of money passes here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import connection

from preau.billing.enums import EntryKind, Means, PaperKind
from preau.billing.models import LedgerEntry, Paper, Payment
from preau.core import clock
from preau.core.models import User
from preau.core.numbering import take_number
from preau.families.models import Family

RECEIPTS = "R"


def lock_account(family: Family) -> None:
    """Wait for whoever changes the account of this family, until this transaction ends.

    What depends on a balance (a payment offered, a refund) locks first, then reads.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an account is locked inside a transaction")
    Family.objects.select_for_update(no_key=True).only("pk").get(pk=family.pk)


def post_papers(papers: Sequence[Paper]) -> None:
    """An invoice is a debit, a credit note a credit (S4)."""
    LedgerEntry.objects.bulk_create(_entry(paper) for paper in papers)


def _entry(paper: Paper) -> LedgerEntry:
    invoice = paper.kind == PaperKind.INVOICE
    return LedgerEntry(
        family=paper.family,
        kind=EntryKind.INVOICE if invoice else EntryKind.CREDIT_NOTE,
        on=paper.issued_on,
        wording=paper.frozen["wording"],
        debit=paper.total if invoice else 0,
        credit=0 if invoice else paper.total,
        due_on=paper.due_on,
        paper=paper,
        recorded_at=paper.issued_at,
        recorded_by=paper.issued_by,
    )


def post_payment(
    *,
    actor: User | None,
    family: Family,
    means: Means,
    amount: Decimal,
    paid_on: date,
    event_key: str,
    drawer: str = "",
    bank: str = "",
    reference: str = "",
) -> Payment:
    """Write a payment received, its receipt number and its credit, in the caller's transaction.

    `event_key` names what the payment comes from, so that the same one is never written twice:
    the database refuses the second with IntegrityError.
    """
    now = clock.now()
    number = take_number(RECEIPTS, clock.day_of(now))
    payment = Payment.objects.create(
        family=family,
        means=means,
        amount=amount,
        paid_on=paid_on,
        drawer=drawer,
        bank=bank,
        reference=reference,
        event_key=event_key,
        receipt_year=number.year,
        receipt_sequence=number.sequence,
        recorded_at=now,
        recorded_by=actor,
    )
    LedgerEntry.objects.create(
        family=family,
        kind=EntryKind.PAYMENT,
        on=paid_on,
        wording=f"Règlement par {means.label}" + (f" ({reference})" if reference else ""),
        credit=amount,
        payment=payment,
        recorded_at=now,
        recorded_by=actor,
    )
    return payment


def post_debit(
    *,
    actor: User | None,
    family: Family,
    kind: EntryKind,
    amount: Decimal,
    on: date,
    wording: str,
    reverses: LedgerEntry | None = None,
) -> LedgerEntry:
    """Write a debit that no paper carries: a refund, a payment that came back."""
    return LedgerEntry.objects.create(
        family=family,
        kind=kind,
        on=on,
        wording=wording,
        debit=amount,
        due_on=on,
        reverses=reverses,
        recorded_at=clock.now(),
        recorded_by=actor,
    )
