"""Parts of an instalment plan: how a balance is cut, and what is left of each (S8). Pure."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from preau.core.money import CENT, ZERO

MOST_PARTS = 12


@dataclass(frozen=True, kw_only=True)
class Part:
    """One instalment: its day and its amount in euros."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class PartLeft:
    """What is left of a part, once what the family paid went to the earliest ones."""

    due_on: date
    amount: Decimal
    left: Decimal
    late: bool


def cut(balance: Decimal, *, count: int, first: date) -> list[Part]:
    """`balance` in `count` parts a month apart; the first ones bear the cents that remain.

    A day that a month does not have is its last. Raises `ValueError` when a part would be empty.
    """
    cents = int(balance / CENT)
    if not 1 <= count <= MOST_PARTS or cents < count:
        raise ValueError("each part is at least one cent")
    small, more = divmod(cents, count)
    return [
        Part(due_on=_months_after(first, n), amount=Decimal(small + (n < more)) * CENT)
        for n in range(count)
    ]


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def left_of_parts(
    parts: Sequence[Part], *, settled: Decimal, due: Decimal, today: date
) -> list[PartLeft]:
    """What is left of each part: `settled` since the plan went to the earliest ones.

    Never more than the family owes (`due`); what it owes beyond, of later invoices, is in none.
    """
    found = []
    total = sum((part.amount for part in parts), ZERO)
    remaining = min(total - min(max(settled, ZERO), total), max(due, ZERO))
    for part in sorted(parts, key=lambda each: each.due_on, reverse=True):
        left = min(part.amount, remaining)
        remaining -= left
        late = bool(left) and part.due_on < today
        found.append(PartLeft(due_on=part.due_on, amount=part.amount, left=left, late=late))
    return found[::-1]
