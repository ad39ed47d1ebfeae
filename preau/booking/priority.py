"""The priorities of a period: who comes before an earlier request, and why.

A line's `standing` is a number made of its period's priorities, the first weighing most: 0 when all
are met. It is written when the line is asked and when the director proposes or changes the
priorities, so that sorting costs nothing and a rank that was told does not move by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Count

from preau.activities.enums import Priority
from preau.activities.models import Period
from preau.booking.enums import LIVE, Channel, Status
from preau.booking.models import Booking
from preau.booking.windows import plain
from preau.core import wording

_YEAR = timedelta(days=365)

Test = Callable[[Booking], bool]


def write_standings(period: Period, lines: Collection[Booking]) -> list[Booking]:
    """Give each line its standing in memory. Returns those whose standing changed.

    Two queries at most, none for a period without priorities. Lines must come with their request
    and its family; lines of the same families that are not given count as they are written.
    """
    tests = [_test(Priority(value), period, lines) for value in period.priorities]
    changed = []
    for line in lines:
        standing = standing_of([test(line) for test in tests])
        if standing != line.standing:
            line.standing = standing
            changed.append(line)
    return changed


def refresh_standings(period: Period, lines: Iterable[Booking]) -> None:
    """Write the standings of these lines of `period` anew, where they changed."""
    changed = write_standings(period, list(lines))
    if changed:
        Booking.objects.bulk_update(changed, ["standing"])


def standing_of(met: Sequence[bool]) -> int:
    """One number for the priorities met, in their order: smaller comes first."""
    return sum(2 ** (len(met) - 1 - place) for place, each in enumerate(met) if not each)


def priorities_met(period: Period, standing: int) -> list[tuple[Priority, bool]]:
    """Each priority of the period, and whether a line of this standing meets it."""
    last = len(period.priorities) - 1
    return [
        (Priority(value), not standing & 2 ** (last - place))
        for place, value in enumerate(period.priorities)
    ]


def rank_in_words(period: Period, line: Booking) -> str:
    """Why this line stands where it stands."""
    arrival = f"demandée le {wording.moment(line.asked_at)}"
    if line.passed_over:
        arrival += ", après les autres : une place proposée n’a pas été confirmée à temps"
    if not period.priorities:
        return f"ordre d’arrivée : {arrival}"
    met = priorities_met(period, line.standing)
    said = wording.listing([f"{each.label} ({'oui' if yes else 'non'})" for each, yes in met])
    return f"priorités : {said} ; puis ordre d’arrivée : {arrival}"


def order_in_words(period: Period) -> str:
    """How the places of a period are given, for whoever asks."""
    if not period.priorities:
        return "par ordre d’arrivée"
    said = [Priority(value).label for value in period.priorities]
    return f"priorité d’abord à : {wording.listing(said)} ; puis par ordre d’arrivée"


def _test(priority: Priority, period: Period, lines: Collection[Booking]) -> Test:
    """How to tell whether a line meets a priority, with what it needs already fetched."""
    if priority is Priority.RESIDENCE:
        towns = {plain(town) for town in period.centre.resident_towns}
        return lambda line: plain(line.request.family.town) in towns
    if priority is Priority.WORKING:
        return lambda line: line.request.family.parents_work
    if priority is Priority.PORTAL:
        return lambda line: line.request.channel == Channel.PORTAL
    if priority is Priority.SIBLINGS:
        children = _children_by_day(period, lines)
        return lambda line: len(children[line.request.family_id, line.on]) > 1
    regular = _regular_children(period, lines)
    return lambda line: line.child_id in regular


def _children_by_day(
    period: Period, lines: Collection[Booking]
) -> dict[tuple[int, date], set[int]]:
    """The children each family asks for, or has, on each day of the period."""
    known = [line.pk for line in lines if line.pk]
    families = {line.request.family_id for line in lines}
    written = Booking.objects.filter(
        request__period=period, request__family__in=families, status__in=LIVE
    ).exclude(pk__in=known)
    found: dict[tuple[int, date], set[int]] = defaultdict(set)
    for family, on, child in written.values_list("request__family", "on", "child").distinct():
        found[family, on].add(child)
    for line in lines:
        if line.status in LIVE:
            found[line.request.family_id, line.on].add(line.child_id)
    return found


def _regular_children(period: Period, lines: Collection[Booking]) -> set[int]:
    """Children who held enough days at the centre in the year before the period."""
    days = Booking.objects.filter(
        child__in={line.child_id for line in lines},
        session_day__centre=period.centre_id,
        status=Status.ACCEPTED,
        slot__isnull=False,
        on__range=(period.starts_on - _YEAR, period.starts_on - timedelta(days=1)),
    )
    counted = days.values("child").annotate(n=Count("on", distinct=True))
    return set(counted.filter(n__gte=period.regular_days).values_list("child", flat=True))
