"""After the answer: correcting it, cancelling, closing a day (S18, daily life 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping

from preau.activities.actions.trace import trace_change
from preau.activities.models import Period, SessionDay
from preau.booking.actions.decide import Outcome
from preau.booking.actions.offer import days_of, offer_freed_places
from preau.booking.enums import LIVE, CancelKind, Decision
from preau.booking.history import move_line, save_moves
from preau.booking.letters import corrected, day_closed, queue_letters
from preau.booking.models import Booking
from preau.booking.places import free_places, lock_days, lock_lines
from preau.booking.states import MOVE_OF_CORRECTION, Move, can_move
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User


def correct_lines(
    *,
    actor: User,
    period: Period,
    seen: Mapping[int, int],
    decision: Decision,
    reason: str,
    beyond_capacity: bool = False,
) -> Outcome:
    """Change an answer the families have already read, and tell them again (daily life 2).

    The line keeps its rank: its time of request does not move. `seen` gives for each line's id its
    version on the screen. Accepting never goes over the capacity unless `beyond_capacity` says
    that the director means it (B22). Raises `RefusedError` without a reason.
    """
    if not reason:
        raise RefusedError("Une correction donne son motif\u00a0: la famille le lira.")
    now = clock.now()
    move = MOVE_OF_CORRECTION[decision]
    outcome = Outcome()
    with short_transaction():
        lines = lock_lines(Booking.objects.filter(request__period=period, pk__in=list(seen)))
        free = free_places(days_of(lines))
        for line in sorted(lines, key=lambda line: line.turn):
            if line.version != seen[line.pk] or not can_move(move, line.state):
                outcome.changed.append(line)
            elif decision is Decision.ACCEPTED and free[line.cell] < 1 and not beyond_capacity:
                outcome.full.append(line)
            else:
                free[line.cell] -= decision is Decision.ACCEPTED
                outcome.decided.append(move_line(line, move, reason=reason))
        save_moves(outcome.decided, move, actor=actor, at=now)
        offer_freed_places(days_of(outcome.decided), now=now)
        if outcome.decided:
            queue_letters(corrected, outcome.decided)
    return outcome


def cancel_lines(
    *,
    actor: User,
    period: Period,
    seen: Mapping[int, int],
    kind: CancelKind,
    reason: str,
) -> Outcome:
    """The director cancels lines for a family that asked (S18), in time or late (billed, S19).

    The places are free again, and offered where the period does so; the families are told.
    Raises `RefusedError` without a reason.
    """
    if not reason:
        raise RefusedError("Une annulation donne son motif\u00a0: la famille le lira.")
    now = clock.now()
    outcome = Outcome()
    with short_transaction():
        lines = lock_lines(Booking.objects.filter(request__period=period, pk__in=list(seen)))
        for line in lines:
            if line.version != seen[line.pk] or not can_move(Move.CANCEL, line.state):
                outcome.changed.append(line)
                continue
            move_line(line, Move.CANCEL, reason=reason).cancelled_as = kind
            outcome.decided.append(line)
        save_moves(outcome.decided, Move.CANCEL, actor=actor, at=now)
        offer_freed_places(days_of(outcome.decided), now=now)
        if outcome.decided:
            queue_letters(corrected, outcome.decided)
    return outcome


def close_day(*, actor: User, day: SessionDay, reason: str) -> list[Booking]:
    """Close a day for all: strike, snow, closed group (daily life 1).

    Every line of the day becomes "annulée par le centre", never billed; one mail a family names the
    day. Returns the lines cancelled. Raises `RefusedError` without a reason or when it is closed
    already.
    """
    if not reason:
        raise RefusedError("Une fermeture donne son motif\u00a0: les familles le liront.")
    with short_transaction():
        lock_days([day.pk])
        fresh = SessionDay.objects.get(pk=day.pk)
        if fresh.closed_because:
            raise RefusedError(f"Ce jour est déjà fermé\u00a0: {fresh.closed_because}.")
        fresh.closed_because = reason
        fresh.save(update_fields=["closed_because"])
        said = f"jour fermé\u00a0: {wording.day(fresh.on, year=True)}, {reason}"
        trace_change(fresh.period_id, actor=actor, what=said)
        lines = lock_lines(Booking.objects.filter(session_day=fresh, status__in=LIVE))
        for line in lines:
            move_line(line, Move.CANCEL, reason=reason).cancelled_as = CancelKind.BY_CENTRE
        save_moves(lines, Move.CANCEL, actor=actor, at=clock.now())
        if lines:
            queue_letters(day_closed, lines)
    return lines
