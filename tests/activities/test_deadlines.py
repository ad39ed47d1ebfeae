"""Until when a family may act: what the engine answers, and never answers."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import holidays
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from preau.activities.deadlines import (
    HOLIDAY_DEFAULT,
    WEDNESDAY_DEFAULT,
    DeadlineRuleError,
    Kind,
    Rule,
    describe,
    first_refused,
    in_words,
    parse_rule,
)
from preau.activities.deadlines.public_holidays import public_holidays
from preau.core.wording import PARIS

from .rule_strategies import CARE_DAYS, CLOSINGS, COUNTED, FULL_TABLES, SPANS, STARTS, rule_data
from .rule_strategies import days as any_days

# Tables and exceptions say each weekday apart, so a later day may be due earlier.
IN_ORDER = [kind for kind in Kind if kind is not Kind.TABLE]


def refused(rule: Rule | dict[str, Any], day: str, **others: Any) -> str:
    """Answer as one reads a clock: "2026-01-12 10:00"."""
    given_rule = rule if isinstance(rule, Rule) else parse_rule(rule)
    answer = first_refused(given_rule, day=date.fromisoformat(day), **others)
    return f"{answer:%Y-%m-%d %H:%M}"


def test_a_wednesday_closes_on_monday_at_ten_unless_told_otherwise() -> None:
    answer = first_refused(WEDNESDAY_DEFAULT, day=date(2026, 1, 14))
    assert answer == datetime(2026, 1, 12, 10, tzinfo=PARIS)
    assert in_words(answer) == "lundi 12 janvier avant 10\u00a0h"


def test_a_holiday_can_be_given_back_for_free_on_the_fifteenth_day_before() -> None:
    start = date(2026, 2, 16)
    answer = first_refused(HOLIDAY_DEFAULT, day=date(2026, 2, 20), period_start=start)
    assert answer == datetime(2026, 2, 2, tzinfo=PARIS)
    assert in_words(answer, year=True) == "dimanche 1er février 2026 inclus"


def test_a_whit_monday_does_not_steal_a_weekend_from_parents() -> None:
    assert refused(WEDNESDAY_DEFAULT, "2026-05-27") == "2026-05-25 10:00"


def test_the_public_holidays_are_those_of_the_law() -> None:
    # The package leaves out the Whit Mondays of 2005 to 2007, holidays that were worked.
    for year in range(2008, 2101):
        assert public_holidays(year) == set(holidays.country_holidays("FR", years=year))


def test_a_rule_may_say_that_a_public_holiday_comes_sooner() -> None:
    rule = WEDNESDAY_DEFAULT.as_json() | {"shift": "previous", "public_holidays": True}
    assert refused(rule, "2026-05-27") == "2026-05-24 10:00"
    weekend = ["saturday", "sunday"]
    assert refused(rule | {"closed_days": weekend}, "2026-05-27") == "2026-05-22 10:00"


def test_a_rule_may_say_that_a_public_holiday_gives_a_day_more() -> None:
    rule = WEDNESDAY_DEFAULT.as_json() | {"shift": "next", "public_holidays": True}
    assert refused(rule, "2026-05-27") == "2026-05-26 10:00"


def test_a_limit_moved_later_never_passes_the_day_itself() -> None:
    rule = {"kind": "calendar_days", "n": 1, "shift": "next"}
    closed = [date(2026, 1, number) for number in range(13, 20)]
    assert refused(rule, "2026-01-14", closed=closed) == "2026-01-15 00:00"


def test_a_closing_day_of_the_centre_is_not_a_working_day() -> None:
    rule = {"kind": "working_days", "n": 2}
    assert refused(rule, "2026-01-12") == "2026-01-09 00:00"
    assert refused(rule, "2026-01-12", closed={date(2026, 1, 9)}) == "2026-01-08 00:00"


def test_a_public_holiday_is_a_working_day_unless_the_rule_says_otherwise() -> None:
    rule = {"kind": "working_days", "n": 2}
    assert refused(rule, "2026-05-27") == "2026-05-26 00:00"
    assert refused(rule | {"public_holidays": True}, "2026-05-27") == "2026-05-23 00:00"


def test_saturday_is_a_jour_ouvrable_not_a_jour_ouvre() -> None:
    rule = {"kind": "working_days", "n": 2, "closed_days": ["sunday"]}
    assert refused(rule, "2026-01-12") == "2026-01-10 00:00"


def test_closing_days_change_nothing_for_a_rule_that_counts_every_day() -> None:
    rule = {"kind": "calendar_days", "n": 2}
    assert refused(rule, "2026-01-12", closed={date(2026, 1, 10)}) == "2026-01-11 00:00"


def test_a_centre_closed_for_ever_is_a_mistake_not_an_endless_search() -> None:
    closed = [date(2026, 1, 12) - timedelta(days=gap) for gap in range(4000)]
    with pytest.raises(DeadlineRuleError, match="« closed »"):
        refused({"kind": "working_days", "n": 1}, "2026-01-12", closed=closed)


def test_the_monday_before_a_monday_is_a_week_before() -> None:
    assert refused(WEDNESDAY_DEFAULT, "2026-01-12") == "2026-01-05 10:00"


@pytest.mark.parametrize(
    ("anchor", "answer"),
    [
        ("activity_day", "2026-01-28 00:00"),
        ("first_booked_day", "2026-01-14 00:00"),
        ("week", "2026-01-26 00:00"),
        ("period_start", "2026-01-07 00:00"),
        ("holiday_period_start", "2026-01-07 00:00"),
        ("month", "2026-01-01 00:00"),
    ],
)
def test_a_rule_counts_from_the_day_it_names(anchor: str, answer: str) -> None:
    rule = {"kind": "calendar_days", "n": 1, "anchor": anchor}
    others = {"first_booked": date(2026, 1, 14), "period_start": date(2026, 1, 7)}
    assert refused(rule, "2026-01-28", **others) == answer


@pytest.mark.parametrize(
    ("anchor", "key"), [("period_start", "period_start"), ("first_booked_day", "first_booked")]
)
def test_a_missing_or_impossible_starting_point_is_said(anchor: str, key: str) -> None:
    rule = {"kind": "calendar_days", "n": 1, "anchor": anchor}
    with pytest.raises(DeadlineRuleError, match=f"« {key} ».*indiquer"):
        refused(rule, "2026-01-28")
    with pytest.raises(DeadlineRuleError, match=f"« {key} ».*après le jour d’accueil"):
        refused(rule, "2026-01-28", **{key: date(2026, 1, 29)})


@pytest.mark.parametrize("day", ["1999-12-31", "2100-01-01", "0001-01-01", "9999-12-31"])
def test_a_year_mistyped_is_said(day: str) -> None:
    with pytest.raises(DeadlineRuleError, match=r"« day ».*2000 et 2099"):
        refused(WEDNESDAY_DEFAULT, day)


def test_a_table_silent_about_a_day_says_so() -> None:
    rule = {"kind": "table", "table": {"monday": "friday 09:00"}}
    with pytest.raises(DeadlineRuleError, match="ne dit rien pour un mercredi"):
        refused(rule, "2026-01-14")


def test_the_short_months_end_with_their_last_day() -> None:
    assert refused({"kind": "months_before", "n": 1}, "2026-03-30") == "2026-03-01 00:00"
    assert refused({"kind": "months_before", "n": 1}, "2028-03-31") == "2028-03-01 00:00"
    end_of_month = {"kind": "day_of_previous_month", "day": 31}
    assert refused(end_of_month, "2026-03-04") == "2026-03-01 00:00"
    assert refused(end_of_month, "2026-01-07") == "2026-01-01 00:00"


def test_a_month_or_a_week_more_can_be_asked() -> None:
    two_months = {"kind": "day_of_previous_month", "day": 15, "months": 2}
    assert refused(two_months, "2026-03-04") == "2026-01-16 00:00"
    two_fridays = {"kind": "table", "table": {"monday": {"weekday": "friday", "weeks": 2}}}
    assert refused(two_fridays, "2026-01-12") == "2026-01-03 00:00"


def test_an_exception_keeps_the_hour_of_its_rule() -> None:
    rule = {"kind": "days_before_at", "n": 1, "time": "12:00", "exceptions": {"monday": "friday"}}
    assert refused(rule, "2026-01-12") == "2026-01-09 12:00"
    evening = rule | {"exceptions": {"monday": "friday evening"}}
    assert refused(evening, "2026-01-12") == "2026-01-10 00:00"


def test_the_hour_of_the_session_goes_before_the_hour_of_the_rule() -> None:
    rule = {"kind": "hours", "n": 48, "start": "08:00"}
    assert refused(rule, "2026-01-14") == "2026-01-12 08:00"
    assert refused(rule, "2026-01-14", start=time(13, 30)) == "2026-01-12 13:30"
    assert refused({"kind": "hours", "n": 48}, "2026-01-14") == "2026-01-12 00:00"


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        ("2026-03-30", "2026-03-28T07:00:00+01:00"),
        ("2026-10-26", "2026-10-24T09:00:00+02:00"),
        ("2026-01-14", "2026-01-12T08:00:00+01:00"),
    ],
)
def test_forty_eight_hours_are_forty_eight_hours_when_clocks_change(day: str, answer: str) -> None:
    rule = parse_rule({"kind": "hours", "n": 48, "start": "08:00"})
    assert first_refused(rule, day=date.fromisoformat(day)).isoformat() == answer


@pytest.mark.parametrize(
    ("day", "answer"),
    [("2026-03-30", "2026-03-28T08:00:00+01:00"), ("2026-10-26", "2026-10-24T08:00:00+02:00")],
)
def test_two_days_before_at_eight_stays_eight_when_clocks_change(day: str, answer: str) -> None:
    rule = parse_rule({"kind": "days_before_at", "n": 2, "time": "08:00"})
    assert first_refused(rule, day=date.fromisoformat(day)).isoformat() == answer


@pytest.mark.parametrize(
    ("day", "hour", "answer"),
    [
        ("2026-03-29", "02:30", "2026-03-29T03:30:00+02:00"),
        ("2026-10-25", "02:30", "2026-10-25T02:30:00+02:00"),
        ("2026-03-29", "evening", "2026-03-30T00:00:00+02:00"),
        ("2026-10-25", "evening", "2026-10-26T00:00:00+01:00"),
    ],
)
def test_an_hour_that_never_strikes_or_strikes_twice_has_one_answer(
    day: str, hour: str, answer: str
) -> None:
    rule = parse_rule({"kind": "days_before_at", "n": 0, "time": hour})
    assert first_refused(rule, day=date.fromisoformat(day)).isoformat() == answer


def test_the_end_of_a_day_is_read_in_paris_wherever_the_instant_comes_from() -> None:
    assert in_words(datetime(2026, 1, 24, 23, tzinfo=UTC)) == "samedi 24 janvier inclus"
    assert in_words(datetime(2026, 7, 24, 22, tzinfo=UTC)) == "vendredi 24 juillet inclus"
    with pytest.raises(ValueError, match="time zone"):
        in_words(datetime(2026, 1, 24))  # noqa: DTZ001


def test_a_later_day_can_be_due_earlier_only_where_weekdays_are_said_apart() -> None:
    rule = {"kind": "calendar_days", "n": 10, "exceptions": {"monday": "friday"}}
    assert refused(rule, "2026-01-12") == "2026-01-10 00:00"
    assert refused(rule, "2026-01-13") == "2026-01-04 00:00"


def test_an_answer_does_not_change_with_the_moment_it_is_asked() -> None:
    answers = set()
    for now in ("2026-01-01", "2026-01-12T09:00:00.001Z", "2026-03-29T01:00Z", "2031-06-01"):
        with time_machine.travel(now):
            answers.add(first_refused(WEDNESDAY_DEFAULT, day=date(2026, 1, 14)))
    assert len(answers) == 1


@given(rule_data(*IN_ORDER, exceptions=False), any_days(), SPANS, CLOSINGS, STARTS)
def test_a_later_day_is_never_due_earlier(
    data: dict[str, Any], days: dict[str, Any], gap: timedelta, closed: Any, start: time | None
) -> None:
    rule = parse_rule(data)
    sooner = first_refused(rule, **days, closed=closed, start=start)
    later_days = {name: day + gap for name, day in days.items()}
    later = first_refused(rule, **later_days, closed=closed, start=start)
    assert sooner.astimezone(UTC) <= later.astimezone(UTC)


@given(rule_data(*COUNTED, exceptions=False), st.integers(1, 12), any_days(), CLOSINGS)
def test_asking_for_more_notice_never_leaves_more_time(
    data: dict[str, Any], more: int, days: dict[str, Any], closed: Any
) -> None:
    strict = data | {"n": data["n"] + more}
    answers = [
        first_refused(parse_rule(one), **days, closed=closed).astimezone(UTC)
        for one in (strict, data)
    ]
    assert answers[0] <= answers[1]


@given(rule_data(*IN_ORDER, exceptions=False), any_days(), SPANS, CLOSINGS)
def test_booking_an_earlier_day_too_never_leaves_more_time(
    data: dict[str, Any], days: dict[str, Any], gap: timedelta, closed: Any
) -> None:
    rule = parse_rule(data)
    before = first_refused(rule, **days, closed=closed)
    earlier = days | {"first_booked": days["first_booked"] - gap}
    assert first_refused(rule, **earlier, closed=closed).astimezone(UTC) <= before.astimezone(UTC)


@given(
    rule_data(*[kind for kind in Kind if kind is not Kind.FIXED], tables=FULL_TABLES),
    any_days(),
    CLOSINGS,
    STARTS,
)
def test_nobody_books_a_day_that_is_over(
    data: dict[str, Any], days: dict[str, Any], closed: Any, start: time | None
) -> None:
    answer = first_refused(parse_rule(data), **days, closed=closed, start=start)
    next_day = datetime.combine(days["day"] + timedelta(days=1), time(), PARIS)
    assert answer.astimezone(UTC) <= next_day.astimezone(UTC)


@given(rule_data(tables=FULL_TABLES), any_days(), CLOSINGS, STARTS)
def test_an_answer_is_a_whole_minute_of_paris_with_words(
    data: dict[str, Any], days: dict[str, Any], closed: Any, start: time | None
) -> None:
    rule = parse_rule(data)
    answer = first_refused(rule, **days, closed=closed, start=start)
    assert answer.tzinfo is PARIS
    assert answer.astimezone(UTC).astimezone(PARIS).isoformat() == answer.isoformat()
    assert (answer.second, answer.microsecond) == (0, 0)
    words = in_words(answer)
    assert words.endswith(" inclus") == (answer.time() == time())
    assert describe(rule)


@given(rule_data())
def test_a_stored_rule_comes_back_the_same(data: dict[str, Any]) -> None:
    rule = parse_rule(data)
    stored = json.loads(json.dumps(rule.as_json()))
    assert parse_rule(stored) == rule
    assert parse_rule(stored).as_json() == rule.as_json()
    # What the director wrote is still there, a key left to its default aside.
    assert set(stored) <= set(data) | {"anchor"}


@given(rule_data(exceptions=False), any_days())
def test_the_evening_the_day_and_midnight_after_are_one_limit(
    data: dict[str, Any], days: dict[str, Any]
) -> None:
    if data.get("time") != "evening":
        return
    midnight = data | {"time": "24:00"}
    assert first_refused(parse_rule(data), **days) == first_refused(parse_rule(midnight), **days)


@given(CARE_DAYS)
def test_clear_days_cost_one_day_more_than_calendar_days(day: date) -> None:
    clear = parse_rule({"kind": "clear_days", "n": 7})
    calendar = parse_rule({"kind": "calendar_days", "n": 7, "inclusive": False})
    assert first_refused(clear, day=day) == first_refused(calendar, day=day)
