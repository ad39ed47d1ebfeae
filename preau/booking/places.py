"""Scarce places: the one way to lock days and count what is left of them.

Everything that gives or offers a place goes through here, in READ COMMITTED: lock the session days
of the whole act in order of id, then count, then decide. There are no counters to repair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from django.db.models import Count, QuerySet

from preau.activities.models import OutingPlaces, Places, SessionDay
from preau.booking.models import Booking, Cell


def lock_days(days: Collection[int]) -> None:
    """Hold these session days until the transaction ends; others who give their places wait.

    Always the first lock of an act (see `core.locks`), always in order of id: nobody crosses.
    """
    _hold(SessionDay.objects.filter(pk__in=days))


def _hold(days: QuerySet[SessionDay]) -> None:
    in_order = days.order_by("pk").select_for_update(of=("self",), no_key=True)
    list(in_order.values_list("pk", flat=True))


def lock_lines(lines: QuerySet[Booking]) -> list[Booking]:
    """Hold the days of these lines, then the lines, each in order of id."""
    _hold(SessionDay.objects.filter(pk__in=lines.values("session_day")))
    locked = lines.order_by("pk").select_for_update(of=("self",), no_key=True)
    return list(
        locked.select_related("child", "outing", "request__period__centre", "request__family")
    )


def free_places(days: Iterable[int]) -> Counter[Cell]:
    """Places left of everything on these days. Exact only while they are locked.

    Negative where a director knowingly went over (B22).
    """
    days = set(days)
    free: Counter[Cell] = Counter()
    slots = Places.objects.filter(session_day__in=days)
    for day, slot, group, capacity in slots.values_list(
        "session_day", "slot", "age_group", "capacity"
    ):
        free[Cell(day, slot, None, group)] = capacity
    outings = OutingPlaces.objects.filter(outing__session_day__in=days)
    for day, outing, group, capacity in outings.values_list(
        "outing__session_day", "outing", "age_group", "capacity"
    ):
        free[Cell(day, None, outing, group)] = capacity
    held = Booking.objects.filter(session_day__in=days, holds_place=True)
    for day, slot, held_outing, group, count in held.values_list(
        "session_day", "slot", "outing", "age_group"
    ).annotate(count=Count("pk")):
        free[Cell(day, slot, held_outing, group)] -= count
    return free
