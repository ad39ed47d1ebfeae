"""Writing the moves of lines into their history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from preau.booking.enums import OFFERED
from preau.booking.models import Booking, BookingEvent
from preau.booking.states import Move, after
from preau.core.copying import copy_in
from preau.core.models import User


def move_line(line: Booking, move: Move, *, reason: str = "") -> Booking:
    """Change `line` in memory by a move of the table. Raises `ForbiddenMoveError` otherwise."""
    line.status, line.draft = after(move, line.state)
    line.reason = reason
    line.version += 1
    if line.draft != OFFERED:
        line.offered_until = None
    return line


MOVED_FIELDS = [
    "status",
    "draft",
    "reason",
    "version",
    "told_at",
    "offered_until",
    "passed_over",
    "cancelled_as",
]


def save_moves(
    lines: Iterable[Booking], move: Move, *, actor: User | None, at: datetime, note: str = ""
) -> None:
    """Write moved lines and one event for each.

    One statement for all lines that become the same, and one for the events: a director's two
    thousand lines know a handful of outcomes.
    """
    moved = list(lines)
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for line in moved:
        alike[tuple(getattr(line, name) for name in MOVED_FIELDS)].append(line.pk)
    for values, ids in alike.items():
        Booking.objects.filter(pk__in=ids).update(**dict(zip(MOVED_FIELDS, values, strict=True)))
    record_moves(moved, move, actor=actor, at=at, note=note)


def record_moves(
    lines: Iterable[Booking], move: Move, *, actor: User | None, at: datetime, note: str = ""
) -> None:
    """Write one event for each line; `note` is said in its history, instead of its reason."""
    rows = [
        (
            line.pk,
            at,
            actor.pk if actor else None,
            move.value,
            line.status,
            line.draft,
            (note or line.reason)[:200],
        )
        for line in lines
    ]
    columns = ["booking_id", "at", "actor_id", "move", "status", "draft", "reason"]
    if rows:
        copy_in(BookingEvent, columns, rows)
