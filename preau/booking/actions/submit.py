"""What a family sends for a period: the whole of what it wants, compared with what it had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError

from preau.activities.deadlines import first_refused, parse_rule
from preau.activities.enums import LatePolicy
from preau.activities.models import Period
from preau.booking.actions.offer import offer_freed_places
from preau.booking.arrival import answer_at_once
from preau.booking.enums import LIVE, CancelKind, Channel, Status
from preau.booking.errors import (
    AlreadyAskedError,
    BlockedError,
    ConfirmationNeededError,
    ForgedError,
    NothingAskedError,
    StaleError,
    TooFewDaysError,
    WindowClosedError,
)
from preau.booking.history import move_line, record_moves, save_moves
from preau.booking.letters import answered, queue_letters
from preau.booking.models import Booking, BookingRequest, PreparedRequest
from preau.booking.places import lock_days
from preau.booking.priority import refresh_standings
from preau.booking.queries.offer import Offer, Wish, offer_to_family
from preau.booking.queries.summary import count_days
from preau.booking.states import Move
from preau.booking.windows import (
    Asking,
    Window,
    blocks_of_family,
    faulty_weeks,
    may_ask_for_day,
    window_of_family,
)
from preau.core import clock, wording
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Child, Family


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


@dataclass(frozen=True, kw_only=True)
class _Act:
    """One submission: who, for whom, what, and when."""

    actor: User | None
    family: Family
    period: Period
    wishes: frozenset[Wish]
    seen_version: int
    channel: Channel
    together: bool
    only_with: frozenset[Wish]
    confirmed: bool
    now: datetime


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
    act = _Act(
        actor=actor,
        family=family,
        period=period,
        wishes=frozenset(wishes),
        seen_version=seen_version,
        channel=channel,
        together=together,
        only_with=frozenset(only_with),
        confirmed=confirmed,
        now=clock.now(),
    )
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


def _submit(act: _Act) -> Submission:
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
        if request and not window.is_open(act.now):
            # What is left is deleting: the terms stay as they were (S15).
            act = replace(act, together=request.together, only_with=_only_with(offer))
        reworded = _days_reworded(wanted, offer, act)
        together = request is not None and request.together != act.together
        changed = bool(added or dropped or reworded or together)
        if changed:
            _check_version(request, act.seen_version)
        late = _check_allowed(added, offer, window, act)
        if added or dropped:
            _check_weeks(wanted, offer, window, act)
        _check_confirmed(dropped, confirmed=act.confirmed)
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


def _days_touched(act: _Act) -> set[int]:
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


def _check_version(request: BookingRequest | None, seen: int) -> None:
    if (request.version if request else 0) != seen:
        raise StaleError(
            "Votre demande a changé depuis l’ouverture de cette page, sans doute dans un autre "
            "onglet. Rien n’a été envoyé : vos cases sont gardées ci-dessous, vérifiez-les."
        )


def _check_allowed(added: Iterable[Wish], offer: Offer, window: Window, act: _Act) -> set[int]:
    """Every added wish must be one the page offers, in time. Returns the days asked late.

    Raises the refusal otherwise.
    """
    added = list(added)
    if any(wish not in offer.offered for wish in added):
        raise ForgedError(
            "Cette demande contient un enfant, un jour ou un créneau que le centre ne propose "
            "pas. Rien n’a été envoyé."
        )
    if not added:
        return set()
    blocks = blocks_of_family(act.family)
    if blocks:
        raise BlockedError(
            f"Vous ne pouvez pas réserver pour le moment : {blocks[0].reason}. Rien n’a été "
            f"envoyé ; {_contact(act.period)}."
        )
    for wish in added:
        if wish in offer.elsewhere:
            raise AlreadyAskedError(
                f"Le {wording.day(offer.days[wish.day_id].on)} est déjà demandé pour cet enfant. "
                "Rien n’a été envoyé ; contactez le centre."
            )
    return _check_days({wish.day_id for wish in added}, offer, window, act)


def _check_days(day_ids: set[int], offer: Offer, window: Window, act: _Act) -> set[int]:
    period = act.period
    if not window.is_open(act.now) and period.late_policy == LatePolicy.REFUSE:
        raise WindowClosedError(
            f"Les demandes pour « {period} » ne sont pas ouvertes en ce moment. Rien n’a été "
            f"envoyé ; {_contact(period)}."
        )
    rule = parse_rule(period.booking_deadline)
    late = set()
    for day_id in sorted(day_ids):
        day = offer.days[day_id].on
        refused = first_refused(rule, day=day, period_start=period.starts_on)
        asking = may_ask_for_day(window, day, refused, act.now)
        if asking is Asking.REFUSED:
            raise WindowClosedError(
                f"La date limite pour le {wording.day(day)} est passée. Rien n’a été envoyé ; "
                f"{_contact(period)}."
            )
        if asking is Asking.LATE:
            late.add(day_id)
    return late


def _contact(period: Period) -> str:
    return f"contactez {period.centre.director_name}, {period.centre.phone}"


def _check_weeks(wanted: set[Wish], offer: Offer, window: Window, act: _Act) -> None:
    """The weeks this request touches must hold enough days. Raises `TooFewDaysError`."""
    children = {child.pk: child for child in offer.children}
    kept = {wish for wish in offer.fixed if offer.mine[wish].status in LIVE}

    def days(wishes: Iterable[Wish]) -> set[tuple[Child, date]]:
        return {(children[w.child_id], offer.days[w.day_id].on) for w in wishes if w.slot}

    faults = faulty_weeks(
        window,
        act.now,
        asked=days(wanted | kept),
        offered=days(offer.offered),
        days=offer.days.values(),
    )
    if faults:
        said = [
            f"{fault.child.first_name}, semaine du {wording.bare_day(fault.monday)} : "
            f"{fault.days} sur {fault.needed}"
            for fault in faults
        ]
        raise TooFewDaysError(
            f"Il manque des jours ({wording.listing(said)}). Rien n’a été envoyé : complétez ces "
            "semaines, ou décochez-les."
        )


def _check_confirmed(dropped: list[Booking], *, confirmed: bool) -> None:
    given_back = [line for line in dropped if line.status == Status.ACCEPTED]
    if given_back and not confirmed:
        said = [
            f"{line.child.first_name} {wording.short_day(line.on)} {line.what}"
            for line in given_back[:6]
        ]
        rest = len(given_back) - len(said)
        more = f" et {rest} autres" if rest else ""
        raise ConfirmationNeededError(
            f"Vous rendez ce qui était accepté : {', '.join(said)}{more}. Une place rendue peut "
            "être prise aussitôt par une autre famille. Confirmez en bas de la page, ou recochez."
        )


def _only_with(offer: Offer) -> frozenset[Wish]:
    return frozenset(wish for wish, line in offer.mine.items() if not line.keeps_day)


def _days_reworded(wanted: set[Wish], offer: Offer, act: _Act) -> list[Booking]:
    """Outings kept, still unanswered, whose "sans la sortie, garder la journée ?" has changed."""
    reworded = []
    for wish in sorted(wanted & offer.mine.keys(), key=Wish.sort_key):
        line, keeps = offer.mine[wish], wish not in act.only_with
        if line.outing_id and line.status == Status.PENDING and line.keeps_day != keeps:
            line.keeps_day = keeps
            line.version += 1
            reworded.append(line)
    return reworded


def _write_request(
    request: BookingRequest | None, offer: Offer, act: _Act, *, changed: bool
) -> BookingRequest:
    if request is None:
        return BookingRequest.objects.create(
            family=act.family,
            period=act.period,
            channel=act.channel,
            submitted_at=act.now,
            together=act.together,
        )
    if changed:
        request.version += 1
        request.together = act.together
        if not offer.mine:
            # Everything had been taken back: this is a new request, and says so.
            request.submitted_at, request.channel = act.now, act.channel
        request.save(update_fields=["version", "submitted_at", "channel", "together"])
    return request


def _withdraw(lines: list[Booking], act: _Act) -> None:
    for line in lines:
        move_line(line, Move.WITHDRAW).cancelled_as = CancelKind.BY_FAMILY
    save_moves(lines, Move.WITHDRAW, actor=act.actor, at=act.now)
    if act.period.offers_places:
        offer_freed_places({line.session_day_id for line in lines}, now=act.now)


def _add(
    wishes: Iterable[Wish], late: set[int], request: BookingRequest, offer: Offer, act: _Act
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
            asked_at=act.now,
            late=wish.day_id in late,
            keeps_day=wish not in act.only_with,
        )
        for wish in sorted(wishes, key=Wish.sort_key)
    ]
    answers = answer_at_once(lines, now=act.now) if act.period.decides_itself else {}
    Booking.objects.bulk_create(lines)
    record_moves(lines, Move.ASK, actor=act.actor, at=act.now)
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
