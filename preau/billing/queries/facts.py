"""What is to be billed: days and outings accepted, or cancelled too late, and lines by hand (S20).

Cancelled in time and excused is not billed; a child who came unbooked is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from preau.activities.models import Outing, SessionDay
from preau.attendance.models import CheckIn
from preau.attendance.queries.billable import Presences, Unbooked, presences_between
from preau.billing.models import Charge
from preau.booking.enums import CancelKind, Status
from preau.booking.models import Booking
from preau.families.models import Child


@dataclass(kw_only=True)
class Care:
    """A child's day at a centre: its slots, and whether they were asked late or given up late."""

    child: Child
    day: SessionDay
    slots: set[str] = field(default_factory=set)
    late: bool = False
    given_up: bool = False
    unbooked: bool = False

    @property
    def key(self) -> str:
        """Names the fact, whatever its slots become."""
        return f"care:{self.child.pk}:{self.day.pk}"


@dataclass(frozen=True, kw_only=True)
class Trip:
    """A child's outing."""

    child: Child
    outing: Outing
    day: SessionDay
    given_up: bool

    @property
    def key(self) -> str:
        """Names the fact."""
        return f"outing:{self.child.pk}:{self.outing.pk}"


@dataclass(kw_only=True)
class Facts:
    """Everything to bill to one family, over some centres and days."""

    family_id: int
    care: dict[tuple[int, int], Care] = field(default_factory=dict)
    trips: list[Trip] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)

    def excuse(self, excused: Collection[tuple[int, int]]) -> None:
        """Leave out what these (child, session day) would pay."""
        self.care = {key: care for key, care in self.care.items() if key not in excused}
        self.trips = [trip for trip in self.trips if (trip.child.pk, trip.day.pk) not in excused]


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days of one month of one centre."""

    centre_id: int
    first: date
    last: date


def facts_of(spans: Collection[Span], families: Iterable[int] | None = None) -> dict[int, Facts]:
    """Facts by family over these months of centres. `families` narrows.

    Five queries, and three for each month. A day both booked and come to unbooked counts as booked,
    with all its slots.
    """
    found: dict[int, Facts] = {}

    def of(family_id: int) -> Facts:
        return found.setdefault(family_id, Facts(family_id=family_id))

    _add_lines(of, _lines(spans, families))
    for charge in _charges(spans, families):
        of(charge.family_id).charges.append(charge)
    for presences in _presences(spans, families):
        for came in presences.unbooked:
            _add_unbooked(of(came.check_in.family_id), came)
        for facts in found.values():
            facts.excuse(presences.excused)
    return found


def families_with_facts(spans: Collection[Span]) -> set[int]:
    """Families that these months may concern: whoever booked, came or has a line by hand."""
    came = CheckIn.objects.filter(_within(spans, "session_day__centre", "session_day__on"))
    found = set(_billable(spans).values_list("request__family", flat=True).distinct())
    found |= set(_charges(spans, None).order_by().values_list("family", flat=True).distinct())
    return found | set(came.filter(unbooked__len__gt=0).values_list("family", flat=True))


class _Row(NamedTuple):
    """What a booking line says here. Plain values: a month has hundreds of thousands of them."""

    family: int
    child: int
    day: int
    outing: int | None
    slot: str | None
    status: str
    late: bool


def _billable(spans: Collection[Span]) -> QuerySet[Booking]:
    billable = Q(status=Status.ACCEPTED) | Q(status=Status.CANCELLED, cancelled_as=CancelKind.LATE)
    return Booking.objects.filter(billable, _within(spans, "session_day__centre"))


def _lines(spans: Collection[Span], families: Iterable[int] | None) -> list[_Row]:
    lines = _billable(spans)
    if families is not None:
        lines = lines.filter(request__family__in=families)
    columns = ("request__family", "child", "session_day", "outing", "slot", "status", "late")
    return [_Row(*row) for row in lines.order_by("on", "child", "pk").values_list(*columns)]


def _charges(spans: Collection[Span], families: Iterable[int] | None) -> QuerySet[Charge]:
    charges = Charge.objects.filter(_within(spans, "centre"), withdrawn_at=None)
    if families is not None:
        charges = charges.filter(family__in=families)
    return charges.select_related("child").order_by("on", "pk")


def _within(spans: Collection[Span], centre: str, on: str = "on") -> Q:
    where = Q(pk__in=[])
    for (first, last), centres in _by_month(spans).items():
        where |= Q(**{f"{on}__range": (first, last), f"{centre}__in": centres})
    return where


def _presences(spans: Collection[Span], families: Iterable[int] | None) -> Iterator[Presences]:
    for (first, last), centres in _by_month(spans).items():
        yield presences_between(centres, first, last, families=families)


def _by_month(spans: Collection[Span]) -> dict[tuple[date, date], list[int]]:
    by_month: dict[tuple[date, date], list[int]] = defaultdict(list)
    for span in spans:
        by_month[span.first, span.last].append(span.centre_id)
    return by_month


def _add_unbooked(facts: Facts, came: Unbooked) -> None:
    check_in = came.check_in
    key = (check_in.child_id, check_in.session_day_id)
    care = facts.care.get(key)
    if care is None:
        care = Care(child=check_in.child, day=check_in.session_day, unbooked=True)
        facts.care[key] = care
    care.slots |= came.slots


def _add_lines(of: Callable[[int], Facts], lines: Collection[_Row]) -> None:
    children = Child.objects.in_bulk({line.child for line in lines})
    days = SessionDay.objects.select_related("period").in_bulk({line.day for line in lines})
    outings = Outing.objects.in_bulk({line.outing for line in lines if line.outing})
    for line in lines:
        facts, child, day = of(line.family), children[line.child], days[line.day]
        given_up = line.status == Status.CANCELLED
        if line.outing:
            outing = outings[line.outing]
            facts.trips.append(Trip(child=child, outing=outing, day=day, given_up=given_up))
            continue
        key = (line.child, line.day)
        care = facts.care.get(key)
        if care is None:
            care = facts.care[key] = Care(child=child, day=day)
        care.slots.add(line.slot or "")
        care.late |= line.late
        care.given_up |= given_up
