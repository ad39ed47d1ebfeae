"""The life of a line: every move of the table happens, and nothing else does."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import product

import pytest
from django.db import ProgrammingError, connection, transaction

from preau.activities.enums import Slot
from preau.booking.actions.correct import cancel_lines, correct_lines
from preau.booking.actions.move import Target, shift_lines
from preau.booking.actions.offer import answer_offer, expire_offers, offer_places
from preau.booking.actions.submit import withdraw_request
from preau.booking.actions.tell import readiness_of_period
from preau.booking.enums import CancelKind, Decision, Status
from preau.booking.history import move_line
from preau.booking.models import Booking
from preau.booking.states import (
    MOVE_OF_CORRECTION,
    MOVES,
    NEW,
    PLACE_OFFERED,
    STATUS_CHANGES,
    ForbiddenMoveError,
    Move,
    State,
    after,
)
from preau.core.clock import pinned
from preau.core.errors import RefusedError
from tests.factories import NOW, Cast, ask, decide, lines_of, tell

UNTOLD = [NEW, *(State(Status.PENDING, decision) for decision in Decision)]
TOLD = [State(Status(decision.value)) for decision in Decision]
TOLD_STATUSES = [state.status for state in TOLD]
STATES = [*UNTOLD, *TOLD, PLACE_OFFERED, State(Status.CANCELLED)]
# A first-come period makes these two as it writes the line: see test_first_come.
ACTED = [move for move in Move if move not in {Move.ASK, Move.ADMIT, Move.QUEUE}]
DECISIONS = {
    Move.ACCEPT: Decision.ACCEPTED,
    Move.WAITLIST: Decision.WAITLISTED,
    Move.REFUSE: Decision.REFUSED,
    Move.REOPEN: None,
}
CORRECTIONS = {move: decision for decision, move in MOVE_OF_CORRECTION.items()}


def name(value: object) -> str:
    return "-".join(value) if isinstance(value, State) else str(value)


def line_in(cast: Cast, state: State) -> Booking:
    """One line of the first family that came to `state` by the real actions."""
    ask(cast.exemple, cast.hiver, slots=[Slot.MORNING])
    (line,) = lines_of(cast.exemple)
    told = state in [*TOLD, PLACE_OFFERED]
    answer = state.status if told else state.draft
    if answer:
        decide(cast.camille, cast.hiver, [line], Decision(answer), reason="complet")
    if told:
        tell(cast.camille, cast.hiver)
    if state == PLACE_OFFERED:
        line.refresh_from_db()
        offer_places(actor=cast.camille, period=cast.hiver, seen={line.pk: line.version})
    if state.status == Status.CANCELLED:
        withdraw_request(actor=cast.house.camille, request=line.request)
    line.refresh_from_db()
    assert line.state == state
    return line


def act(cast: Cast, move: Move, line: Booking) -> None:
    """What a person would do to make this move."""
    if move in DECISIONS:
        decide(cast.camille, cast.hiver, [line], DECISIONS[move], reason="autre motif")
    elif move is Move.WITHDRAW:
        give_back_everything(cast)
    elif move in {Move.OFFER, Move.CONFIRM, Move.EXPIRE}:
        pass_place_on(cast, move, line)
    elif move is Move.CANCEL:
        cancel_lines(
            actor=cast.camille,
            period=cast.hiver,
            seen={line.pk: line.version},
            kind=CancelKind.LATE,
            reason="neige",
        )
    elif move is Move.SHIFT:
        shift_lines(
            actor=cast.camille,
            period=cast.hiver,
            seen={line.pk: line.version},
            to=Target(slot=Slot.AFTERNOON),
            reason="rendez-vous le matin",
        )
    elif move in CORRECTIONS:
        correct_lines(
            actor=cast.camille,
            period=cast.hiver,
            seen={line.pk: line.version},
            decision=CORRECTIONS[move],
            reason="neige",
        )
    elif readiness_of_period(cast.hiver).families:
        tell(cast.camille, cast.hiver)
    else:
        with pytest.raises(RefusedError):
            tell(cast.camille, cast.hiver)


def give_back_everything(cast: Cast) -> None:
    """What a family does where the period lets it cancel alone (B6)."""
    cast.hiver.allows_withdrawal = True
    cast.hiver.save()
    ask(cast.exemple, cast.hiver, days=[], confirmed=True)


def pass_place_on(cast: Cast, move: Move, line: Booking) -> None:
    if move is Move.OFFER:
        offer_places(actor=cast.camille, period=cast.hiver, seen={line.pk: line.version})
    elif move is Move.EXPIRE:
        with pinned(NOW + timedelta(days=3)):
            expire_offers()
    else:
        with suppress(RefusedError):
            answer_offer(
                actor=cast.camille, family=cast.exemple.family, line_id=line.pk, takes=True
            )


@pytest.mark.parametrize(("move", "state"), [*product(ACTED, STATES)], ids=name)
def test_an_action_moves_a_line_as_the_table_says_or_leaves_it(
    cast: Cast, move: Move, state: State
) -> None:
    line = line_in(cast, state)
    version = line.version
    act(cast, move, line)
    line.refresh_from_db()
    expected = MOVES[move].get(state, state)
    assert line.state == expected
    assert (line.version > version) == (state in MOVES[move])


@pytest.mark.parametrize(("move", "state"), [*product(Move, STATES)], ids=name)
def test_a_move_that_is_not_in_the_table_is_a_fault_of_the_program(
    move: Move, state: State
) -> None:
    if state in MOVES.get(move, {}):
        assert after(move, state) == MOVES[move][state]
    else:
        with pytest.raises(ForbiddenMoveError):
            after(move, state)


def test_a_forbidden_move_leaves_the_line_as_it_was() -> None:
    line = Booking(status=Status.CANCELLED, version=4)
    with pytest.raises(ForbiddenMoveError):
        move_line(line, Move.ACCEPT)
    assert (line.status, line.draft, line.version) == (Status.CANCELLED, "", 4)


def test_the_table_is_the_one_of_the_manual() -> None:
    """A draft can always change, an answer only by a correction, a cancelled line never."""
    assert not any(State(Status.CANCELLED) in table for table in MOVES.values())
    for move in (Move.ACCEPT, Move.WAITLIST, Move.REFUSE):
        assert set(MOVES[move]) == set(UNTOLD)
    for move in CORRECTIONS:
        assert set(MOVES[move]) <= set(TOLD)
    assert MOVES[Move.TELL] == dict(zip(UNTOLD[1:], TOLD, strict=True))
    assert set(MOVES[Move.REOPEN].values()) == {NEW}


@pytest.mark.parametrize(("before", "later"), [*product(Status, Status)], ids=str)
def test_the_database_refuses_a_status_that_no_move_leads_to(
    cast: Cast, before: Status, later: Status
) -> None:
    """Whoever writes, even by hand in SQL, cannot unsay an answer."""
    state = State(before)
    line = line_in(cast, state)
    told = later in TOLD_STATUSES
    query = (
        "UPDATE booking_booking SET status = %s, told_at = CASE WHEN %s THEN now() END, "
        "cancelled_as = CASE WHEN %s THEN 'by_family' ELSE '' END, "
    )
    cancelled = later is Status.CANCELLED
    arguments: list[str | bool | int] = [later.value, told, cancelled, line.pk]
    if before == later or (before.value, later.value) in STATUS_CHANGES:
        with connection.cursor() as cursor:
            cursor.execute(query + "draft = '' WHERE id = %s", arguments)
            assert cursor.rowcount == 1
        return
    with (
        pytest.raises(ProgrammingError, match="Invalid transition"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(query + "draft = '' WHERE id = %s", arguments)
    line.refresh_from_db()
    assert line.state == state
