"""Periods, their days and their places."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from preau.activities.actions.plan import OutingPlan, add_outing, create_period
from preau.activities.deadlines import HOLIDAY_DEFAULT, WEDNESDAY_DEFAULT, first_refused
from preau.activities.enums import PeriodKind, Slot
from preau.activities.models import Outing, OutingPlaces, Period, Places, SessionDay
from preau.org.models import AgeGroup, Centre
from tests.factories.house import paris

DAY = (Slot.MORNING, Slot.MIDDAY, Slot.AFTERNOON)
OPENING = paris("2027-01-11 08:30")
FIRST_DAY = date(2027, 2, 8)
"""The Monday of the winter holidays of zone C."""


def make_holidays(
    centre: Centre,
    *,
    name: str = "Hiver 2027",
    places: int = 12,
    weeks: int = 2,
    window: tuple[datetime, datetime] | None = None,
) -> Period:
    """Ten weekdays, `places` a slot and group. Asking and cancelling end with 24 January."""
    days = [FIRST_DAY + timedelta(days=n) for n in range(7 * weeks) if n % 7 < 5]
    closing = first_refused(HOLIDAY_DEFAULT, day=days[0], period_start=days[0])
    rule = HOLIDAY_DEFAULT.as_json()
    return _period(
        centre, PeriodKind.HOLIDAYS, name, days, window or (OPENING, closing), rule, places
    )


def make_wednesdays(centre: Centre, *, name: str = "Mercredis, janvier 2027") -> Period:
    """Four Wednesdays from tomorrow, each until Monday 10:00: tomorrow's is already too late."""
    days = [date(2027, 1, 13) + timedelta(weeks=n) for n in range(4)]
    closing = first_refused(WEDNESDAY_DEFAULT, day=days[-1])
    window = (paris("2026-12-01 08:30"), closing)
    rule = WEDNESDAY_DEFAULT.as_json()
    return _period(centre, PeriodKind.WEDNESDAYS, name, days, window, rule, 12)


def _period(
    centre: Centre,
    kind: PeriodKind,
    name: str,
    days: Iterable[date],
    window: tuple[datetime, datetime],
    rule: dict[str, object],
    places: int,
) -> Period:
    return create_period(
        centre=centre,
        kind=kind,
        name=name,
        days=days,
        closed={},
        window=window,
        deadlines=(rule, rule),
        capacities=dict.fromkeys(AgeGroup.objects.filter(centre=centre), places),
    )


def add_trip(
    day: SessionDay,
    *,
    title: str = "Sortie à la neige",
    slots: tuple[Slot, ...] = DAY,
    groups: Iterable[str] = ("Grands",),
    places: int = 8,
    min_days_in_week: int = 0,
) -> Outing:
    """An outing of 14 € for the groups of these names."""
    plan = OutingPlan(
        title=title,
        description="Prévoir bonnet, gants et goûter.",
        leaves_at=time(8, 30),
        returns_at=time(17, 30),
        price=Decimal("14.00"),
        min_days_in_week=min_days_in_week,
        slots=slots,
    )
    found = AgeGroup.objects.filter(centre=day.centre_id, name__in=list(groups))
    return add_outing(day=day, plan=plan, capacities=dict.fromkeys(found, places))


def open_days(period: Period) -> list[SessionDay]:
    """Its days in order, closed ones left out."""
    return list(period.days.filter(closed_because="").order_by("on"))


def only_places(period: Period, number: int) -> None:
    """Every slot and outing of the period has so many places for each group."""
    Places.objects.filter(session_day__period=period).update(capacity=number)
    OutingPlaces.objects.filter(outing__session_day__period=period).update(capacity=number)
