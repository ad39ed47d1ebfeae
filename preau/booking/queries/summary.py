"""Many lines of one child in few words: "lun. 8, mar. 9 journée ; jeu. 11 matin et midi"."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from preau.activities.enums import Slot
from preau.activities.models import SessionDay
from preau.booking.enums import LIVE, Status
from preau.booking.models import Booking
from preau.core import wording

_COUNTED = {
    Status.PENDING: ("jour à traiter", "jours à traiter"),
    Status.ACCEPTED: ("jour accepté", "jours acceptés"),
    Status.WAITLISTED: ("jour en liste d’attente", "jours en liste d’attente"),
    Status.REFUSED: ("jour refusé", "jours refusés"),
    Status.CANCELLED: ("jour annulé", "jours annulés"),
}
_ALL = frozenset(slot.value for slot in Slot)


def count_days(lines: Iterable[Booking]) -> Counter[Status]:
    """Days of children by status: a day counts once, whatever its slots, as families count."""
    days = {(Status(line.status), line.child_id, line.on) for line in lines}
    return Counter(status for status, _, _ in days)


def days_in_words(status: Status, count: int) -> str:
    """ "6 jours acceptés"."""
    one, many = _COUNTED[status]
    return f"{count} {many if count > 1 else one}"


def lines_in_words(lines: Iterable[Booking]) -> str:
    """Say which days and slots these slot lines are, days with the same slots together."""
    slots_of_day: dict[date, set[str]] = defaultdict(set)
    for line in lines:
        if line.slot:
            slots_of_day[line.on].add(line.slot)
    days_of_slots: dict[frozenset[str], list[date]] = defaultdict(list)
    for day, slots in sorted(slots_of_day.items()):
        days_of_slots[frozenset(slots)].append(day)
    return " ; ".join(
        f"{', '.join(_days(days))} {slots_in_words(slots)}" for slots, days in days_of_slots.items()
    )


def said_by_child(lines: Iterable[Booking]) -> list[str]:
    """ "Léa : lun. 8 journée ; visite de la ferme", a sentence for each child."""
    of_child: dict[int, list[Booking]] = defaultdict(list)
    for line in lines:
        of_child[line.child_id].append(line)
    return [
        f"{members[0].child.first_name} : {' ; '.join(filter(None, _parts(members)))}"
        for members in of_child.values()
    ]


def _parts(lines: list[Booking]) -> list[str]:
    outings = [f"{line.outing.title} ({wording.day(line.on)})" for line in lines if line.outing]
    return [lines_in_words(lines), *outings]


def _days(days: list[date]) -> list[str]:
    """Days in their shortest clear form; the month is said when it changes."""
    months = {day.month for day in days}
    if len(months) == 1:
        return [wording.short_day(day) for day in days]
    return [f"{wording.short_day(day)}/{day.month:02d}" for day in days]


def slots_in_words(slots: Collection[str]) -> str:
    """ "journée" for the three slots, else their names: "matin et midi"."""
    if set(slots) >= _ALL:
        return "journée"
    return wording.listing([slot.label for slot in Slot if slot.value in slots])


def live_lines_of_day(day: SessionDay) -> list[Booking]:
    """Every line of a day that is asked, accepted or waiting."""
    lines = Booking.objects.filter(session_day=day, status__in=LIVE)
    return list(lines.select_related("request"))
