"""The register of one day as a tablet shows it, and the days that have one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from django.db.models import Count, Max, QuerySet, Sum

from preau.activities.enums import Slot
from preau.activities.models import Outing, SessionDay
from preau.attendance.enums import CertificateState, Presence
from preau.attendance.models import (
    AttendanceTouch,
    CheckIn,
    ExcusedAbsence,
    MedicalCertificate,
)
from preau.booking.enums import Status
from preau.booking.models import Booking
from preau.booking.queries.offer import group_for
from preau.core import clock
from preau.families.models import Child, Custody, Family, Guardianship, PickupPerson
from preau.families.queries.care import children_with_care, custodies_with_pickups
from preau.families.queries.directory import search_families
from preau.families.scope import families_of_centres
from preau.org.models import AgeGroup, Centre


@dataclass(kw_only=True)
class RegisterRow:
    """One child of the register, for the family that pays.

    `phones` are the family's, the contact first: (name, number). `care`: there is something to
    know of the child's health. `pickups` and `alone_at`: how this family lets it leave.
    """

    child: Child
    family: Family
    group: str
    slots: set[str] = field(default_factory=set)
    outings: list[Outing] = field(default_factory=list)
    check_in: CheckIn
    excused: str = ""
    paper_waits: bool = False
    phones: list[tuple[str, str]] = field(default_factory=list)
    shared: bool = False
    care: bool = False
    pickups: list[PickupPerson] = field(default_factory=list)
    alone_at: time | None = None

    @property
    def key(self) -> str:
        """Names the row in addresses, in the page and on the tablet."""
        return f"{self.child.pk}-{self.family.pk}"

    @property
    def all_slots(self) -> set[str]:
        """What was booked, and what was added to it."""
        return self.slots | set(self.check_in.unbooked)

    @property
    def state(self) -> str:
        """`present`, `absent`, `excused`, or nothing yet. Being there wins over an excuse."""
        if self.check_in.state != Presence.PRESENT and self.excused:
            return "excused"
        return self.check_in.state

    @property
    def times_cross(self) -> bool:
        """Whether the child would have left before arriving: two tablets, one mistake."""
        arrived, left = self.check_in.arrived_at, self.check_in.left_at
        return bool(arrived and left and left < arrived)


@dataclass(frozen=True, kw_only=True)
class RegisterGroup:
    """Children of one age group, by name; `expected` counts those of each slot."""

    name: str
    rows: list[RegisterRow]

    @property
    def expected(self) -> list[tuple[str, int]]:
        """How many children each slot has, in the order of the day."""
        return [(slot.label, sum(slot in row.all_slots for row in self.rows)) for slot in Slot]


@dataclass(frozen=True, kw_only=True)
class Register:
    """The register of one day. `mark` changes whenever anything it shows has changed."""

    day: SessionDay
    groups: list[RegisterGroup]
    names: list[str]
    outings: list[Outing]
    counts: dict[str, int]
    mark: str


def register_of_day(day: SessionDay, *, group: str = "", slot: str = "") -> Register:
    """Everything the register of `day` shows, in fifteen queries whatever its size.

    `group` and `slot` narrow the rows, never the counts.
    """
    mark = mark_of_day(day)
    rows = _rows(day)
    _add_safety(rows.values())
    names = [*dict.fromkeys([*_names(day), *sorted(row.group for row in rows.values())])]
    shown = [
        row
        for row in sorted(rows.values(), key=_by_name)
        if (not group or row.group == group) and (not slot or slot in row.all_slots)
    ]
    of_group: dict[str, list[RegisterRow]] = defaultdict(list)
    for row in shown:
        of_group[row.group].append(row)
    return Register(
        day=day,
        groups=[RegisterGroup(name=name, rows=of_group[name]) for name in names if of_group[name]],
        names=names,
        outings=list(day.outings.all()),
        counts=_counts(rows.values()),
        mark=mark,
    )


def mark_of_day(day: SessionDay) -> str:
    """A short text that changes when a touch, an excuse or a booking of the day changes, or who
    may fetch one of its children."""
    touches = AttendanceTouch.objects.filter(session_day=day).aggregate(last=Max("pk"))
    lines = Booking.objects.filter(session_day=day).aggregate(n=Count("pk"), v=Sum("version"))
    excuses = ExcusedAbsence.objects.filter(session_day=day).aggregate(
        last=Max("pk"), lifted=Count("lifted_at")
    )
    expected = Booking.objects.filter(session_day=day).values("child")
    care = Custody.objects.filter(child__in=expected).aggregate(v=Sum("care_version"))["v"]
    parts = [touches["last"], lines["n"], lines["v"], excuses["last"], excuses["lifted"], care]
    return ".".join(str(part or 0) for part in parts)


OTHERS = "Autres"


def _by_name(row: RegisterRow) -> tuple[str, str, int]:
    return (row.child.first_name.casefold(), row.child.last_name.casefold(), row.family.pk)


def _names(day: SessionDay) -> list[str]:
    return list(AgeGroup.objects.filter(centre=day.centre_id).values_list("name", flat=True))


def _rows(day: SessionDay) -> dict[tuple[int, int], RegisterRow]:
    """Children with an accepted line, then those who came without one."""
    rows: dict[tuple[int, int], RegisterRow] = {}
    kept = {
        (row.child_id, row.family_id): row
        for row in CheckIn.objects.filter(session_day=day).select_related("child", "family")
    }
    lines = Booking.objects.filter(session_day=day, status=Status.ACCEPTED)
    for line in lines.select_related("child", "request__family", "outing", "age_group"):
        key = (line.child_id, line.request.family_id)
        row = rows.get(key)
        if row is None:
            blank = CheckIn(session_day=day, child=line.child, family=line.request.family)
            row = rows[key] = RegisterRow(
                child=line.child,
                family=line.request.family,
                group=line.age_group.name,
                check_in=kept.get(key, blank),
            )
        if line.outing:
            row.outings.append(line.outing)
        else:
            row.slots.add(line.slot or "")
    groups = list(AgeGroup.objects.filter(centre=day.centre_id))
    for key, check_in in kept.items():
        if key not in rows and check_in.unbooked:
            found = group_for(check_in.child, day.on, groups)
            rows[key] = RegisterRow(
                child=check_in.child,
                family=check_in.family,
                group=found.name if found else OTHERS,
                check_in=check_in,
            )
    _add_excuses(day, rows.values())
    return rows


def _add_excuses(day: SessionDay, rows: Iterable[RegisterRow]) -> None:
    excuses = ExcusedAbsence.objects.filter(session_day=day, lifted_at=None)
    reasons = dict(excuses.values_list("child", "reason"))
    papers = MedicalCertificate.objects.filter(
        state=CertificateState.SENT,
        starts_on__lte=day.on,
        ends_on__gte=day.on,
        child__in=[row.child.pk for row in rows],
    )
    waiting = set(papers.values_list("child", flat=True))
    for row in rows:
        row.excused = reasons.get(row.child.pk, "")
        row.paper_waits = row.child.pk in waiting


def _add_safety(rows: Iterable[RegisterRow]) -> None:
    """What whoever holds the tablet may need: whom to call, how the child leaves, whether there is
    something to know of its health (what it is stays sealed)."""
    people = Guardianship.objects.in_force().filter(family__in={row.family.pk for row in rows})
    phones: Mapping[int, list[tuple[str, str]]] = defaultdict(list)
    for each in people.select_related("guardian").order_by("-is_contact", "pk"):
        if each.guardian.phone:
            phones[each.family_id].append((str(each.guardian), each.guardian.phone))
    twice = [row.child.pk for row in rows]
    care = children_with_care(twice)
    custodies = custodies_with_pickups((row.child.pk, row.family.pk) for row in rows)
    for row in rows:
        row.care = row.child.pk in care
        if custody := custodies.get((row.child.pk, row.family.pk)):
            row.pickups, row.alone_at = list(custody.pickups.all()), custody.leaves_alone_at
        row.phones = phones[row.family.pk]
        row.shared = twice.count(row.child.pk) > 1


def _counts(rows: Iterable[RegisterRow]) -> dict[str, int]:
    states = [row.state for row in rows]
    counts = {name: states.count(name) for name in ("present", "absent", "excused")}
    return counts | {"expected": len(states), "left": states.count("")}


@dataclass(frozen=True, kw_only=True)
class RegisterDay:
    """One open day of a centre, with how many children it expects and how many are seen to."""

    day: SessionDay
    expected: int
    touched: int


AHEAD, BEHIND = timedelta(days=10), timedelta(days=21)


def register_days(centres: QuerySet[Centre], on: date) -> list[RegisterDay]:
    """Open days of these centres around `on`, in date order, in three queries."""
    days = (
        SessionDay.objects.filter(
            centre__in=centres.values("pk"),
            closed_because="",
            on__range=(on - BEHIND, on + AHEAD),
        )
        .select_related("centre", "period")
        .order_by("on", "centre__name")
    )
    found = list(days)
    accepted = Booking.objects.filter(session_day__in=found, status=Status.ACCEPTED)
    expected = accepted.values_list("session_day").annotate(n=Count("child", distinct=True))
    touched = (
        CheckIn.objects.filter(session_day__in=found)
        .exclude(state="")
        .values_list("session_day")
        .annotate(n=Count("pk"))
    )
    expects, seen = dict(expected), dict(touched)
    return [
        RegisterDay(day=day, expected=expects.get(day.pk, 0), touched=seen.get(day.pk, 0))
        for day in found
    ]


def todays_register(centres: QuerySet[Centre]) -> list[SessionDay]:
    """The open days of today, one a centre."""
    days = SessionDay.objects.filter(
        centre__in=centres.values("pk"), on=clock.today(), closed_because=""
    )
    return list(days.select_related("centre").order_by("centre__name"))


def days_of_register(centres: QuerySet[Centre]) -> QuerySet[SessionDay]:
    """Days whose register this person may open."""
    return SessionDay.objects.filter(centre__in=centres.values("pk")).select_related(
        "centre", "period"
    )


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A child that may be added to a register, for one of its families."""

    child: Child
    family: Family
    slots: set[str]


MOST_FOUND = 20


def newcomers_for(day: SessionDay, text: str) -> list[Newcomer]:
    """Children of the centre's families that answer to `text`, with what they booked that day."""
    if not text.split():
        return []
    families = families_of_centres(Centre.objects.filter(pk=day.centre_id))
    found = search_families(families, text)[:MOST_FOUND]
    custodies = list(
        Custody.objects.filter(family__in=[family.pk for family in found])
        .select_related("child", "family")
        .order_by("family__name", "child__birth_date")
    )
    lines = Booking.objects.filter(
        session_day=day,
        status=Status.ACCEPTED,
        slot__isnull=False,
        child__in=[each.child_id for each in custodies],
    )
    booked: dict[int, set[str]] = defaultdict(set)
    for child, slot in lines.values_list("child", "slot"):
        booked[child].add(slot or "")
    return [
        Newcomer(child=each.child, family=each.family, slots=booked[each.child_id])
        for each in custodies
        if booked[each.child_id] != set(Slot.values)
    ]
