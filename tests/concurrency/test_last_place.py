"""Two directors accept the last place at once: one succeeds, the other is told (habits 3 and 4)."""

from __future__ import annotations

import random

import pytest

from preau.activities.enums import Slot
from preau.activities.models import SessionDay
from preau.booking.actions.decide import Outcome
from preau.booking.actions.submit import Submission
from preau.booking.actions.tell import readiness_of_period, validate_decisions
from preau.booking.enums import Decision, Status
from preau.booking.models import Booking, BookingEvent, Sending
from preau.core.errors import RefusedError, StaleError
from preau.messaging.models import Mail
from tests.factories import Cast, ask, decide, lines_of, only_places, open_days
from tests.kit.together import Meeting, meet_after, together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = [Slot.MORNING]


def two_directors_accept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """Camille accepts Zoé, Sacha accepts Léa; both count the places before either writes."""
    ask(cast.exemple, cast.hiver, slots=MORNING)
    ask(cast.martin, cast.hiver, slots=MORNING)
    only_places(cast.hiver, 1)
    meet_after(monkeypatch, "preau.booking.actions.decide.free_places", Meeting())
    zoe, lea = lines_of(cast.exemple), lines_of(cast.martin)
    return together(
        lambda: decide(cast.camille, cast.hiver, zoe),
        lambda: decide(cast.house.sacha, cast.hiver, lea),
    )


def held() -> int:
    return Booking.objects.filter(holds_place=True).count()


def test_without_the_lock_the_last_place_is_given_twice(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race is real: this is what the lock of the days prevents."""
    without_locks(monkeypatch, SessionDay)
    outcomes = two_directors_accept(committed_cast, monkeypatch)
    assert [len(outcome.decided) for outcome in outcomes] == [1, 1]
    assert held() == 2


def test_the_last_place_is_given_once_and_the_other_director_is_told(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = two_directors_accept(committed_cast, monkeypatch)
    assert sorted(len(outcome.decided) for outcome in outcomes) == [0, 1]
    assert sorted(len(outcome.full) for outcome in outcomes) == [0, 1]
    assert held() == 1
    assert BookingEvent.objects.filter(move="accept").count() == 1


def test_two_directors_answer_one_line_and_the_second_is_told(committed_cast: Cast) -> None:
    cast = committed_cast
    ask(cast.exemple, cast.hiver, slots=MORNING)
    lines = lines_of(cast.exemple)
    outcomes = together(
        lambda: decide(cast.camille, cast.hiver, lines),
        lambda: decide(cast.house.sacha, cast.hiver, lines, Decision.WAITLISTED),
    )
    assert sorted(len(outcome.decided) for outcome in outcomes) == [0, 1]
    assert sorted(len(outcome.changed) for outcome in outcomes) == [0, 1]
    (line,) = lines_of(cast.exemple)
    winner = Decision.ACCEPTED if outcomes[0].decided else Decision.WAITLISTED
    assert (line.draft, line.version) == (winner, 2)


def test_directors_who_take_many_lines_at_once_never_block_each_other(
    committed_cast: Cast,
) -> None:
    """Days are locked in one order, so nobody holds what the other waits for."""
    cast = committed_cast
    for household in cast.at_tilleuls:
        ask(household, cast.hiver, days=open_days(cast.hiver))
    only_places(cast.hiver, 2)
    lines = list(Booking.objects.all())
    dice = random.Random(1)
    hands = [dice.sample(lines, len(lines) // 2) for _ in range(4)]
    outcomes = together(
        *(lambda hand=hand: decide(cast.camille, cast.hiver, hand) for hand in hands)
    )
    assert all(isinstance(outcome, Outcome) for outcome in outcomes), outcomes
    taken = Booking.objects.filter(holds_place=True).values_list("session_day", "slot")
    counts = {cell: list(taken).count(cell) for cell in taken}
    assert max(counts.values()) == 2
    assert sum(len(outcome.decided) for outcome in outcomes) == held()


def test_a_line_accepted_while_the_family_gives_it_up_frees_its_place(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = committed_cast
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[monday, tuesday], slots=MORNING)
    lines = lines_of(cast.exemple)
    meet_after(monkeypatch, "preau.booking.actions.decide.free_places", Meeting(1))
    decided, sent = together(
        lambda: decide(cast.camille, cast.hiver, lines),
        lambda: ask(cast.exemple, cast.hiver, days=[monday], slots=MORNING),
    )
    assert isinstance(sent, Submission)
    given_up = Booking.objects.get(session_day=tuesday)
    assert given_up.status == Status.CANCELLED
    assert not given_up.holds_place
    assert len(decided.decided) + len(decided.changed) == 2


def validate_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Sending | Exception]:
    """Both have seen the same confirmation page, and both find the families ready."""
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    shown = readiness_of_period(cast.hiver).fingerprint
    meet_after(monkeypatch, "preau.booking.actions.tell._ready", Meeting())
    return together(
        *(
            lambda who=who: validate_decisions(actor=who, period=cast.hiver, fingerprint=shown)
            for who in (cast.camille, cast.house.sacha)
        )
    )


def test_validating_twice_at_once_sends_once(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = validate_twice(committed_cast, monkeypatch)
    assert [type(r) for r in results].count(Sending) == 1
    assert [type(r) for r in results].count(StaleError) == 1
    assert (Sending.objects.count(), Mail.objects.count()) == (1, 1)
    assert BookingEvent.objects.filter(move="tell").count() == 3


def test_without_the_lock_both_would_have_sent(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(monkeypatch, Booking)
    validate_twice(committed_cast, monkeypatch)
    assert Sending.objects.count() == 2


def test_a_person_kept_waiting_too_long_is_asked_to_try_again(
    committed_cast: Cast, impatient: None
) -> None:
    """A colleague’s long transaction: a sentence after the lock’s time limit, nothing written."""
    cast = committed_cast
    ask(cast.exemple, cast.hiver)
    lines = lines_of(cast.exemple)
    holding = Meeting(2, 10)
    released = Meeting(2, 10)

    def colleague() -> None:
        from django.db import transaction

        with transaction.atomic():
            list(SessionDay.objects.select_for_update())
            holding.wait()
            released.wait()

    def director() -> Outcome:
        holding.wait()
        try:
            return decide(cast.camille, cast.hiver, lines)
        finally:
            released.wait()

    _, refusal = together(colleague, director)
    assert isinstance(refusal, RefusedError)
    assert "réessayez dans quelques secondes" in str(refusal)
    assert held() == 0
