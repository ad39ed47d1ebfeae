"""Days and places of a period as a grid, with what is held and the adults needed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef

from preau.activities.enums import Slot
from preau.activities.models import Period, Places, SessionDay
from preau.booking.models import Booking
from preau.booking.queries.staffing import Expected, expected_by_day, ratio_of
from preau.org.models import AgeGroup


@dataclass(frozen=True, kw_only=True)
class GridCell:
    """One number: its `key` ("day.slot.group"), name in words, places now, and places held."""

    key: str
    name: str
    capacity: int | None
    held: int


@dataclass(frozen=True, kw_only=True)
class GridDay:
    """One row. `asked` says whether a family ever asked for the day: then it is not removed."""

    pk: int
    on: date
    closed: str
    asked: bool
    cells: list[GridCell]
    expected: Expected


def grid_of_period(period: Period) -> tuple[list[AgeGroup], list[GridDay]]:
    """The groups of the centre and every day with its cells, in five queries."""
    groups = list(AgeGroup.objects.filter(centre=period.centre_id))
    lines = Booking.objects.filter(session_day=OuterRef("pk"))
    days = list(
        SessionDay.objects.filter(period=period).annotate(was_asked=Exists(lines)).order_by("on")
    )
    places = {
        (row.session_day_id, row.slot, row.age_group_id): row.capacity
        for row in Places.objects.filter(session_day__in=days)
    }
    held = Counter(
        {
            (day, slot, group): number
            for day, slot, group, number in Booking.objects.filter(
                session_day__in=days, holds_place=True, slot__isnull=False
            )
            .values_list("session_day", "slot", "age_group")
            .annotate(number=Count("pk"))
        }
    )
    expected = expected_by_day([day.pk for day in days], ratio_of(period.staff_rule))
    return groups, [
        GridDay(
            pk=day.pk,
            on=day.on,
            closed=day.closed_because,
            asked=day.was_asked,
            expected=expected.get(day.pk, Expected()),
            cells=[
                GridCell(
                    key=f"{day.pk}.{slot.value}.{group.pk}",
                    name=f"{slot.label}, {group.name}",
                    capacity=places.get((day.pk, slot.value, group.pk)),
                    held=held[day.pk, slot.value, group.pk],
                )
                for slot in Slot
                for group in groups
            ],
        )
        for day in days
    ]
