"""Answering in order of arrival, at once (B4): places while there are, then the waiting list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from preau.booking.allocation import allocate
from preau.booking.enums import Status
from preau.booking.history import move_line
from preau.booking.models import Booking, Cell
from preau.booking.places import free_places
from preau.booking.states import Move


def answer_at_once(lines: list[Booking], *, now: datetime) -> dict[Move, list[Booking]]:
    """Give each new line its answer in memory, before it is written; its days must be locked.

    Nobody overtakes: where others already wait for the same place, a new line waits behind them.
    Returns the lines by the move that answered them.
    """
    days = {line.session_day_id for line in lines}
    moved: dict[Move, list[Booking]] = defaultdict(list)
    for line, reason in allocate(lines, free_places(days), queue=_waiting(days)):
        move = Move.QUEUE if reason else Move.ADMIT
        move_line(line, move, reason=reason).told_at = now
        moved[move].append(line)
    return moved


def _waiting(days: Iterable[int]) -> Counter[Cell]:
    lines = Booking.objects.filter(
        session_day__in=list(days), status=Status.WAITLISTED, draft="", passed_over=False
    )
    counts: Counter[Cell] = Counter()
    for day, slot, outing, group, number in lines.values_list(
        "session_day", "slot", "outing", "age_group"
    ).annotate(n=Count("pk")):
        counts[Cell(day, slot, outing, group)] = number
    return counts
