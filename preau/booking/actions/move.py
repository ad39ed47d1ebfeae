"""The director puts lines on another day, slot or group, for a family that asked (S18)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError

from preau.activities.enums import Slot
from preau.activities.models import Period, Places, SessionDay
from preau.booking.actions.decide import Outcome
from preau.booking.actions.offer import days_of, offer_freed_places
from preau.booking.history import MOVED_FIELDS, move_line, record_moves
from preau.booking.letters import corrected, queue_letters
from preau.booking.models import Booking, Cell
from preau.booking.places import free_places, lock_days, lock_lines
from preau.booking.states import Move, can_move
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.org.models import AgeGroup

_FIELDS = [*MOVED_FIELDS, "session_day", "on", "slot", "age_group"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where lines go; what is None stays as it is for each line."""

    day_id: int | None = None
    slot: Slot | None = None
    group_id: int | None = None


def shift_lines(
    *,
    actor: User,
    period: Period,
    seen: Mapping[int, int],
    to: Target,
    reason: str,
    beyond_capacity: bool = False,
) -> Outcome:
    """Put lines of `period` on another day, slot or group of it.

    Their answer and their rank stay; those already told are told again. A line that holds a place
    needs one there, unless `beyond_capacity` says that the director means to exceed (B22). `seen`
    gives for each line's id its version on the screen. Raises `RefusedError` without a reason, for
    an outing, a place that is not offered there, or a child who has that slot already.
    """
    if not reason:
        raise RefusedError("Un déplacement donne son motif : la famille le lira.")
    now = clock.now()
    outcome = Outcome()
    try:
        with short_transaction():
            moved = Booking.objects.filter(request__period=period, pk__in=list(seen))
            new = {to.day_id} if to.day_id else set()
            lock_days(set(moved.values_list("session_day", flat=True)) | new)
            lines = lock_lines(moved)
            left = days_of(lines)
            days = _days(period, left | new)
            free = free_places(days)
            said = {}
            for line in sorted(lines, key=lambda line: line.turn):
                there = _cell(line, to)
                if line.version != seen[line.pk] or not can_move(Move.SHIFT, line.state):
                    outcome.changed.append(line)
                elif line.holds_place and free[there] < 1 and not beyond_capacity:
                    _check_offered(line, there, days)
                    outcome.full.append(line)
                else:
                    _check_offered(line, there, days)
                    _take(line, there, free)
                    said[line.pk] = _put(line, there, days, reason)
                    outcome.decided.append(line)
            _save(outcome.decided, said, actor)
            offer_freed_places(left, now=now)
            told = [line for line in outcome.decided if line.told_at]
            if told:
                queue_letters(corrected, told)
    except IntegrityError as error:
        if "booking_child_once" not in str(error):
            raise
        raise RefusedError(
            "Cet enfant a déjà quelque chose sur ce créneau : rien n’a été déplacé."
        ) from error
    return outcome


def _days(period: Period, days: set[int]) -> dict[int, SessionDay]:
    found = {day.pk: day for day in SessionDay.objects.filter(period=period, pk__in=days)}
    if days - found.keys():
        raise RefusedError("Ce jour n’est pas de cette période : rien n’a été déplacé.")
    return found


def _cell(line: Booking, to: Target) -> Cell:
    if line.outing_id:
        raise RefusedError(
            "Une sortie ne se déplace pas : annulez-la, puis saisissez l’autre pour la famille."
        )
    return Cell(
        to.day_id or line.session_day_id,
        str(to.slot or line.slot),
        None,
        to.group_id or line.age_group_id,
    )


def _check_offered(line: Booking, there: Cell, days: Mapping[int, SessionDay]) -> None:
    day = days[there.session_day_id]
    offered = Places.objects.filter(
        session_day=day, slot=there.slot, age_group=there.age_group_id
    ).exists()
    if there == line.cell:
        raise RefusedError("Choisissez un autre jour, une autre tranche ou un autre groupe.")
    if day.closed_because or not offered:
        raise RefusedError(
            f"Le centre ne propose pas ce créneau à ce groupe le {wording.day(day.on)} : rien n’a "
            "été déplacé."
        )


def _take(line: Booking, there: Cell, free: Counter[Cell]) -> None:
    if line.holds_place:
        free[line.cell] += 1
        free[there] -= 1


def _put(line: Booking, there: Cell, days: Mapping[int, SessionDay], reason: str) -> str:
    """Change the line in memory. Returns what its history says."""
    before = _where(line)
    move_line(line, Move.SHIFT, reason=f"déplacée ({before}) : {reason}"[:200])
    line.session_day = days[there.session_day_id]
    line.on = line.session_day.on
    line.slot = there.slot
    line.age_group_id = there.age_group_id
    return f"{before} → {_where(line)} : {reason}"


def _where(line: Booking) -> str:
    group = AgeGroup.objects.values_list("name", flat=True).get(pk=line.age_group_id)
    return f"{wording.short_day(line.on)} {line.what}, {group}"


def _save(lines: list[Booking], said: Mapping[int, str], actor: User) -> None:
    Booking.objects.bulk_update(lines, _FIELDS)
    for line in lines:
        record_moves([line], Move.SHIFT, actor=actor, at=clock.now(), note=said[line.pk])
