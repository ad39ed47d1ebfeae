"""Opening a period: its days, its places, its outings, and what is refused."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from preau.activities.actions.plan import OutingPlan, add_outing, create_period
from preau.activities.deadlines import WEDNESDAY_DEFAULT, DeadlineRuleError
from preau.activities.enums import PeriodKind, Slot
from preau.activities.models import OutingPlaces, Period, Places, SessionDay
from preau.activities.school_calendar import (
    days_between,
    public_holidays,
    school_holidays,
    school_wednesdays,
)
from preau.core.errors import RefusedError
from tests.factories import Cast, paris

DAYS = [date(2027, 4, 14), date(2027, 4, 7), date(2027, 4, 7)]
RULE = WEDNESDAY_DEFAULT.as_json()


def plan(cast: Cast, **changes: Any) -> Period:
    groups = list(cast.house.tilleuls.age_groups.all())
    fields: dict[str, Any] = {
        "centre": cast.house.tilleuls,
        "kind": PeriodKind.WEDNESDAYS,
        "name": "Mercredis d’avril",
        "days": DAYS,
        "closed": {date(2027, 4, 14): "grève"},
        "window": (paris("2027-03-01 08:30"), paris("2027-04-12 10:00")),
        "deadlines": (RULE, RULE),
        "capacities": {groups[0]: 8, groups[1]: 12},
    }
    return create_period(**(fields | changes))


def test_a_period_has_each_day_once_and_places_on_open_days(cast: Cast) -> None:
    period = plan(cast)
    assert (period.starts_on, period.ends_on) == (date(2027, 4, 7), date(2027, 4, 14))
    days = list(period.days.values_list("on", "closed_because"))
    assert days == [(date(2027, 4, 7), ""), (date(2027, 4, 14), "grève")]
    places = Places.objects.filter(session_day__period=period)
    assert set(places.values_list("session_day__on", flat=True)) == {date(2027, 4, 7)}
    assert sorted(places.values_list("slot", "capacity")) == sorted(
        (slot.value, capacity) for slot in Slot for capacity in (8, 12)
    )


def test_a_period_without_days_is_refused(cast: Cast) -> None:
    with pytest.raises(RefusedError, match="au moins une journée"):
        plan(cast, days=[])


def test_a_wrong_deadline_is_refused_before_anything_is_made(cast: Cast) -> None:
    before = Period.objects.count()
    with pytest.raises(DeadlineRuleError):
        plan(cast, deadlines=({"kind": "someday"}, RULE))
    assert Period.objects.count() == before


def test_an_outing_takes_places_of_its_groups(cast: Cast) -> None:
    period = plan(cast)
    open_day, closed_day = period.days.order_by("on")
    group = cast.house.tilleuls.age_groups.all()[1]
    trip = OutingPlan(
        title="Ferme",
        description="",
        leaves_at=time(9),
        returns_at=time(16),
        price=Decimal("9.00"),
        min_days_in_week=0,
        slots=(Slot.MORNING, Slot.MIDDAY),
    )
    outing = add_outing(day=open_day, plan=trip, capacities={group: 8})
    assert outing.slots == ["morning", "midday"]
    assert list(
        OutingPlaces.objects.filter(outing=outing).values_list("age_group", "capacity")
    ) == [(group.pk, 8)]
    with pytest.raises(RefusedError, match="fermé ce jour-là"):
        add_outing(day=closed_day, plan=trip, capacities={group: 8})
    assert SessionDay.objects.get(pk=closed_day.pk).outings.count() == 0


def test_the_winter_holidays_of_zone_c_are_those_of_the_ministry() -> None:
    (winter,) = school_holidays("C", date(2027, 2, 10), date(2027, 2, 10))
    assert winter.name == "Vacances d’hiver"
    assert (winter.starts_on, winter.ends_on) == (date(2027, 2, 6), date(2027, 2, 21))
    assert winter.weekdays()[0] == date(2027, 2, 8)
    assert len(winter.weekdays()) == 10


def test_wednesdays_of_school_leave_the_holidays_out() -> None:
    found = school_wednesdays("C", date(2027, 1, 25), date(2027, 3, 1))
    assert found == [date(2027, 1, 27), date(2027, 2, 3), date(2027, 2, 24)]


def test_public_holidays_are_named_in_french() -> None:
    assert public_holidays(date(2027, 5, 1), date(2027, 5, 8)) == {
        date(2027, 5, 1): "Fête du Travail",
        date(2027, 5, 6): "Ascension",
        date(2027, 5, 8): "Fête de la Victoire",
    }


def test_days_between_counts_both_ends() -> None:
    assert len(list(days_between(date(2027, 1, 1), date(2027, 1, 31)))) == 31
