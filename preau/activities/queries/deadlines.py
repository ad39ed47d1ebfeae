"""What two rules mean for the coming days of a period, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from preau.activities.deadlines import DeadlineRuleError, Rule, first_refused, in_words
from preau.activities.models import Period, SessionDay

_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Moments:
    """One day with the last moments to ask and to cancel, or why a rule says nothing."""

    on: date
    booking: str
    cancelling: str


def coming_days(period: Period, today: date) -> list[date]:
    """The next open days of a period, or its first ones once it is over. One query."""
    days = list(
        SessionDay.objects.filter(period=period, closed_because="")
        .order_by("on")
        .values_list("on", flat=True)
    )
    ahead = [day for day in days if day >= today]
    return (ahead or days)[:_SHOWN]


def moments_of(
    days: Iterable[date], booking: Rule, cancelling: Rule, period_start: date
) -> list[Moments]:
    """For each day, until when one may ask and cancel: the very computation the server enforces."""
    return [
        Moments(
            on=day,
            booking=_said(booking, day, period_start),
            cancelling=_said(cancelling, day, period_start),
        )
        for day in days
    ]


def _said(rule: Rule, day: date, period_start: date) -> str:
    try:
        return in_words(first_refused(rule, day=day, period_start=period_start))
    except DeadlineRuleError as error:
        return str(error)
