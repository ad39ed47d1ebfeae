"""Numbers without gaps, whose dates never go back (invoices, credit notes, receipts).

A database SEQUENCE leaves a gap when a transaction is undone; a counter row that the transaction
locks does not. Whoever takes a number keeps the others of its series waiting until it ends: take
it last.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import connection

from preau.core.models import NumberSeries


class Number(NamedTuple):
    """A number taken: `sequence` counts from 1 in its series and year; `on` is its date."""

    year: int
    sequence: int
    on: date


def take_number(series: str, on: date) -> Number:
    """Take the next number of `series`, dated `on` or the day of the one before, if later.

    Must be called inside the transaction that writes what bears the number.
    """
    return take_numbers(series, on, count=1)[0]


def take_numbers(series: str, on: date, *, count: int) -> list[Number]:
    """Take the next `count` numbers of `series`, as `take_number` does for one."""
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken in the transaction of what bears it")
    NumberSeries.objects.bulk_create(
        [NumberSeries(series=series, year=on.year, last_on=on)], ignore_conflicts=True
    )
    row = NumberSeries.objects.select_for_update().get(series=series, year=on.year)
    first = row.last + 1
    row.last += count
    row.last_on = max(row.last_on, on)
    row.save(update_fields=["last", "last_on"])
    return [
        Number(year=on.year, sequence=sequence, on=row.last_on)
        for sequence in range(first, row.last + 1)
    ]
