"""What a family sends for a period: the whole of what it wants, compared with what it had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError

from preau.activities.models import Period
from preau.booking.actions.asking import (
    Act,
    check_allowed,
    check_changes,
    check_confirmed,
    check_version,
    check_weeks,
)
from preau.booking.actions.offer import offer_freed_places
from preau.booking.arrival import answer_at_once
from preau.booking.enums import LIVE, CancelKind, Channel, Status
from preau.booking.errors import AlreadyAskedError, ForgedError, NothingAskedError
from preau.booking.history import move_line, record_moves, save_moves
from preau.booking.letters import answered, queue_letters
from preau.booking.models import Booking, BookingRequest, PreparedRequest
from preau.booking.places import lock_days
from preau.booking.priority import refresh_standings
from preau.booking.queries.offer import Offer, Wish, offer_to_family
from preau.booking.queries.summary import count_days
from preau.booking.states import Move
from preau.booking.windows import window_of_family
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Family

_OLDEST = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What changed: lines added, lines taken back, and outing slots we added to complete it.

    `first`: the family had nothing in this period before; `changed` is False when the request was
    already exactly this, as after a double click. `answers` counts the new days by their
    answer in a first-come period, else None.
    """

    request: BookingRequest
    added: int
    withdrawn: int
    first: bool
    completed: int
    answers: Counter[Status] | None
    changed: bool


def submit_request(
    *,
    actor: User | None,
    family: Family,
    period: Period,
    wishes: Iterable[Wish],
    seen_version: int,
    channel: Channel = Channel.PORTAL,
    together: bool = False,
    only_with: Iterable[Wish] = (),
    confirmed: bool = False,
) -> Submission:
    """Make the family's request for `period` be exactly `wishes`, as far as it may still change.

    What the family may no longer change alone is not touched (S18). A line that is no longer
    wished is taken back, even if a decision was being prepared; the others keep their time of
    arrival (S15). An outing brings the slots it takes. In a first-come period the new lines get
    their answer at once. `seen_version` is the request's version on the page that was filled in,
    0 when there was none; `confirmed` that giving back accepted lines is meant. `together` asks for
    brothers and sisters "ensemble ou pas du tout"; `only_with` are the outings without which the
    day is not wanted.

    Raises `ForgedError` for what the page never offered, `WindowClosedError` outside the window or
    past a day's deadline, `AlreadyAskedError` when another household holds the slot, `StaleError`
    when the request changed in another tab, `ConfirmationNeededError` before giving back what was
    accepted, `TooFewDaysError` and `BlockedError` by the period's and the organisation's rules,
    `NothingAskedError` for an empty first request. Nothing is written then.
    """
    now = clock.now()
    act = Act(
        actor=actor,
        family=family,
        period=period,
        wishes=frozenset(wishes),
        seen_version=seen_version,
        channel=channel,
        together=together,
        only_with=frozenset(only_with),
        confirmed=confirmed,
        now=now,
        asked_at=now,
    )
    return _submitted(act)


def enter_request(
    *,
    actor: User,
    family: Family,
    period: Period,
    wishes: Iterable[Wish],
    seen_version: int,
    channel: Channel,
    asked_at: datetime,
    together: bool = False,
    only_with: Iterable[Wish] = (),
) -> Submission:
    """Enter what a family asked by paper or phone, at any time (S21).

    As `submit_request`, but for what keeps families out: the window, the deadlines, the days a
    week must hold, the blocks. The new lines take the rank of `asked_at`, when the request reached
    the centre; their history says the channel. Raises `RefusedError` for a time to come or more
    than a year ago, and what `submit_request` raises for boxes that do not exist.
    """
    now = clock.now()
    if not now - _OLDEST <= asked_at <= now:
        raise RefusedError(
            "L’heure de la demande est celle où elle vous est parvenue : ni à venir, ni de plus "
            "d’un an."
        )
    act = Act(
        actor=actor,
        family=family,
        period=period,
        wishes=frozenset(wishes),
        seen_version=seen_version,
        channel=channel,
        together=together,
        only_with=frozenset(only_with),
        confirmed=True,
        now=now,
        asked_at=asked_at,
        by_office=True,
        note=f"{channel.label}, reçue le {wording.moment(asked_at)}",
    )
    return _submitted(act)


def _submitted(act: Act) -> Submission:
    try:
        return _submit(act)
    except IntegrityError as error:
        if "booking_child_once" in str(error):
            raise AlreadyAskedError(
                "Un de ces créneaux vient d’être demandé par l’autre foyer de l’enfant. Rien n’a "
                "été envoyé : vérifiez la page, puis recommencez ou contactez le centre."
            ) from error
        if "request_one_a_period" not in str(error):
            raise
    # A double click: the other half made the request while this one waited. Compare with it.
    return _submit(act)


def _submit(act: Act) -> Submission:
    period = act.period
    with short_transaction():
        if period.decides_itself or period.offers_places:
            lock_days(_days_touched(act))
        request = _lock_request(act.family, period)
        offer = offer_to_family(act.family, period, now=act.now)
        wanted = _complete(act.wishes, offer)
        added = wanted - offer.mine.keys()
        # Only what the page showed as a box can have been unticked.
        unticked = (offer.droppable & offer.offered.keys()) - wanted
        dropped = [offer.mine[wish] for wish in sorted(unticked, key=Wish.sort_key)]
        if request is None and not added:
            raise NothingAskedError("Cochez au moins un créneau avant d’envoyer.")
        window = window_of_family(act.family, period)
        if request and not window.is_open(act.now) and not act.by_office:
            # What is left is deleting: the terms stay as they were (S15).
            act = replace(act, together=request.together, only_with=_only_with(offer))
        reworded = _days_reworded(wanted, offer, act)
        together = request is not None and request.together != act.together
        changed = bool(added or dropped or reworded or together)
        if changed:
            check_version(request, act)
        late = check_allowed(added, wanted, offer, window, act)
        if added or dropped:
            check_weeks(wanted, offer, window, act)
            check_changes(unticked, wanted, offer, act)
        check_confirmed(dropped, confirmed=act.confirmed)
        act = _in_turn(act)
        PreparedRequest.objects.filter(family=act.family, period=period).delete()
        request = _write_request(request, offer, act, changed=changed)
        _withdraw(dropped, act)
        Booking.objects.bulk_update(reworded, ["keeps_day", "version"])
        lines = _add(added, late, request, offer, act)
        if changed and period.priorities:
            alive = request.lines.filter(status__in=LIVE)
            refresh_standings(period, alive.select_related("request__family"))
    return Submission(
        request=request,
        added=len(added),
        withdrawn=len(dropped),
        first=not offer.mine,
        completed=len(added - act.wishes),
        answers=count_days(lines) if period.decides_itself else None,
        changed=changed,
    )


def _in_turn(act: Act) -> Act:
    """Where places are given at once, families arrive when they hold the days.

    Everybody was checked at the moment they sent; but two who wait for the same days may get them
    the other way round, and nobody must read that a family behind them in the list got the place.
    """
    if not act.period.decides_itself or act.by_office:
        return act
    now = clock.now()
    return replace(act, now=now, asked_at=now)


def _days_touched(act: Act) -> set[int]:
    """Days on which this act may give or free a place."""
    own = Booking.objects.filter(request__family=act.family, request__period=act.period)
    held = set(own.exclude(status=Status.CANCELLED).values_list("session_day", flat=True))
    return held | {wish.day_id for wish in act.wishes}


def _lock_request(family: Family, period: Period) -> BookingRequest | None:
    """Hold the family's request and its lines: what is read after this cannot change meanwhile."""
    requests = BookingRequest.objects.filter(family=family, period=period)
    request = requests.select_for_update(no_key=True).first()
    lines = Booking.objects.filter(request=request).order_by("pk")
    if request:
        list(lines.select_for_update(no_key=True).values_list("pk", flat=True))
    return request


def _complete(wishes: Collection[Wish], offer: Offer) -> set[Wish]:
    """Add the slots that the wished outings take. Raises `ForgedError` for unknown outings."""
    complete = set(wishes)
    for wish in wishes:
        if wish.outing_id is not None:
            outing = offer.outings.get(wish.outing_id)
            if outing is None:
                raise ForgedError("Cette sortie n’existe pas pour cette période.")
            slots = {Wish(wish.child_id, wish.day_id, slot=slot) for slot in outing.slots}
            complete |= slots & offer.offered.keys()
    return complete


def _only_with(offer: Offer) -> frozenset[Wish]:
    return frozenset(wish for wish, line in offer.mine.items() if not line.keeps_day)


def _days_reworded(wanted: set[Wish], offer: Offer, act: Act) -> list[Booking]:
    """Outings kept, still unanswered, whose "sans la sortie, garder la journée ?" has changed."""
    reworded = []
    for wish in sorted(wanted & offer.mine.keys(), key=Wish.sort_key):
        line, keeps = offer.mine[wish], wish not in act.only_with
        if line.outing_id and line.status == Status.PENDING and line.keeps_day != keeps:
            line.keeps_day = keeps
            line.version += 1
            reworded.append(line)
    return reworded


def _write_request(
    request: BookingRequest | None, offer: Offer, act: Act, *, changed: bool
) -> BookingRequest:
    if request is None:
        return BookingRequest.objects.create(
            family=act.family,
            period=act.period,
            channel=act.channel,
            submitted_at=act.asked_at,
            together=act.together,
        )
    if changed:
        request.version += 1
        request.together = act.together
        if not offer.mine:
            # Everything had been taken back: this is a new request, and says so.
            request.submitted_at, request.channel = act.asked_at, act.channel
        request.save(update_fields=["version", "submitted_at", "channel", "together"])
    return request


def _withdraw(lines: list[Booking], act: Act) -> None:
    for line in lines:
        move_line(line, Move.WITHDRAW).cancelled_as = CancelKind.BY_FAMILY
    save_moves(lines, Move.WITHDRAW, actor=act.actor, at=act.now)
    if act.period.offers_places:
        offer_freed_places({line.session_day_id for line in lines}, now=act.now)


def _add(
    wishes: Iterable[Wish], late: set[Wish], request: BookingRequest, offer: Offer, act: Act
) -> list[Booking]:
    lines = [
        Booking(
            request=request,
            child_id=wish.child_id,
            session_day_id=wish.day_id,
            on=offer.days[wish.day_id].on,
            slot=wish.slot,
            outing=offer.outings.get(wish.outing_id or 0),
            age_group_id=offer.offered[wish],
            asked_at=act.asked_at,
            late=wish in late,
            keeps_day=wish not in act.only_with,
        )
        for wish in sorted(wishes, key=Wish.sort_key)
    ]
    answers = answer_at_once(lines, now=act.now) if act.period.decides_itself else {}
    Booking.objects.bulk_create(lines)
    record_moves(lines, Move.ASK, actor=act.actor, at=act.now, note=act.note)
    for move, answered_lines in answers.items():
        record_moves(answered_lines, move, actor=None, at=act.now)
    if answers:
        queue_letters(answered, lines)
    return lines


def withdraw_request(*, actor: User, request: BookingRequest) -> int:
    """Take back every line of `request` that was not answered yet (S15). Returns how many.

    Allowed after the window has closed: deleting is all that is left then.
    """
    now = clock.now()
    with short_transaction():
        locked = _lock_request(request.family, request.period)
        untold = request.lines.filter(status=Status.PENDING).order_by("pk")
        lines = list(untold.select_for_update(no_key=True))
        if locked and lines:
            locked.version += 1
            locked.save(update_fields=["version"])
            for line in lines:
                move_line(line, Move.WITHDRAW).cancelled_as = CancelKind.BY_FAMILY
            save_moves(lines, Move.WITHDRAW, actor=actor, at=now)
    return len(lines)
