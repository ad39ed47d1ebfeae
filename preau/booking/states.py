"""The life of a line as a table: what is not written here cannot happen.

A state is what the family reads (`status`) and what is still pending on it: while "à traiter", the
director's draft; while waiting, a place that was offered. The same table makes the database
trigger, the checks of the actions and their tests.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from preau.booking.enums import OFFERED, Decision, Status


class State(NamedTuple):
    """`draft` is `""` where nothing is pending on the line."""

    status: Status
    draft: Decision | str = ""


class Move(StrEnum):
    """What can be done to a line."""

    ASK = "ask"
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REFUSE = "refuse"
    REOPEN = "reopen"
    TELL = "tell"
    ADMIT = "admit"
    QUEUE = "queue"
    OFFER = "offer"
    CONFIRM = "confirm"
    EXPIRE = "expire"
    CORRECT_ACCEPT = "correct_acc"
    CORRECT_WAITLIST = "correct_wait"
    CORRECT_REFUSE = "correct_ref"
    SHIFT = "shift"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"


NEW = State(Status.PENDING)
ACCEPTED = State(Status.ACCEPTED)
WAITING = State(Status.WAITLISTED)
REFUSED = State(Status.REFUSED)
PLACE_OFFERED = State(Status.WAITLISTED, OFFERED)
CANCELLED = State(Status.CANCELLED)

_DRAFTS = [State(Status.PENDING, decision) for decision in Decision]
_UNTOLD = [NEW, *_DRAFTS]
_LIVE = [*_UNTOLD, ACCEPTED, WAITING, PLACE_OFFERED]

MOVES: dict[Move, dict[State, State]] = {
    # The director prepares an answer, changes it, takes it back, tells it (S16, B21).
    Move.ACCEPT: dict.fromkeys(_UNTOLD, State(Status.PENDING, Decision.ACCEPTED)),
    Move.WAITLIST: dict.fromkeys(_UNTOLD, State(Status.PENDING, Decision.WAITLISTED)),
    Move.REFUSE: dict.fromkeys(_UNTOLD, State(Status.PENDING, Decision.REFUSED)),
    Move.REOPEN: dict.fromkeys(_DRAFTS, NEW),
    Move.TELL: {state: State(Status(state.draft)) for state in _DRAFTS},
    # A first-come period answers by itself (B4).
    Move.ADMIT: {NEW: ACCEPTED},
    Move.QUEUE: {NEW: WAITING},
    # A place freed is offered, then confirmed, or passed on (B5).
    Move.OFFER: {WAITING: PLACE_OFFERED},
    Move.CONFIRM: {PLACE_OFFERED: ACCEPTED},
    Move.EXPIRE: {PLACE_OFFERED: WAITING},
    # A wrong answer already told is corrected (daily life 2).
    Move.CORRECT_ACCEPT: dict.fromkeys([WAITING, REFUSED], ACCEPTED),
    Move.CORRECT_WAITLIST: dict.fromkeys([ACCEPTED, REFUSED], WAITING),
    Move.CORRECT_REFUSE: dict.fromkeys([ACCEPTED, WAITING], REFUSED),
    # The director puts it on another day, slot or group; its answer and its rank stay (S18).
    Move.SHIFT: {state: state for state in [*_UNTOLD, ACCEPTED, WAITING]},
    # The family takes back what it asked for; the centre cancels (S15, S18, daily life 1).
    Move.WITHDRAW: dict.fromkeys(_LIVE, CANCELLED),
    Move.CANCEL: dict.fromkeys(_LIVE, CANCELLED),
}

MOVE_OF_DECISION = {
    Decision.ACCEPTED: Move.ACCEPT,
    Decision.WAITLISTED: Move.WAITLIST,
    Decision.REFUSED: Move.REFUSE,
}

MOVE_OF_CORRECTION = {
    Decision.ACCEPTED: Move.CORRECT_ACCEPT,
    Decision.WAITLISTED: Move.CORRECT_WAITLIST,
    Decision.REFUSED: Move.CORRECT_REFUSE,
}

STATUS_CHANGES = sorted(
    {
        (before.status.value, after.status.value)
        for table in MOVES.values()
        for before, after in table.items()
        if before.status != after.status
    }
)


class ForbiddenMoveError(RuntimeError):
    """The program tried a move that is not in the table: a fault of ours."""


def can_move(move: Move, state: State) -> bool:
    """Whether the table has this move from this state."""
    return state in MOVES[move]


def after(move: Move, state: State) -> State:
    """The state that `move` leads to. Raises `ForbiddenMoveError` when the table has none."""
    try:
        return MOVES[move][state]
    except KeyError:
        raise ForbiddenMoveError(f"{move} is not possible from {state}") from None
