"""What a deadline rule is: a small value that travels as JSON (docs/regles.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

WEEKDAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
EVENING: Final = "evening"
WEEKEND: Final = frozenset({5, 6})
# Rules speak of care this century: public holidays are known that far, and date arithmetic stays
# away from its own edges.
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099


class DeadlineRuleError(ValueError):
    """A rule that cannot be read, or not for this day; its message is a French sentence."""


class Kind(StrEnum):
    """The ways published regulations count a deadline."""

    WEEKDAY_BEFORE = "weekday_before"
    WEEKDAY_OF_PREVIOUS_WEEK = "weekday_of_previous_week"
    CALENDAR_DAYS = "calendar_days"
    CLEAR_DAYS = "clear_days"
    WORKING_DAYS = "working_days"
    HOURS = "hours"
    DAYS_BEFORE_AT = "days_before_at"
    WEEKS_BEFORE = "weeks_before"
    MONTHS_BEFORE = "months_before"
    DAY_OF_PREVIOUS_MONTH = "day_of_previous_month"
    TABLE = "table"
    FIXED = "fixed"


class Anchor(StrEnum):
    """The day a rule counts from."""

    ACTIVITY_DAY = "activity_day"
    FIRST_BOOKED_DAY = "first_booked_day"
    WEEK = "week"
    PERIOD_START = "period_start"
    MONTH = "month"


class Week(StrEnum):
    """Which one of the weekdays before: the nearest, or that of the calendar week before."""

    NEAREST = "nearest"
    PREVIOUS = "previous"


class Shift(StrEnum):
    """What becomes of a deadline that falls on a closed day."""

    KEEP = "keep"
    PREVIOUS = "previous"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer of a weekday table.

    Either a ``weekday`` (0 is Monday) before the anchor, ``weeks`` times over, or ``n`` calendar
    days before it. ``time`` None means that the day counts to its end.
    """

    weekday: int | None = None
    weeks: int = 1
    n: int = 0
    time: dt.time | None = None

    def as_json(self) -> dict[str, object]:
        """Give the cell back as ``parse_rule`` reads it."""
        if self.weekday is None:
            data: dict[str, object] = {"n": self.n}
        else:
            data = {"weekday": WEEKDAYS[self.weekday]}
            if self.weeks != 1:
                data["weeks"] = self.weeks
        return data | {"time": _time_as_json(self.time)}


@dataclass(frozen=True, slots=True)
class Rule:
    """A deadline rule, as ``parse_rule`` makes it: fields a kind does not use keep their default.

    ``time`` None means that the named day counts to its end. ``inclusive`` says whether the named
    day or minute is still in time; None is the usual reading (a day is, an hour is not).
    Weekdays are numbered from Monday, 0.
    """

    kind: Kind
    anchor: Anchor = Anchor.ACTIVITY_DAY
    n: int = 0
    weekday: int = 0
    weeks: int = 1
    week: Week = Week.NEAREST
    day: int = 1
    months: int = 1
    date: dt.date | None = None
    time: dt.time | None = None
    start: dt.time | None = None
    inclusive: bool | None = None
    closed_days: frozenset[int] = frozenset()
    public_holidays: bool = False
    shift: Shift = Shift.KEEP
    cells: tuple[tuple[int, Cell], ...] = ()

    def cell_for(self, weekday: int) -> Cell | None:
        """Find the table's or the exceptions' answer for an anchor on that weekday."""
        return dict(self.cells).get(weekday)

    def as_json(self) -> dict[str, object]:
        """Give the rule back as plain data; ``parse_rule`` of it is this rule again."""
        keys = KEYS_OF[self.kind]
        silent = {field.name: field.default for field in fields(self)} | keys.defaults()
        data: dict[str, object] = {"kind": self.kind.value}
        for key in keys.all():
            field = FIELD_OF.get(key, key)
            value = getattr(self, field)
            # The anchor is always said: a stored rule must not depend on a default.
            if key in keys.required or key == "anchor" or value != silent[field]:
                data[key] = WRITERS.get(field, _as_is)(value)
        return data


@dataclass(frozen=True, slots=True)
class Keys:
    """The JSON keys a kind takes besides ``kind``."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    working: bool = False

    def all(self) -> tuple[str, ...]:
        """Every key, in the order rules are written."""
        return self.required + self.optional

    def defaults(self) -> dict[str, object]:
        """Give the fields of ``Rule`` that a silent JSON sets otherwise than ``Rule`` does."""
        return {"closed_days": WEEKEND} if self.working else {}


FIELD_OF: Final = {"table": "cells", "exceptions": "cells"}
_END: Final = ("time", "inclusive")
_CLOSED: Final = ("closed_days", "public_holidays")
_USUAL: Final = ("anchor", *_END, "shift", *_CLOSED, "exceptions")
KEYS_OF: Final[Mapping[Kind, Keys]] = {
    Kind.WEEKDAY_BEFORE: Keys(("weekday",), ("week", *_USUAL)),
    Kind.WEEKDAY_OF_PREVIOUS_WEEK: Keys(("weekday",), ("weeks", *_USUAL)),
    Kind.CALENDAR_DAYS: Keys(("n",), _USUAL),
    Kind.CLEAR_DAYS: Keys(("n",), _USUAL),
    Kind.WORKING_DAYS: Keys(("n",), ("anchor", *_END, *_CLOSED, "exceptions"), working=True),
    Kind.HOURS: Keys(("n",), ("anchor", "start", "inclusive", "exceptions")),
    Kind.DAYS_BEFORE_AT: Keys(("n", "time"), ("anchor", "inclusive", *_USUAL[3:])),
    Kind.WEEKS_BEFORE: Keys(("n",), _USUAL),
    Kind.MONTHS_BEFORE: Keys(("n",), _USUAL),
    Kind.DAY_OF_PREVIOUS_MONTH: Keys(("day",), ("months", *_USUAL)),
    Kind.TABLE: Keys(("table",), ("anchor", "inclusive", "shift", *_CLOSED)),
    Kind.FIXED: Keys(("date",), _END),
}


def _as_is(value: object) -> object:
    return value


def _time_as_json(value: dt.time | None) -> str:
    return EVENING if value is None else f"{value:%H:%M}"


def _weekdays_as_json(weekdays: Iterable[int]) -> list[str]:
    return [WEEKDAYS[weekday] for weekday in sorted(weekdays)]


def _cells_as_json(cells: Iterable[tuple[int, Cell]]) -> dict[str, object]:
    return {WEEKDAYS[weekday]: cell.as_json() for weekday, cell in cells}


WRITERS: Final[Mapping[str, Callable[[Any], object]]] = {
    "anchor": str,
    "week": str,
    "shift": str,
    "weekday": WEEKDAYS.__getitem__,
    "date": dt.date.isoformat,
    "time": _time_as_json,
    "start": _time_as_json,
    "closed_days": _weekdays_as_json,
    "cells": _cells_as_json,
}
