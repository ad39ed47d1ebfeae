"""Offering a freed place to the next family that waits (B5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time, timedelta

from django.db.models import Q

from preau.activities.models import Period
from preau.booking.actions.decide import Outcome
from preau.booking.allocation import Block, blocks_of, condition_of, fits
from preau.booking.enums import OFFERED, CancelKind, Status
from preau.booking.history import move_line, save_moves
from preau.booking.letters import place_offered, queue_letters
from preau.booking.models import Booking
from preau.booking.places import free_places, lock_days, lock_lines
from preau.booking.states import PLACE_OFFERED, WAITING, Move
from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Family

# A family needs some time to read a mail: nothing is offered for less.
LEAST_NOTICE = timedelta(hours=1)


def offer_end(line: Booking, period: Period, now: datetime) -> datetime:
    """When an offer made now would end: after the period's hours, and never once the day began."""
    day_begins = datetime.combine(line.on, time(), tzinfo=clock.PARIS)
    return min(now + timedelta(hours=period.confirm_hours), day_begins)


def offer_freed_places(days: Collection[int], *, now: datetime) -> list[Booking]:
    """Offer what is free on these days to those who wait, in order, where the period does so.

    Must run in the transaction of what freed the places, with the days locked. Families that let
    an offer pass come after the others; what goes together, the slots a child was asked for at
    once among them, is offered together, and an outing whose condition is not met stays in the
    list, for the director to decide. Mails leave after the
    commit. Returns the lines offered.
    """
    waiting = (
        Booking.objects.filter(
            session_day__in=days,
            status=Status.WAITLISTED,
            draft="",
            session_day__period__offers_places=True,
        )
        .select_for_update(of=("self",), no_key=True)
        .select_related("outing", "request__period__centre")
        .order_by("pk")
    )
    in_turn = sorted(waiting, key=lambda line: line.turn)
    blocks = [block for block in blocks_of(in_turn, whole_days=True) if condition_of(block)]
    return _offer(blocks, now=now, actor=None).decided


def offer_places(*, actor: User, period: Period, seen: Mapping[int, int]) -> Outcome:
    """A director offers free places to lines that wait, each with the period's time to confirm.

    `seen` gives for each line's id its version on the screen. Lines are served in order of rank,
    and with those they go with (`allocation`): none of them is offered alone.
    """
    asked = Q(pk__in=list(seen))
    mates = Q(
        status=Status.WAITLISTED,
        request__lines__in=list(seen),
        session_day__bookings__in=list(seen),
    )
    with short_transaction():
        wanted = Booking.objects.filter(asked | mates, request__period=period)
        lines = lock_lines(Booking.objects.filter(pk__in=wanted.values("pk")))
        fresh = [
            line
            for line in lines
            if line.state == WAITING and line.version == seen.get(line.pk, line.version)
        ]
        blocks = [b for b in _in_turn(fresh) if any(line.pk in seen for line in b)]
        outcome = _offer(blocks, now=clock.now(), actor=actor)
        outcome.changed += [line for line in lines if line.pk in seen and line not in fresh]
    return outcome


def _in_turn(lines: Iterable[Booking]) -> list[Block]:
    return blocks_of(sorted(lines, key=lambda line: line.turn))


def _offer(blocks: list[Block], *, now: datetime, actor: User | None) -> Outcome:
    outcome = Outcome()
    free = free_places({line.session_day_id for block in blocks for line in block})
    for block in blocks:
        until = offer_end(block[0], block[0].request.period, now)
        if not fits(block, free) or until - now < LEAST_NOTICE:
            outcome.full += block
            continue
        free.subtract(line.cell for line in block)
        for line in block:
            move_line(line, Move.OFFER, reason=line.reason)
            line.offered_until = until
        outcome.decided += block
    save_moves(outcome.decided, Move.OFFER, actor=actor, at=now)
    if outcome.decided:
        queue_letters(place_offered, outcome.decided)
    return outcome


def answer_offer(*, actor: User, family: Family, line_id: int, takes: bool) -> Block:
    """The family takes the offered place, or leaves it to the next one.

    Lines offered together are answered together, and returned. Raises `RefusedError` when there is
    no such offer any more; nothing is lost then: the line is back in the list.
    """
    now = clock.now()
    own = Booking.objects.filter(request__family=family, pk=line_id)
    offered = Booking.objects.filter(
        request__in=own.values("request"),
        session_day__in=own.values("session_day"),
        offered_until__gt=now,
    )
    with short_transaction():
        alive = (ln for ln in lock_lines(offered) if ln.state == PLACE_OFFERED)
        blocks = blocks_of(alive, whole_days=True)
        block = next((b for b in blocks if any(line.pk == line_id for line in b)), [])
        if not block or not all(line.offered_until and line.offered_until > now for line in block):
            raise RefusedError(
                "Cette place n’est plus proposée : le délai est passé, ou elle a déjà eu une "
                "réponse. Votre page montre l’état actuel."
            )
        move = Move.CONFIRM if takes else Move.WITHDRAW
        for line in block:
            move_line(line, move).cancelled_as = "" if takes else CancelKind.BY_FAMILY
        save_moves(block, move, actor=actor, at=now)
        if not takes:
            offer_freed_places(days_of(block), now=now)
    return block


def expire_offers() -> int:
    """End the offers whose time has passed and pass their places on. Returns how many ended.

    One transaction a day of care, so that a crash loses nothing and a second worker does nothing
    twice.
    """
    now = clock.now()
    late = Booking.objects.filter(draft=OFFERED, offered_until__lte=now)
    days = list(late.values_list("session_day", flat=True).distinct().order_by("session_day"))
    return sum(_expire_on(day, now) for day in days)


def _expire_on(day: int, now: datetime) -> int:
    with short_transaction():
        lock_days([day])
        ended = list(
            Booking.objects.filter(session_day=day, draft=OFFERED, offered_until__lte=now)
            .select_for_update(of=("self",), no_key=True)
            .order_by("pk")
        )
        for line in ended:
            move_line(line, Move.EXPIRE, reason=line.reason).passed_over = True
        save_moves(ended, Move.EXPIRE, actor=None, at=now)
        offer_freed_places([day], now=now)
    return len(ended)


def days_of(lines: Iterable[Booking]) -> set[int]:
    """The session days of these lines."""
    return {line.session_day_id for line in lines}
