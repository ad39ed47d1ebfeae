"""The account of one family: every movement, and what is due (S4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from preau.billing.models import LedgerEntry, Paper, Payment
from preau.core.money import ZERO
from preau.core.tables import Value
from preau.families.models import Family


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """One movement, with the balance once it is counted (positive: the family owes)."""

    on: date
    wording: str
    debit: Decimal
    credit: Decimal
    balance: Decimal
    paper: Paper | None
    payment: Payment | None


@dataclass(frozen=True, kw_only=True)
class Account:
    """The movements of a family in the order of their days. `balance` in euros; positive is due."""

    rows: list[AccountRow]
    balance: Decimal

    def between(self, first: date | None, last: date | None) -> Account:
        """The movements of these days, both included, after one row with the balance of before.

        The balance is that of the last day. None: from the beginning, until today.
        """
        before = [row for row in self.rows if first and row.on < first]
        within = [row for row in self.rows[len(before) :] if not last or row.on <= last]
        opening = before[-1].balance if before else ZERO
        rows = [_carried(first, opening), *within] if first else within
        return Account(rows=rows, balance=within[-1].balance if within else opening)

    @property
    def due(self) -> Decimal:
        """What the family owes, 0 when it owes nothing."""
        return max(self.balance, ZERO)

    @property
    def in_credit(self) -> Decimal:
        """What the organisation owes the family, 0 when nothing."""
        return max(-self.balance, ZERO)


def _carried(on: date, balance: Decimal) -> AccountRow:
    return AccountRow(
        on=on,
        wording="Solde avant cette date",
        debit=ZERO,
        credit=ZERO,
        balance=balance,
        paper=None,
        payment=None,
    )


def balance_of_family(family: Family) -> Decimal:
    """Debits less credits, in euros: positive is due."""
    sums = LedgerEntry.objects.filter(family=family).aggregate(value=Sum(F("debit") - F("credit")))
    return sums["value"] or ZERO


def account_of_family(family: Family) -> Account:
    """The whole account, in one query."""
    rows, balance = [], ZERO
    entries = LedgerEntry.objects.filter(family=family).select_related("paper", "payment")
    for entry in entries.order_by("on", "pk"):
        balance += entry.debit - entry.credit
        rows.append(
            AccountRow(
                on=entry.on,
                wording=entry.wording,
                debit=entry.debit,
                credit=entry.credit,
                balance=balance,
                paper=entry.paper,
                payment=entry.payment,
            )
        )
    return Account(rows=rows, balance=balance)


def reversible_payments(family: Family) -> list[Payment]:
    """Payments that stand, the newest first: those the office may still reverse."""
    return list(
        Payment.objects.filter(family=family, entry__reversed_by=None).order_by("-paid_on", "-pk")
    )


def movements_of_families(families: QuerySet[Family], year: int) -> list[list[Value]]:
    """Every movement of a year, for a spreadsheet: day, family, wording, paper, debit, credit."""
    entries = LedgerEntry.objects.filter(family__in=families.values("pk"), on__year=year)
    return [
        [
            entry.on,
            entry.family.number,
            entry.family.name,
            entry.wording,
            entry.paper.number if entry.paper else "",
            entry.debit or None,
            entry.credit or None,
            entry.due_on,
        ]
        for entry in entries.select_related("family", "paper").order_by("on", "pk")
    ]
