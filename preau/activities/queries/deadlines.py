"""What the rules of a period mean for its days: the one computation, for pages and actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from preau.activities.deadlines import (
    DeadlineRuleError,
    Kind,
    Rule,
    Shift,
    first_refused,
    in_words,
    parse_rule,
)
from preau.activities.models import Outing, Period, SessionDay

_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """Until when each day of a period may be asked for, changed and given back.

    Every answer is the first refused instant. `first` is the first day of the request, for rules
    that count from it; a request that does not say is read as beginning on the day itself.
    `closed` are the centre's closing days.
    """

    period_start: date
    booking: Rule
    changing: Rule | None
    cancelling: Rule
    closed: frozenset[date] = frozenset()

    def to_book(self, day: date, *, first: date | None = None) -> datetime:
        """To ask for a day that this child has not asked for yet."""
        return self.by(self.booking, day, first)

    def to_change(self, day: date, *, first: date | None = None) -> datetime:
        """To add to a day already asked for: the booking rule where the period has no other."""
        return self.by(self.changing or self.booking, day, first)

    def to_cancel(self, day: date, *, first: date | None = None) -> datetime:
        """To give a day back."""
        return self.by(self.cancelling, day, first)

    def to_join(self, outing: Outing, day: date, *, first: date | None = None) -> datetime:
        """To ask for an outing: its own deadline, else that of its day."""
        if outing.booking_deadline is None:
            return self.to_book(day, first=first)
        return self.by(parse_rule(outing.booking_deadline), day, first)

    def by(self, rule: Rule, day: date, first: date | None = None) -> datetime:
        """The first instant that `rule` refuses for `day`."""
        return first_refused(
            rule,
            day=day,
            period_start=min(self.period_start, day),
            first_booked=min(first or day, day),
            closed=self.closed,
        )

    @property
    def counts_from_first_day(self) -> bool:
        """Whether what a family asks for moves its own booking deadline."""
        return self.booking.anchor == "first_booked_day"


def deadlines_of(period: Period) -> Deadlines:
    """The rules of a period; one query where one of them looks at closing days."""
    changing = period.change_deadline
    return deadlines_by(
        period,
        booking=parse_rule(period.booking_deadline),
        changing=None if changing is None else parse_rule(changing),
        cancelling=parse_rule(period.cancel_deadline),
    )


def deadlines_by(
    period: Period, *, booking: Rule, changing: Rule | None, cancelling: Rule
) -> Deadlines:
    """The same with rules that are perhaps not saved yet."""
    rules = [booking, cancelling, *([changing] if changing else [])]
    closed = closings_of(period) if any(_looks_at_closings(rule) for rule in rules) else []
    return Deadlines(
        period_start=period.starts_on,
        booking=booking,
        changing=changing,
        cancelling=cancelling,
        closed=frozenset(closed),
    )


def closings_of(period: Period) -> list[date]:
    """The days on which the period's centre is closed, in this period or another."""
    days = SessionDay.objects.filter(centre=period.centre_id).exclude(closed_because="")
    return list(days.values_list("on", flat=True))


def _looks_at_closings(rule: Rule) -> bool:
    return rule.kind is Kind.WORKING_DAYS or rule.shift is not Shift.KEEP


@dataclass(frozen=True, kw_only=True)
class Moments:
    """One day with the last moments to ask, to change and to cancel, or why a rule says nothing."""

    on: date
    booking: str
    changing: str
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


def moments_of(days: Iterable[date], rules: Deadlines) -> list[Moments]:
    """For each day, until when one may act: the very computation the server enforces."""
    return [
        Moments(
            on=day,
            booking=_said(rules, rules.booking, day),
            changing=_said(rules, rules.changing or rules.booking, day),
            cancelling=_said(rules, rules.cancelling, day),
        )
        for day in days
    ]


def _said(rules: Deadlines, rule: Rule, day: date) -> str:
    try:
        return in_words(rules.by(rule, day))
    except DeadlineRuleError as error:
        return str(error)
