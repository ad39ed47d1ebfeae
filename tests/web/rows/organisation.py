"""Who may go where: settings of the organisation, its team and the trace."""

from __future__ import annotations

from collections.abc import Callable

from tests.web.people import Objects
from tests.web.rows.vocabulary import (
    LEAVES,
    NO,
    NOT_POSTED,
    SIGN_IN,
    Answers,
    Row,
    alone,
    instead,
)

ADMINISTRATOR: Answers = (SIGN_IN, NO, NO, NO, NO, 200, NO, NO, NO)
_INVALID, _BACK = instead(ADMINISTRATOR, 422), instead(ADMINISTRATOR, LEAVES)


def _one(
    number: Callable[[Objects], object],
    post: Answers = NOT_POSTED,
    read: Answers = ADMINISTRATOR,
) -> dict[str, Row]:
    return {"": Row(read=read, post=post, number=number)}


ROWS: dict[str, dict[str, Row]] = {
    "office:organisation": alone(ADMINISTRATOR, _INVALID),
    "office:centres": alone(ADMINISTRATOR),
    "office:new_centre": alone(ADMINISTRATOR, _INVALID),
    "office:centre": _one(lambda it: it.centre, _INVALID),
    "office:new_group": _one(lambda it: it.centre, _INVALID, NOT_POSTED),
    "office:group": _one(lambda it: it.group, _INVALID),
    "office:staff": alone(ADMINISTRATOR),
    "office:new_staff": alone(ADMINISTRATOR, _INVALID),
    "office:member": _one(lambda it: it.member, _INVALID),
    "office:member_access": _one(lambda it: it.member, _BACK, NOT_POSTED),
    "office:take_role": _one(lambda it: it.role, _BACK, NOT_POSTED),
    "office:legal": alone(ADMINISTRATOR, _INVALID),
    "office:erasures": alone(ADMINISTRATOR),
    "office:answer_erasure": _one(lambda it: it.erasure, _BACK, NOT_POSTED),
    "office:trace": alone(ADMINISTRATOR),
}
