"""How a row of rights is written: who gets what at one address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.web.people import Objects

SIGN_IN = 302  # towards the sign-in page
LEAVES = 302  # towards another page of ours
NO = 404
WRONG = 405

Answers = tuple[int, int, int, int, int, int, int, int, int]
"""In the order of `ROLES`."""

EVERYBODY: Answers = (200,) * 9
NOT_POSTED: Answers = (WRONG,) * 9
FAMILIES: Answers = (SIGN_IN, 200, 200, *(NO,) * 6)
FAMILY_A: Answers = (SIGN_IN, 200, *(NO,) * 7)
FAMILY_B: Answers = (SIGN_IN, NO, 200, *(NO,) * 6)
ALL_STAFF: Answers = (SIGN_IN, NO, NO, 200, 200, 200, 200, 200, NO)
STAFF: Answers = (SIGN_IN, NO, NO, 200, 200, 200, NO, NO, NO)
TILLEULS: Answers = (SIGN_IN, NO, NO, 200, NO, 200, NO, NO, NO)
ADMINISTRATION: Answers = (SIGN_IN, *(NO,) * 4, 200, *(NO,) * 3)
PLATANES: Answers = (SIGN_IN, NO, NO, NO, 200, 200, NO, NO, NO)


def and_accountant(answers: Answers) -> Answers:
    """The accountant gets what the administrator gets."""
    return (*answers[:6], answers[5], *answers[7:])


def instead(answers: Answers, found: int) -> Answers:
    """The same people get in, and get another answer."""
    return tuple(found if answer == 200 else answer for answer in answers)  # type: ignore[return-value]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What each role gets at one address: reading, then posting an empty form."""

    read: Answers
    post: Answers = NOT_POSTED
    number: Callable[[Objects], object] | None = None


def for_both(
    number: Callable[[Objects], object],
    read: tuple[Answers, Answers],
    post: tuple[Answers, Answers] = (NOT_POSTED, NOT_POSTED),
) -> dict[str, Row]:
    """An address with a number: of Les Tilleuls or Exemple, then of Les Platanes or Ailleurs."""
    sides = ("Tilleuls", "Platanes")
    return {side: Row(read=read[n], post=post[n], number=number) for n, side in enumerate(sides)}


def alone(read: Answers, post: Answers = NOT_POSTED) -> dict[str, Row]:
    """An address without a number."""
    return {"": Row(read=read, post=post)}


OFFICE = (TILLEULS, PLATANES)
PRICED = and_accountant(STAFF)
FILES = (and_accountant(TILLEULS), and_accountant(PLATANES))
CLOSED = (NOT_POSTED, NOT_POSTED)
FILED = (instead(FILES[0], LEAVES), instead(FILES[1], LEAVES))
INVALID = (instead(FILES[0], 422), instead(FILES[1], 422))
BACK = (instead(TILLEULS, LEAVES), instead(PLATANES, LEAVES))
REFUSED = (instead(TILLEULS, 422), instead(PLATANES, 422))
REGISTERS = ((SIGN_IN, NO, NO, 200, NO, 200, NO, 200, NO), PLATANES)
UNREAD = (instead(REGISTERS[0], 400), instead(PLATANES, 400))
