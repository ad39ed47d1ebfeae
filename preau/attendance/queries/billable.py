"""What the register and the excuses change in what is billed (S20). Billing reads only this."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from preau.attendance.enums import Presence
from preau.attendance.models import CheckIn, ExcusedAbsence
from preau.booking.enums import Status
from preau.booking.models import Booking
from preau.org.models import Centre


@dataclass(frozen=True, kw_only=True)
class Unbooked:
    """A child who came without a booking: billed to `check_in.family` for `slots`."""

    check_in: CheckIn
    slots: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Presences:
    """`excused` are (child, session day) whose bookings, outings and late cancellations are free.

    Every payer's: whoever booked the day, the child was excused.
    """

    unbooked: list[Unbooked]
    excused: frozenset[tuple[int, int]]


def presences_between(
    centres: QuerySet[Centre] | Iterable[Centre | int],
    start: date,
    end: date,
    *,
    families: Iterable[int] | None = None,
) -> Presences:
    """Facts of these centres from `start` to `end`, both included, in three queries.

    A slot counts as unbooked only while the child is marked present and holds no accepted booking
    of it, so that a booking accepted afterwards is not billed twice. An excuse counts only while
    the register does not say that the child was present that day. `families` narrows the unbooked.
    """
    came = _came(centres, start, end)
    if families is not None:
        came = came.filter(family__in=families)
    unbooked = []
    booked = _booked(came)
    for check_in in came:
        taken = booked.get((check_in.child_id, check_in.session_day_id), set())
        if slots := frozenset(check_in.unbooked) - taken:
            unbooked.append(Unbooked(check_in=check_in, slots=slots))
    excused = _excused(centres, start, end).values_list("child", "session_day")
    return Presences(unbooked=unbooked, excused=frozenset(excused))


def _came(
    centres: QuerySet[Centre] | Iterable[Centre | int], start: date, end: date
) -> QuerySet[CheckIn]:
    return (
        CheckIn.objects.filter(
            state=Presence.PRESENT,
            unbooked__len__gt=0,
            session_day__centre__in=centres,
            session_day__on__range=(start, end),
        )
        .select_related("child", "family", "session_day__period")
        .order_by("session_day__on", "child", "pk")
    )


def _booked(came: Iterable[CheckIn]) -> dict[tuple[int, int], set[str]]:
    """Slots these children hold an accepted booking of, on those days."""
    where = Q(session_day__in={each.session_day_id for each in came})
    where &= Q(child__in={each.child_id for each in came})
    lines = Booking.objects.filter(where, status=Status.ACCEPTED, slot__isnull=False)
    booked: dict[tuple[int, int], set[str]] = {}
    for child, day, slot in lines.values_list("child", "session_day", "slot"):
        booked.setdefault((child, day), set()).add(slot or "")
    return booked


def _excused(
    centres: QuerySet[Centre] | Iterable[Centre | int], start: date, end: date
) -> QuerySet[ExcusedAbsence]:
    present = CheckIn.objects.filter(
        child=OuterRef("child"), session_day=OuterRef("session_day"), state=Presence.PRESENT
    )
    return ExcusedAbsence.objects.filter(
        ~Exists(present),
        lifted_at=None,
        session_day__centre__in=centres,
        session_day__on__range=(start, end),
    )
