"""Proposing an answer for every line still undecided, each with its reason (B21)."""

from __future__ import annotations

from dataclasses import dataclass

from preau.activities.models import Period
from preau.booking.allocation import allocate
from preau.booking.enums import Status
from preau.booking.history import move_line, save_moves
from preau.booking.models import Booking
from preau.booking.places import free_places, lock_lines
from preau.booking.priority import refresh_standings
from preau.booking.states import Move
from preau.core import clock
from preau.core.locks import short_transaction
from preau.core.models import User


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What was proposed: lines accepted and put on the waiting list."""

    accepted: int
    waitlisted: int


def propose_all(*, actor: User, period: Period) -> Proposal:
    """Prepare an answer for each undecided line of `period`, in order of priority and arrival.

    A line is accepted while its day, slot and group has a place, and an outing when its week has
    the days it asks for; the others join the waiting list with the reason (see `allocate`). What
    the director has decided already is not touched; nothing is sent, and everything can be undone
    (B21).
    """
    undecided = Booking.objects.filter(request__period=period, status=Status.PENDING, draft="")
    with short_transaction():
        lines = [line for line in lock_lines(undecided) if line.draft == ""]
        refresh_standings(period, lines)
        lines.sort(key=lambda line: line.turn)
        moved: dict[Move, list[Booking]] = {Move.ACCEPT: [], Move.WAITLIST: []}
        for line, reason in allocate(lines, free_places({line.session_day_id for line in lines})):
            move = Move.WAITLIST if reason else Move.ACCEPT
            moved[move].append(move_line(line, move, reason=reason))
        for move, members in moved.items():
            save_moves(members, move, actor=actor, at=clock.now())
    return Proposal(accepted=len(moved[Move.ACCEPT]), waitlisted=len(moved[Move.WAITLIST]))
