"""Payments and invoices of a family that may be set against each other, and those that are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from preau.billing.enums import EntryKind
from preau.billing.models import Allocation, LedgerEntry
from preau.families.models import Family


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """So much of a payment goes to an invoice, by choice. In euros."""

    payment: LedgerEntry
    invoice: LedgerEntry
    amount: Decimal


def payments_of_family(families: QuerySet[Family]) -> QuerySet[LedgerEntry]:
    """Payments that stand, the newest first."""
    return LedgerEntry.objects.filter(
        family__in=families.values("pk"), kind=EntryKind.PAYMENT, reversed_by=None
    ).order_by("-on", "-pk")


def invoices_of_family(families: QuerySet[Family]) -> QuerySet[LedgerEntry]:
    """Invoices, the newest first."""
    return LedgerEntry.objects.filter(
        family__in=families.values("pk"), kind=EntryKind.INVOICE
    ).order_by("-on", "-pk")


def choices_of_family(family: Family) -> list[Chosen]:
    """Choices in force: what was undone by its opposite is left out. Two queries."""
    sums = (
        Allocation.objects.filter(credit__family=family)
        .values_list("credit", "debit")
        .annotate(Sum("amount"))
        .order_by("credit", "debit")
    )
    kept = [row for row in sums if row[2]]
    known = LedgerEntry.objects.in_bulk({pk for row in kept for pk in row[:2]})
    return [
        Chosen(payment=known[credit], invoice=known[debit], amount=amount)
        for credit, debit, amount in kept
    ]
