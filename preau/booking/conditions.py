"""Conditions of outings: "inscrits au moins trois jours dans la semaine"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Q

from preau.activities.enums import LatePolicy
from preau.booking.enums import CancelKind, Decision, Status
from preau.booking.models import Booking

NO_PLACE = "plus de place, demandes arrivées avant"

# Distinct days of a child in a week, by child and Monday.
Weeks = dict[tuple[int, date], set[date]]


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def counts_as_day(line: Booking) -> bool:
    """Whether this line makes a day "of the week": a slot accepted or pending, not waiting.

    A day that the centre itself closed still counts (daily life 1).
    """
    closed = line.cancelled_as == CancelKind.BY_CENTRE
    asked = (line.draft or line.status) in {Status.PENDING, Decision.ACCEPTED}
    return bool(line.slot) and (asked or closed)


def weeks_of(lines: Iterable[Booking]) -> Weeks:
    """The days that these lines make, by child and week."""
    return with_days_of(lines, {})


def with_days_of(lines: Iterable[Booking], weeks: Weeks) -> Weeks:
    """The days that these lines make besides those of `weeks`, by child and week."""
    found: Weeks = defaultdict(set, {key: set(days) for key, days in weeks.items()})
    for line in lines:
        if counts_as_day(line):
            found[line.child_id, monday_of(line.on)].add(line.on)
    return found


def weeks_of_others(lines: Collection[Booking]) -> Weeks:
    """The days the children of these lines hold or ask for besides them, in the same weeks.

    One query, none when no line is an outing with a condition.
    """
    asking = [line for line in lines if line.outing and line.outing.min_days_in_week]
    if not asking:
        return {}
    mondays = [monday_of(line.on) for line in asking]
    others = Booking.objects.filter(
        Q(status__in=[Status.PENDING, Status.ACCEPTED]) | Q(cancelled_as=CancelKind.BY_CENTRE),
        child__in={line.child_id for line in asking},
        on__range=(min(mondays), max(mondays) + timedelta(days=6)),
        slot__isnull=False,
    )
    return weeks_of(others.exclude(pk__in=[line.pk for line in lines if line.pk]))


def days_missing(line: Booking, weeks: Weeks) -> int:
    """How many days of the week the outing of this line still asks for."""
    if line.outing is None:
        return 0
    held = weeks.get((line.child_id, monday_of(line.on)), set())
    return max(0, line.outing.min_days_in_week - len(held))


def late_reason(line: Booking) -> str:
    """Why a line asked after its deadline waits; "" when the period takes it with a surcharge."""
    waits = line.late and line.request.period.late_policy == LatePolicy.WAITLIST
    return "demandée après la date limite" if waits else ""


def reason_to_wait(line: Booking, weeks: Weeks) -> str:
    """Why an outing's condition makes this line wait; "" when it is met or there is none."""
    return too_few_days(line, weeks) if days_missing(line, weeks) else ""


def too_few_days(line: Booking, weeks: Weeks) -> str:
    """Why this outing waits, in words."""
    required = line.outing.min_days_in_week if line.outing else 0
    held = len(weeks.get((line.child_id, monday_of(line.on)), set()))
    said = "aucun jour" if not held else f"{held} jour{'s' if held > 1 else ''}"
    return f"{said} dans la semaine, {required} demandés pour cette sortie"
