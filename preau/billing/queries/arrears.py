"""Who owes what, and since when (B27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from preau.billing.models import LedgerEntry
from preau.billing.queries.history import histories_of_families
from preau.core.money import ZERO
from preau.families.models import Family

# Days after the due date at which a debt grows older: not due, then 1-30, 31-60, 61-90, beyond.
AGES = (0, 30, 60, 90)
AGES_IN_WORDS = ("à échoir", "1 à 30 jours", "31 à 60 jours", "61 à 90 jours", "plus de 90 jours")


@dataclass(frozen=True, kw_only=True)
class Owing:
    """A family that owes: `balance` in euros, by age as `AGES_IN_WORDS`, the oldest due date."""

    family: Family
    balance: Decimal
    by_age: Sequence[Decimal]
    since: date


def families_owing(families: QuerySet[Family], today: date) -> list[Owing]:
    """Families of the scope that owe something, the oldest debt first. Six queries."""
    balances = dict(
        LedgerEntry.objects.filter(family__in=families.values("pk"))
        .values_list("family")
        .annotate(balance=Sum(F("debit") - F("credit")))
        .filter(balance__gt=0)
    )
    known = Family.objects.in_bulk(balances)
    histories = histories_of_families(list(balances))
    owing = [
        _owing(known[pk], balances[pk], history.open_debts(), today)
        for pk, history in histories.items()
    ]
    return sorted(owing, key=lambda each: (each.since, -each.balance, each.family.pk))


def _owing(
    family: Family, balance: Decimal, debts: Sequence[tuple[date, int]], today: date
) -> Owing:
    by_age = [ZERO] * len(AGES_IN_WORDS)
    for due_on, cents in debts:
        late = (today - due_on).days
        by_age[sum(late > age for age in AGES)] += Decimal(cents) / 100
    since = min((due_on for due_on, _ in debts), default=today)
    return Owing(family=family, balance=balance, by_age=by_age, since=since)


def totals_by_age(owing: Sequence[Owing]) -> list[Decimal]:
    """The sum of each age."""
    return [sum((each.by_age[n] for each in owing), ZERO) for n in range(len(AGES_IN_WORDS))]
