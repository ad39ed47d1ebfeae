"""What is to be billed: days and outings accepted, or cancelled too late, and lines by hand (S20).

Cancelled in time and excused is not billed; a child who came unbooked is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from preau.activities.models import Outing, SessionDay
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


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days of one month of one centre."""

    centre_id: int
    first: date
    last: date


def facts_of(spans: Collection[Span], families: Iterable[int] | None = None) -> dict[int, Facts]:
    """Facts by family over these months of centres, in two queries. `families` narrows."""
    found: dict[int, Facts] = {}

    def of(family_id: int) -> Facts:
        return found.setdefault(family_id, Facts(family_id=family_id))

    for line in _lines(spans, families):
        _add_line(of(line.request.family_id), line)
    for charge in _charges(spans, families):
        of(charge.family_id).charges.append(charge)
    return found


def _lines(spans: Collection[Span], families: Iterable[int] | None) -> Iterable[Booking]:
    billable = Q(status=Status.ACCEPTED) | Q(status=Status.CANCELLED, cancelled_as=CancelKind.LATE)
    lines = Booking.objects.filter(billable, _within(spans, "session_day__centre"))
    if families is not None:
        lines = lines.filter(request__family__in=families)
    return lines.select_related("child", "outing", "request", "session_day__period").order_by(
        "on", "child", "pk"
    )


def _charges(spans: Collection[Span], families: Iterable[int] | None) -> Iterable[Charge]:
    charges = Charge.objects.filter(_within(spans, "centre"), withdrawn_at=None)
    if families is not None:
        charges = charges.filter(family__in=families)
    return charges.select_related("child").order_by("on", "pk")


def _within(spans: Collection[Span], centre: str) -> Q:
    by_month: dict[tuple[date, date], list[int]] = defaultdict(list)
    for span in spans:
        by_month[span.first, span.last].append(span.centre_id)
    where = Q(pk__in=[])
    for (first, last), centres in by_month.items():
        where |= Q(**{"on__range": (first, last), f"{centre}__in": centres})
    return where


def _add_line(facts: Facts, line: Booking) -> None:
    given_up = line.status == Status.CANCELLED
    if line.outing:
        facts.trips.append(
            Trip(child=line.child, outing=line.outing, day=line.session_day, given_up=given_up)
        )
        return
    care = facts.care.setdefault(
        (line.child_id, line.session_day_id), Care(child=line.child, day=line.session_day)
    )
    care.slots.add(line.slot or "")
    care.late |= line.late
    care.given_up |= given_up
