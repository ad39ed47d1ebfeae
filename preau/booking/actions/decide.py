"""The director's answer to lines, kept as a draft until the families are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q

from preau.activities.models import Period
from preau.booking.allocation import NOT_WITHOUT_OUTING
from preau.booking.enums import Decision, Status
from preau.booking.history import move_line, save_moves
from preau.booking.models import Booking
from preau.booking.places import free_places, lock_lines
from preau.booking.states import MOVE_OF_DECISION, Move, can_move
from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User


@dataclass
class Outcome:
    """What became of the lines: decided; left because no place remains; left because they had
    changed since the screen was shown (their present version is on the screen that follows)."""

    decided: list[Booking] = field(default_factory=list)
    full: list[Booking] = field(default_factory=list)
    changed: list[Booking] = field(default_factory=list)


def decide_lines(
    *,
    actor: User,
    period: Period,
    seen: Mapping[int, int],
    decision: Decision | None,
    reason: str = "",
    beyond_capacity: bool = False,
) -> Outcome:
    """Prepare `decision` for lines of `period`, or take it back when it is `None` (undo).

    `seen` gives for each line's id the version on the director's screen: a line that has changed
    since is left as it is. A prepared acceptance holds its place at once, so lines are accepted in
    order of their turn until their day, slot and group is full (B21, B22); nothing is sent. A day
    wanted only with its outing follows the outing's refusal or waiting (daily life 3).

    With `beyond_capacity` the director exceeds knowingly (B22): the reason goes into the history
    of the lines, families do not read it.

    Raises `RefusedError` for a refusal or an excess without a reason, or when others hold
    the same days for too long.
    """
    if decision is Decision.REFUSED and not reason:
        raise RefusedError("Un refus donne son motif : la famille le lira.")
    if beyond_capacity and not reason:
        raise RefusedError("Dépasser les places demande un motif : il reste dans l’historique.")
    move = MOVE_OF_DECISION[decision] if decision else Move.REOPEN
    exceeding = f"au-delà des places : {reason}" if beyond_capacity else ""
    outcome = Outcome()
    with short_transaction():
        lines = lock_lines(Booking.objects.filter(request__period=period, pk__in=list(seen)))
        lines += _that_follow(lines, decision)
        free = free_places({line.session_day_id for line in lines})
        for line in sorted(lines, key=lambda line: line.turn):
            if line.version != seen.get(line.pk, line.version) or line.told_at:
                outcome.changed.append(line)
            elif not can_move(move, line.state):
                continue
            elif (
                decision is Decision.ACCEPTED
                and not line.holds_place
                and free[line.cell] < 1
                and not beyond_capacity
            ):
                outcome.full.append(line)
            else:
                if decision is Decision.ACCEPTED and not line.holds_place:
                    free[line.cell] -= 1
                said = reason if line.pk in seen else NOT_WITHOUT_OUTING
                kept = said if decision and not beyond_capacity else ""
                outcome.decided.append(move_line(line, move, reason=kept))
        save_moves(outcome.decided, move, actor=actor, at=clock.now(), note=exceeding)
    return outcome


def _that_follow(lines: list[Booking], decision: Decision | None) -> list[Booking]:
    """The day that a family wants only with an outing of these lines, which is not given.

    Taking such an answer back gives the day back too.
    """
    if decision is Decision.ACCEPTED:
        return []
    outings = [line for line in lines if line.outing and not line.keeps_day and not line.told_at]
    if not outings:
        return []
    days = [
        Q(
            request=line.request_id,
            child=line.child_id,
            session_day=line.session_day_id,
            slot__in=line.outing.slots,
        )
        for line in outings
        if line.outing
    ]
    following = Booking.objects.filter(reduce(or_, days), status=Status.PENDING)
    if decision is None:
        following = following.filter(reason=NOT_WITHOUT_OUTING)
    return lock_lines(following.exclude(pk__in=[line.pk for line in lines]))
