"""Which quotient counts on a day of care, and what a family is told about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from preau.families.models import FamilyQuotient

WARNED_BEFORE = timedelta(days=30)


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last one of a shorter month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("a month has 28 days")


def quotient_on(
    quotients: Iterable[FamilyQuotient], day: date, *, grace: int
) -> FamilyQuotient | None:
    """The one that counts on `day`: the latest that had begun, for `grace` months after its end.

    None: unknown or expired, so the top price.
    """
    begun = [each for each in quotients if each.valid_from <= day]
    if not begun:
        return None
    latest = max(begun, key=lambda each: each.valid_from)
    return latest if day <= add_months(latest.valid_to, grace) else None


@dataclass(frozen=True, kw_only=True)
class QuotientNews:
    """What a family should know: `state` is missing, expired, grace or ending.

    `until` is the last day at which its price still counts.
    """

    state: str
    quotient: FamilyQuotient | None = None
    until: date | None = None


def quotient_news(
    quotients: Iterable[FamilyQuotient], today: date, *, grace: int
) -> QuotientNews | None:
    """What to tell about the quotient today; None when all is well for a month."""
    known = list(quotients)
    begun = [each for each in known if each.valid_from <= today]
    if not begun:
        return QuotientNews(state="missing")
    latest = max(begun, key=lambda each: each.valid_from)
    last = max(known, key=lambda each: each.valid_from)
    if last.valid_to > today + WARNED_BEFORE:
        return None
    until = add_months(latest.valid_to, grace)
    if today > until:
        return QuotientNews(state="expired", quotient=latest)
    state = "grace" if today > latest.valid_to else "ending"
    return QuotientNews(state=state, quotient=latest, until=until)
