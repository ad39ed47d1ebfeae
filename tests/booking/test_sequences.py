"""Whatever families and directors do, in whatever order, five things stay true."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.activities.enums import BookingMode, Slot
from preau.activities.models import Period
from preau.booking.actions.correct import cancel_lines, correct_lines
from preau.booking.actions.decide import Outcome, decide_lines
from preau.booking.actions.move import Target, shift_lines
from preau.booking.actions.offer import answer_offer, expire_offers, offer_places
from preau.booking.actions.propose import propose_all
from preau.booking.actions.submit import enter_request, withdraw_request
from preau.booking.enums import LIVE, OFFERED, CancelKind, Channel, Decision, Status
from preau.booking.models import TURN, Booking, BookingEvent, BookingRequest, Cell
from preau.booking.places import free_places
from preau.booking.states import NEW, Move, after
from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.models import User
from preau.messaging.models import Mail
from tests.factories import NOW, Cast, Household, ask, only_places, open_days, tell, wishes_for

SLOTS = (Slot.MORNING, Slot.AFTERNOON)
REASON = "pour cette raison"
Step = tuple[int, int, int, int]
# Who waits, in order: for which slot, whether they let an offer pass, since when.
Queue = dict[int, tuple[Cell, bool, datetime]]


def chosen[T](among: Sequence[T], bits: int) -> list[T]:
    """Some of these, told by the bits of a number."""
    return [one for place, one in enumerate(among) if bits >> place & 1]


@dataclass
class Play:
    """A centre during some days. Each act takes two numbers that say who and what."""

    cast: Cast
    now: datetime = NOW
    exceeding: bool = False

    @property
    def period(self) -> Period:
        return self.cast.hiver

    def seen(self, bits: int, **which: object) -> dict[int, int]:
        """Most lines as they are on a director's screen; now and then an old one."""
        lines = Booking.objects.filter(request__period=self.period, **which).order_by("pk")
        picked = chosen(list(lines.values_list("pk", "version"))[-32:], bits * 0x10001 | bits >> 3)
        return {pk: version - (bits % 11 == 7) for pk, version in picked}

    def send(self, who: int, what: int) -> object:
        """A family ticks what it likes, for one child or another, on two days."""
        household = self.families()[who % 5]
        every = [
            wish
            for child in household.children
            for wish in sorted(wishes_for(child, open_days(self.period)[:2], SLOTS))
        ]
        return ask(household, self.period, wishes=set(chosen(every, what)), confirmed=bool(who & 8))

    def enter(self, who: int, what: int) -> object:
        """A paper that was in the letter box for some days."""
        household = self.families()[who % 5]
        own = BookingRequest.objects.filter(family=household.family, period=self.period).first()
        return enter_request(
            actor=self.cast.camille,
            family=household.family,
            period=self.period,
            wishes=wishes_for(household.child, chosen(open_days(self.period)[:2], what), SLOTS),
            seen_version=own.version if own else 0,
            channel=Channel.PAPER,
            asked_at=self.now - timedelta(hours=what % 90),
        )

    def take_back(self, who: int, what: int) -> object:
        household = self.families()[who % 5]
        request = BookingRequest.objects.filter(family=household.family).first()
        return request and withdraw_request(actor=self.cast.camille, request=request)

    def decide(self, who: int, what: int) -> Outcome:
        self.exceeding = who % 5 == 4
        return decide_lines(
            actor=self.director(who),
            period=self.period,
            seen=self.seen(what, status=Status.PENDING),
            decision=(*Decision, None)[who % 4],
            reason=REASON,
            beyond_capacity=self.exceeding,
        )

    def propose(self, who: int, what: int) -> object:
        return propose_all(actor=self.director(who), period=self.period)

    def tell(self, who: int, what: int) -> object:
        return tell(self.director(who), self.period)

    def correct(self, who: int, what: int) -> Outcome:
        self.exceeding = who % 5 == 4
        return correct_lines(
            actor=self.director(who),
            period=self.period,
            seen=self.seen(what),
            decision=tuple(Decision)[who % 3],
            reason=REASON,
            beyond_capacity=self.exceeding,
        )

    def cancel(self, who: int, what: int) -> Outcome:
        return cancel_lines(
            actor=self.director(who),
            period=self.period,
            seen=self.seen(what),
            kind=CancelKind.LATE,
            reason=REASON,
        )

    def shift(self, who: int, what: int) -> Outcome:
        self.exceeding = who % 5 == 4
        return shift_lines(
            actor=self.director(who),
            period=self.period,
            seen=self.seen(1 << what % 16),
            to=Target(day_id=open_days(self.period)[who % 2].pk),
            reason=REASON,
            beyond_capacity=self.exceeding,
        )

    def offer(self, who: int, what: int) -> Outcome:
        seen = self.seen(what, status=Status.WAITLISTED)
        return offer_places(actor=self.director(who), period=self.period, seen=seen)

    def answer(self, who: int, what: int) -> object:
        """The family answers an offer, perhaps one that was another's."""
        offers = list(Booking.objects.filter(draft=OFFERED).order_by("pk"))
        if not offers:
            return None
        line = offers[what % len(offers)]
        return answer_offer(
            actor=self.cast.camille,
            family=line.request.family,
            line_id=line.pk,
            takes=bool(who & 1),
        )

    def wait(self, who: int, what: int) -> object:
        """Hours pass, and the worker does its round."""
        self.now += timedelta(hours=who)
        with clock.pinned(self.now):
            return expire_offers()

    def director(self, who: int) -> User:
        return (self.cast.camille, self.cast.house.sacha)[who % 2]

    def families(self) -> list[Household]:
        return [*self.cast.at_tilleuls, self.cast.sud]


ACTS: tuple[Callable[[Play, int, int], object], ...] = (
    Play.send,
    Play.decide,
    Play.decide,
    Play.propose,
    Play.tell,
    Play.tell,
    Play.correct,
    Play.cancel,
    Play.shift,
    Play.offer,
    Play.offer,
    Play.answer,
    Play.answer,
    Play.wait,
    Play.wait,
    Play.enter,
    Play.take_back,
)


def over_capacity(period: Period) -> Counter[Cell]:
    """By how many places each slot is exceeded."""
    free = free_places(period.days.values_list("pk", flat=True))
    return Counter({cell: -number for cell, number in free.items() if number < 0})


def waiting_order(period: Period) -> Queue:
    """Lines that wait, in the order in which they will be served."""
    lines = Booking.objects.filter(request__period=period, status=Status.WAITLISTED)
    return {line.pk: (line.cell, line.passed_over, line.asked_at) for line in lines.order_by(*TURN)}


def check_order(before: Queue, now: Queue) -> None:
    """Two who waited for one slot and still do stand as they stood, but who let an offer pass."""
    stayed = {pk for pk in before.keys() & now.keys() if before[pk][:2] == now[pk][:2]}
    for cell in {now[pk][0] for pk in stayed}:
        stood, stand = (
            [pk for pk in each if pk in stayed and each[pk][0] == cell] for each in (before, now)
        )
        assert stood == stand, "somebody overtook"
    for pk in before.keys() & now.keys():
        assert before[pk][2] == now[pk][2], "the time of asking moved"


def check_once(lines: Iterable[Booking]) -> None:
    """One active line a child, day and slot; one offer at most among them."""
    taken = Counter((line.child_id, line.on, line.slot) for line in lines if line.status in LIVE)
    assert set(taken.values()) <= {1}


def check_history(lines: Collection[Booking]) -> None:
    """Each line's history, played again by the table, leads to where it stands.

    A place is offered again only once the first offer has ended: answered, expired or corrected.
    """
    told: dict[int, list[BookingEvent]] = defaultdict(list)
    for event in BookingEvent.objects.filter(booking__in=lines).order_by("at", "pk"):
        told[event.booking_id].append(event)
    for line in lines:
        first, *rest = sorted(told[line.pk], key=lambda event: event.pk)
        assert first.move == Move.ASK
        state = NEW
        for event in rest:
            state = after(Move(event.move), state)
            assert (state.status, state.draft) == (event.status, event.draft)
        assert state == line.state
        for one, other in pairwise(rest):
            offered = one.draft == OFFERED
            assert not (offered and other.move == Move.OFFER), "offered twice at once"


def play_step(play: Play, step: Step) -> None:
    """One act, and what must be true after it."""
    act, who, what, minutes = step
    play.now += timedelta(minutes=minutes)
    play.exceeding = False
    before, order = over_capacity(play.period), waiting_order(play.period)
    with clock.pinned(play.now), suppress(RefusedError):
        ACTS[act](play, who, what)
    lines = list(Booking.objects.filter(request__period=play.period))
    over = over_capacity(play.period)
    if not play.exceeding:
        assert not +(over - before), "a place was given that does not exist"
    check_once(lines)
    check_order(order, waiting_order(play.period))


STEP = st.tuples(
    st.integers(0, len(ACTS) - 1), st.integers(0, 63), st.integers(1, 0xFFFF), st.integers(0, 90)
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    begin=st.lists(st.integers(0x55, 0xFFFF), min_size=5, max_size=5),
    steps=st.lists(STEP, min_size=8, max_size=18),
    first_come=st.booleans(),
    by_itself=st.booleans(),
    withdraws=st.booleans(),
    places=st.integers(1, 3),
)
def test_no_sequence_of_acts_breaks_the_house(
    cast: Cast,
    begin: list[int],
    steps: list[Step],
    places: int,
    *,
    first_come: bool,
    by_itself: bool,
    withdraws: bool,
) -> None:
    with transaction.atomic():
        Period.objects.filter(pk=cast.hiver.pk).update(
            mode=BookingMode.FIRST_COME if first_come else BookingMode.REVIEWED,
            offers_places=by_itself,
            allows_withdrawal=withdraws,
        )
        only_places(cast.hiver, places)
        cast.hiver.refresh_from_db()
        play = Play(cast)
        sending = [(0, who, what, 1) for who, what in enumerate(begin)]
        for step in sending + steps:
            play_step(play, step)
        check_history(list(Booking.objects.all()))
        offers = BookingEvent.objects.filter(move=Move.OFFER).count()
        assert Mail.objects.filter(event_key__startswith="place_offered:").count() <= offers
        transaction.set_rollback(True)
