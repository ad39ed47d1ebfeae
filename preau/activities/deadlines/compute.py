"""From a rule and a day to the first instant at which the server says no.

Days are counted on the calendar and hours named by a rule are those of a clock in Paris, so a
change of clock moves neither. Only the kind ``hours`` counts elapsed time: 48 hours before 8:00
on the Monday after clocks went forward is 7:00 on the Saturday. Everything is added up in UTC and
given back in Europe/Paris.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from preau.activities.deadlines.parsing import check_year
from preau.activities.deadlines.public_holidays import public_holidays
from preau.activities.deadlines.rules import (
    Anchor,
    Cell,
    DeadlineRuleError,
    Kind,
    Rule,
    Shift,
    Week,
)
from preau.core.wording import PARIS, weekday_name

ONE_DAY: Final = timedelta(days=1)
ONE_MINUTE: Final = timedelta(minutes=1)
# A centre closed for more than ten years in a row is a mistake, not a calendar.
LONGEST_CLOSING: Final = 3660

type IsClosed = Callable[[date], bool]


def first_refused(
    rule: Rule,
    *,
    day: date,
    period_start: date | None = None,
    first_booked: date | None = None,
    closed: Collection[date] = (),
    start: time | None = None,
) -> datetime:
    """Give the first instant at which booking, changing or cancelling ``day`` is refused.

    ``day`` is the day of care, ``period_start`` the first day of its period, ``first_booked`` the
    earliest day of the request; the rule says which one it counts from. ``closed`` are the closing
    days, beyond the rule's own weekdays and public holidays; only rules that look at closed days
    read them. ``start`` is the hour at which care starts that day (Paris), for rules in hours; it
    goes before the rule's own ``start``, and without either care starts at midnight.

    The answer is aware, in Europe/Paris, never after the end of the day it counts from (a
    ``fixed`` rule excepted, which counts from none). It depends on nothing else: no clock is read.
    Compare it with an instant in UTC: Python compares two instants of one zone by the clock face,
    which the repeated hour of October makes wrong.

    DeadlineRuleError, in French, when the anchor the rule needs is missing, after ``day`` or out
    of range, or when a table says nothing about that weekday.
    """
    if rule.kind is Kind.FIXED:
        if rule.date is None:
            raise DeadlineRuleError("« date » : cette clé manque à « fixed ».")
        return _refused_from(rule.date, rule.time, rule.inclusive).astimezone(PARIS)
    anchor = _anchor_day(rule.anchor, day, period_start, first_booked)
    is_closed = _closed_days(rule, frozenset(closed))
    refused = _for_anchor(rule, anchor, is_closed, start or rule.start or time())
    return min(refused, _utc(anchor + ONE_DAY, time())).astimezone(PARIS)


def _for_anchor(rule: Rule, anchor: date, is_closed: IsClosed, start: time) -> datetime:
    cell = rule.cell_for(anchor.weekday())
    if cell is not None:
        limit = _shifted(_limit_of_cell(cell, anchor), rule.shift, is_closed)
        return _refused_from(limit, cell.time, rule.inclusive)
    if rule.kind is Kind.TABLE:
        name = weekday_name(anchor.weekday())
        raise DeadlineRuleError(f"« table » : la règle ne dit rien pour un {name}.")
    if rule.kind is Kind.HOURS:
        refused = _utc(anchor, start) - timedelta(hours=rule.n)
        return refused + ONE_MINUTE if rule.inclusive else refused
    limit = _shifted(LIMITS[rule.kind](rule, anchor, is_closed), rule.shift, is_closed)
    return _refused_from(limit, rule.time, rule.inclusive)


def _anchor_day(
    anchor: Anchor, day: date, period_start: date | None, first_booked: date | None
) -> date:
    check_year("day", day)
    if anchor is Anchor.WEEK:
        return day - timedelta(days=day.weekday())
    if anchor is Anchor.MONTH:
        return day.replace(day=1)
    if anchor is Anchor.PERIOD_START:
        return _given("period_start", "le début de la période", period_start, day)
    if anchor is Anchor.FIRST_BOOKED_DAY:
        return _given("first_booked", "le premier jour réservé", first_booked, day)
    return day


def _given(key: str, words: str, value: date | None, day: date) -> date:
    if value is None:
        raise DeadlineRuleError(f"« {key} » : la règle compte depuis {words}, il faut l’indiquer.")
    check_year(key, value)
    if value > day:
        raise DeadlineRuleError(f"« {key} » : {words} ne peut pas venir après le jour d’accueil.")
    return value


def _utc(day: date, moment: time) -> datetime:
    # An hour that a change of clock skips is read as the one that follows it (2:30 -> 3:30), an
    # hour that comes twice as the first of the two.
    return datetime.combine(day, moment, PARIS).astimezone(UTC)


def _refused_from(limit: date, moment: time | None, inclusive: bool | None) -> datetime:
    """Turn the day (and hour) a rule names into the first instant refused, in UTC."""
    if moment is None:
        whole_day = inclusive is not False
        return _utc(limit + ONE_DAY if whole_day else limit, time())
    # "Until 10:00 included" lasts as long as the clock shows 10:00.
    return _utc(limit, moment) + ONE_MINUTE if inclusive else _utc(limit, moment)


def _closed_days(rule: Rule, closed: frozenset[date]) -> IsClosed:
    def is_closed(day: date) -> bool:
        holiday = rule.public_holidays and day in public_holidays(day.year)
        return day.weekday() in rule.closed_days or holiday or day in closed

    return is_closed


def _step(day: date, step: timedelta, is_closed: IsClosed) -> date:
    """Go to the next open day in a direction."""
    for _ in range(LONGEST_CLOSING):
        day += step
        if not is_closed(day):
            return day
    raise DeadlineRuleError("« closed » : aucun jour ouvert en dix ans.")


def _shifted(limit: date, shift: Shift, is_closed: IsClosed) -> date:
    if shift is Shift.KEEP or not is_closed(limit):
        return limit
    return _step(limit, ONE_DAY if shift is Shift.NEXT else -ONE_DAY, is_closed)


def _weekday_before(anchor: date, weekday: int) -> date:
    """Find the nearest such weekday strictly before the anchor."""
    return anchor - timedelta(days=(anchor.weekday() - weekday - 1) % 7 + 1)


def _weekday_of_earlier_week(anchor: date, weekday: int, weeks: int) -> date:
    monday = anchor - timedelta(days=anchor.weekday())
    return monday - timedelta(weeks=weeks) + timedelta(days=weekday)


def _months_earlier(anchor: date, months: int, day: int) -> date:
    """Give that day of the month so many months earlier, or the last day of a shorter month."""
    index = anchor.year * 12 + anchor.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def _limit_of_cell(cell: Cell, anchor: date) -> date:
    if cell.weekday is None:
        return anchor - timedelta(days=cell.n)
    return _weekday_before(anchor, cell.weekday) - timedelta(weeks=cell.weeks - 1)


def _limit_by_weekday(rule: Rule, anchor: date, _: IsClosed) -> date:
    if rule.week is Week.PREVIOUS:
        return _weekday_of_earlier_week(anchor, rule.weekday, 1)
    return _weekday_before(anchor, rule.weekday)


def _limit_by_working_days(rule: Rule, anchor: date, is_closed: IsClosed) -> date:
    for _ in range(rule.n):
        anchor = _step(anchor, -ONE_DAY, is_closed)
    return anchor


LIMITS: Final[Mapping[Kind, Callable[[Rule, date, IsClosed], date]]] = {
    Kind.WEEKDAY_BEFORE: _limit_by_weekday,
    Kind.WEEKDAY_OF_PREVIOUS_WEEK: lambda rule, anchor, _: _weekday_of_earlier_week(
        anchor, rule.weekday, rule.weeks
    ),
    Kind.CALENDAR_DAYS: lambda rule, anchor, _: anchor - timedelta(days=rule.n),
    # Clear days lie whole between the act and the anchor: neither end counts.
    Kind.CLEAR_DAYS: lambda rule, anchor, _: anchor - timedelta(days=rule.n + 1),
    Kind.WORKING_DAYS: _limit_by_working_days,
    Kind.DAYS_BEFORE_AT: lambda rule, anchor, _: anchor - timedelta(days=rule.n),
    Kind.WEEKS_BEFORE: lambda rule, anchor, _: anchor - timedelta(weeks=rule.n),
    Kind.MONTHS_BEFORE: lambda rule, anchor, _: _months_earlier(anchor, rule.n, anchor.day),
    Kind.DAY_OF_PREVIOUS_MONTH: lambda rule, anchor, _: _months_earlier(
        anchor, rule.months, rule.day
    ),
}
