"""What a family may ask for in a period: the one definition of it, for the page and the action."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from preau.activities.enums import Slot
from preau.activities.models import Outing, OutingPlaces, Period, Places, SessionDay
from preau.activities.queries.deadlines import deadlines_of
from preau.booking.enums import LIVE, Status
from preau.booking.models import Booking
from preau.core.compiled import compiled_once
from preau.families.models import Child, Enrolment, Family
from preau.org.models import AgeGroup


class Wish(NamedTuple):
    """One box of the booking page: a child, a day, and either a slot or an outing."""

    child_id: int
    day_id: int
    slot: str | None = None
    outing_id: int | None = None

    @classmethod
    def of_line(cls, line: Booking) -> Wish:
        """The box that this line answers to."""
        return cls(line.child_id, line.session_day_id, line.slot, line.outing_id)

    def sort_key(self) -> tuple[int, int, int, int]:
        """The order of the day, so that lines are written, and later read, in that order."""
        part = list(Slot).index(Slot(self.slot)) if self.slot else len(Slot)
        return (self.child_id, self.day_id, part, self.outing_id or 0)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a booking page sends: the boxes ticked, whether brothers and sisters come "ensemble ou
    pas du tout", and the outings without which the day is not wanted."""

    wishes: frozenset[Wish]
    together: bool = False
    only_with: frozenset[Wish] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Offer:
    """`offered` gives for each possible wish the age group whose place it would take.

    `places` are the places of each day and group by slot, `outing_places` by outing. `mine` are
    this family's lines that are not withdrawn, `droppable` those it may still take back alone;
    `elsewhere` the wishes that the child's other household, or another centre, holds.
    """

    period: Period
    days: dict[int, SessionDay]
    children: list[Child]
    groups: dict[int, AgeGroup]
    outings: dict[int, Outing]
    offered: dict[Wish, int]
    places: Mapping[tuple[int, int], dict[str, int]]
    outing_places: Mapping[tuple[int, int], dict[int, int]]
    mine: dict[Wish, Booking]
    droppable: set[Wish]
    elsewhere: set[Wish]

    @property
    def fixed(self) -> set[Wish]:
        """Lines the family changes no more alone (S18)."""
        return self.mine.keys() - self.droppable

    @property
    def live_fixed(self) -> set[Wish]:
        """Those of them that still occupy the child."""
        return {wish for wish in self.fixed if self.mine[wish].status in LIVE}

    @property
    def known_days(self) -> set[tuple[int, int]]:
        """Children and days for which something is asked or granted: adding there is changing."""
        return {
            (wish.child_id, wish.day_id)
            for wish, line in self.mine.items()
            if wish.slot and line.status in LIVE
        }


def offer_to_family(family: Family, period: Period, *, now: datetime) -> Offer:
    """Everything `family` may ask for in `period` at `now`, in seven queries whatever the sizes.

    A slot is offered to a child enrolled at the centre that day, whose age that day falls in a
    group with places on that slot; an outing likewise (so that blue shows only to a child who may
    go, S14).
    """
    days = {day.pk: day for day in _days(period.pk)}
    groups = {group.pk: group for group in _groups(period.centre_id)}
    enrolments = _enrolments(family.pk, period.centre_id, period.starts_on, period.ends_on)
    children = sorted({e.child for e in enrolments}, key=lambda child: (child.birth_date, child.pk))
    places: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for day_id, slot, group_id, capacity in _places(period.pk):
        places[day_id, group_id][slot] = capacity
    outings = {outing.pk: outing for outing in _outings(period.pk)}
    outing_places: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for outing_id, group_id, capacity in _outing_places(period.pk) if outings else ():
        if outing_id in outings:  # published between the two queries: the next page has it
            outing_places[outings[outing_id].session_day_id, group_id][outing_id] = capacity

    offered: dict[Wish, int] = {}
    for enrolment in enrolments:
        child = enrolment.child
        for day in days.values():
            if day.on < enrolment.starts_on or (enrolment.ends_on and day.on > enrolment.ends_on):
                continue
            group = group_for(child, day.on, groups.values())
            if group is None:
                continue
            for slot in places.get((day.pk, group.pk), ()):
                offered[Wish(child.pk, day.pk, slot=slot)] = group.pk
            for outing_id in outing_places.get((day.pk, group.pk), ()):
                offered[Wish(child.pk, day.pk, outing_id=outing_id)] = group.pk
    mine, elsewhere = _lines(family, period, days, children)
    return Offer(
        period=period,
        days=days,
        children=children,
        groups=groups,
        outings=outings,
        offered=offered,
        places=places,
        outing_places=outing_places,
        mine=mine,
        droppable=_droppable(mine, period, now),
        elsewhere=elsewhere,
    )


def _droppable(mine: dict[Wish, Booking], period: Period, now: datetime) -> set[Wish]:
    """Lines the family may still take back alone.

    Before its answer, always (S15). After it, only where the period lets families cancel (B6), or
    decides by itself and its window is open (S18), and before the day's cancellation deadline.
    """
    untold = {wish for wish, line in mine.items() if line.status == Status.PENDING}
    told = {wish: line for wish, line in mine.items() if line.status in LIVE and wish not in untold}
    allowed = period.allows_withdrawal or (period.decides_itself and now < period.closes_at)
    if not allowed or not told:
        return untold
    rules = deadlines_of(period)
    first = min(line.on for line in mine.values() if line.status in LIVE)
    return untold | {
        wish for wish, line in told.items() if now < rules.to_cancel(line.on, first=first)
    }


def group_for(child: Child, on: date, groups: Iterable[AgeGroup]) -> AgeGroup | None:
    """The group of a centre that takes this child on this day, if any."""
    age, level = child.age_on(on), child.school_level
    return next((group for group in groups if group.takes(age=age, level=level)), None)


@compiled_once
def _days(period: int) -> QuerySet[SessionDay]:
    return SessionDay.objects.filter(period=period)


@compiled_once
def _groups(centre: int) -> QuerySet[AgeGroup]:
    return AgeGroup.objects.filter(centre=centre).order_by("min_age", "pk")


@compiled_once
def _places(period: int) -> QuerySet[Places, tuple[int, str, int, int]]:
    places = Places.objects.filter(session_day__period=period, session_day__closed_because="")
    return places.values_list("session_day", "slot", "age_group", "capacity")


@compiled_once
def _outings(period: int) -> QuerySet[Outing]:
    return Outing.objects.filter(session_day__period=period, session_day__closed_because="")


@compiled_once
def _outing_places(period: int) -> QuerySet[OutingPlaces, tuple[int, int, int]]:
    places = OutingPlaces.objects.filter(
        outing__session_day__period=period, outing__session_day__closed_because=""
    )
    return places.values_list("outing", "age_group", "capacity")


@compiled_once
def _enrolments(family: int, centre: int, starts_on: date, ends_on: date) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on),
        child__families=family,
        centre=centre,
        starts_on__lte=ends_on,
    ).select_related("child")


@compiled_once
def _asked_between(family: int, starts_on: date, ends_on: date) -> QuerySet[Booking]:
    """Lines of the children of a family, whichever of their households asked."""
    return (
        Booking.objects.filter(
            ~Q(status=Status.CANCELLED),
            child__custodies__family=family,
            on__gte=starts_on,
            on__lte=ends_on,
        )
        .select_related("request")
        .order_by("pk")
    )


def _lines(
    family: Family, period: Period, days: dict[int, SessionDay], children: list[Child]
) -> tuple[dict[Wish, Booking], set[Wish]]:
    """This family's lines of the period, and what others hold for the same children and dates."""
    day_of_date = {day.on: day.pk for day in days.values()}
    if not day_of_date:
        return {}, set()
    mine: dict[Wish, Booking] = {}
    elsewhere: set[Wish] = set()
    attending = {child.pk for child in children}
    for line in _asked_between(family.pk, min(day_of_date), max(day_of_date)):
        if line.child_id not in attending:
            continue
        own = line.request.family_id == family.pk and line.request.period_id == period.pk
        if own:
            mine[Wish.of_line(line)] = line
        elif line.status in LIVE and line.slot and line.on in day_of_date:
            elsewhere.add(Wish(line.child_id, day_of_date[line.on], slot=line.slot))
    return mine, elsewhere
