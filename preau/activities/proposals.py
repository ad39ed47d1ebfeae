"""What a director may make a period of: holidays and blocks of Wednesdays of the months ahead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from preau.activities.deadlines import HOLIDAY_DEFAULT, WEDNESDAY_DEFAULT, Rule, first_refused
from preau.activities.enums import PeriodKind
from preau.activities.school_calendar import (
    WEDNESDAY,
    days_between,
    public_holidays,
    school_holidays,
    school_wednesdays,
)
from preau.core import clock, wording

WORKDAYS = frozenset(range(5))
_AHEAD = timedelta(days=365)
# How long before its closing a window usually opens.
_WINDOW = timedelta(days=28)
_LONGEST = timedelta(days=400)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A period that the calendar suggests; everything of it may be changed before it is made."""

    kind: PeriodKind
    name: str
    starts_on: date
    ends_on: date


def proposals(zone: str, today: date) -> list[Proposal]:
    """Holidays and blocks of Wednesdays of `zone` that begin in the next twelve months."""
    last = today + _AHEAD
    found = [
        Proposal(
            kind=PeriodKind.HOLIDAYS,
            name=f"{holiday.name} {holiday.starts_on.year}",
            starts_on=holiday.weekdays()[0],
            ends_on=holiday.weekdays()[-1],
        )
        for holiday in school_holidays(zone, today, last)
        if holiday.weekdays() and holiday.starts_on > today
    ]
    blocks = blocks_of(school_wednesdays(zone, today, last + timedelta(days=60)))
    found += [_wednesdays(block) for block in blocks if block[0] <= last]
    return sorted(found, key=lambda proposal: (proposal.starts_on, proposal.name))


def blocks_of(wednesdays: Collection[date]) -> list[list[date]]:
    """Wednesdays that follow each other without a holiday between them."""
    blocks: list[list[date]] = []
    for day in sorted(wednesdays):
        if not blocks or (day - blocks[-1][-1]).days > 7:
            blocks.append([])
        blocks[-1].append(day)
    return blocks


def _wednesdays(block: list[date]) -> Proposal:
    first, last = (wording.FRENCH.months[day.month - 1] for day in (block[0], block[-1]))
    months = first if first == last else f"{first} à {last}"
    return Proposal(
        kind=PeriodKind.WEDNESDAYS,
        name=f"Mercredis, {months} {block[-1].year}",
        starts_on=block[0],
        ends_on=block[-1],
    )


def days_of_period(
    kind: PeriodKind, zone: str, first: date, last: date, weekdays: Collection[int]
) -> list[date]:
    """The days of a period to make: Wednesdays of school weeks, or the chosen weekdays.

    Empty when `last` is before `first` or more than 400 days after it.
    """
    if not first <= last <= first + _LONGEST:
        return []
    if kind == PeriodKind.WEDNESDAYS:
        return school_wednesdays(zone, first, last)
    return [day for day in days_between(first, last) if day.weekday() in weekdays]


def closings(days: Collection[date]) -> dict[date, str]:
    """The public holidays among these days, with their names."""
    if not days:
        return {}
    named = public_holidays(min(days), max(days))
    return {day: name for day, name in named.items() if day in days}


def usual_deadline(kind: PeriodKind) -> Rule:
    """The manual's rule for booking and cancelling (S19)."""
    return HOLIDAY_DEFAULT if kind == PeriodKind.HOLIDAYS else WEDNESDAY_DEFAULT


def usual_window(
    kind: PeriodKind, first: date, last: date, now: datetime
) -> tuple[datetime, datetime]:
    """An opening and a closing to start from: the closing is the last deadline of the period."""
    rule, today = usual_deadline(kind), clock.day_of(now)
    closes = first_refused(rule, day=last, period_start=first)
    opens = first_refused(rule, day=first, period_start=first) - _WINDOW
    opens_on = max(clock.day_of(opens), today + timedelta(days=1))
    opens = datetime.combine(opens_on, time(8, 30), tzinfo=clock.PARIS)
    return opens, max(closes, opens + timedelta(days=1))


def shifted(day: date, source_start: date, new_start: date) -> date:
    """The day of a copy: the same day of the week, as many weeks after the first one."""
    monday = source_start - timedelta(days=source_start.weekday())
    new_monday = new_start - timedelta(days=new_start.weekday())
    return day + (new_monday - monday)


__all__ = [
    "WEDNESDAY",
    "WORKDAYS",
    "Proposal",
    "blocks_of",
    "closings",
    "days_of_period",
    "proposals",
    "shifted",
    "usual_deadline",
    "usual_window",
]
