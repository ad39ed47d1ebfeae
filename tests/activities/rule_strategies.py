"""Random rules and days, as hypothesis strategies."""

from datetime import date, time, timedelta
from typing import Any

from hypothesis import strategies as st

from preau.activities.deadlines import Anchor, Kind, Shift
from preau.activities.deadlines.rules import WEEKDAYS

ANCHORS = st.sampled_from([anchor.value for anchor in Anchor])
NAMED_DAYS = st.sampled_from(WEEKDAYS)
HOURS = st.times().map(lambda moment: f"{moment:%H:%M}")
TIMES = st.one_of(HOURS, st.just("evening"))
CLOSED_WEEKDAYS = st.lists(NAMED_DAYS, max_size=6, unique=True)
CELLS = st.one_of(
    st.builds("{} {}".format, NAMED_DAYS, TIMES),
    NAMED_DAYS,
    st.fixed_dictionaries(
        {"weekday": NAMED_DAYS}, optional={"time": TIMES, "weeks": st.integers(1, 9)}
    ),
    st.fixed_dictionaries({"n": st.integers(0, 40)}, optional={"time": TIMES}),
)
TABLES = st.dictionaries(NAMED_DAYS, CELLS, min_size=1)
FULL_TABLES = st.fixed_dictionaries(dict.fromkeys(WEEKDAYS, CELLS))

CARE_DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
SPANS = st.timedeltas(timedelta(), timedelta(days=40)).map(lambda gap: timedelta(days=gap.days))
CLOSINGS = st.frozensets(st.dates(date(2023, 12, 1), date(2028, 12, 31)), max_size=60)
STARTS = st.one_of(st.none(), st.times().map(lambda moment: time(moment.hour, moment.minute)))

REQUIRED: dict[Kind, dict[str, st.SearchStrategy[Any]]] = {
    Kind.WEEKDAY_BEFORE: {"weekday": NAMED_DAYS},
    Kind.WEEKDAY_OF_PREVIOUS_WEEK: {"weekday": NAMED_DAYS},
    Kind.CALENDAR_DAYS: {"n": st.integers(0, 100)},
    Kind.CLEAR_DAYS: {"n": st.integers(0, 100)},
    Kind.WORKING_DAYS: {"n": st.integers(0, 30)},
    Kind.HOURS: {"n": st.integers(0, 400)},
    Kind.DAYS_BEFORE_AT: {"n": st.integers(0, 100), "time": TIMES},
    Kind.WEEKS_BEFORE: {"n": st.integers(0, 20)},
    Kind.MONTHS_BEFORE: {"n": st.integers(0, 12)},
    Kind.DAY_OF_PREVIOUS_MONTH: {"day": st.integers(1, 31)},
    Kind.TABLE: {"table": TABLES},
    Kind.FIXED: {"date": CARE_DAYS.map(date.isoformat)},
}
ENDS = {"time": TIMES, "inclusive": st.booleans()}
CLOSED = {"closed_days": CLOSED_WEEKDAYS, "public_holidays": st.booleans()}
OWN: dict[Kind, dict[str, st.SearchStrategy[Any]]] = {
    Kind.WEEKDAY_BEFORE: {"week": st.sampled_from(["nearest", "previous"])},
    Kind.WEEKDAY_OF_PREVIOUS_WEEK: {"weeks": st.integers(1, 9)},
    Kind.DAY_OF_PREVIOUS_MONTH: {"months": st.integers(1, 3)},
    Kind.HOURS: {"start": HOURS},
}
COUNTED = {Kind.CALENDAR_DAYS, Kind.CLEAR_DAYS, Kind.WORKING_DAYS, Kind.HOURS}
COUNTED |= {Kind.DAYS_BEFORE_AT, Kind.WEEKS_BEFORE, Kind.MONTHS_BEFORE}


@st.composite
def rule_data(
    draw: st.DrawFn, *kinds: Kind, exceptions: bool = True, tables: Any = TABLES
) -> dict[str, Any]:
    """Draw the JSON of a valid rule of one of these kinds (all when none is named)."""
    kind = draw(st.sampled_from(kinds or tuple(Kind)))
    required = REQUIRED[kind] | ({"table": tables} if kind is Kind.TABLE else {})
    optional: dict[str, Any] = {"inclusive": st.booleans()} | OWN.get(kind, {})
    if kind not in {Kind.HOURS, Kind.TABLE}:
        optional |= ENDS
    if kind is not Kind.FIXED:
        optional |= {"anchor": ANCHORS}
    if kind not in {Kind.FIXED, Kind.TABLE} and exceptions:
        optional |= {"exceptions": TABLES}
    data = draw(
        st.fixed_dictionaries(
            required,
            optional={key: value for key, value in optional.items() if key not in required},
        )
    )
    if kind is Kind.WORKING_DAYS:
        data |= draw(st.fixed_dictionaries({}, optional=CLOSED))
    elif kind not in {Kind.HOURS, Kind.FIXED}:
        shift = draw(st.sampled_from(list(Shift)))
        if shift is not Shift.KEEP:
            data |= {"shift": shift.value} | draw(st.fixed_dictionaries({}, optional=CLOSED))
    return {"kind": kind.value} | data


@st.composite
def days(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a day of care with the anchors a rule may ask for."""
    day = draw(CARE_DAYS)
    return {"day": day, "period_start": day - draw(SPANS), "first_booked": day - draw(SPANS)}
