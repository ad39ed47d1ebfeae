"""Who may go where: addresses of the register and of absences."""

from __future__ import annotations

from tests.web.rows.vocabulary import (
    NO,
    NOT_POSTED,
    OFFICE,
    PLATANES,
    REFUSED,
    REGISTERS,
    SIGN_IN,
    STAFF,
    TILLEULS,
    UNREAD,
    Row,
    alone,
    for_both,
    instead,
)

ROWS: dict[str, dict[str, Row]] = {
    "office:register_days": alone((SIGN_IN, NO, NO, 200, 200, 200, NO, 200, NO)),
    "office:register": for_both(lambda it: it.day, REGISTERS, UNREAD),
    "office:touches": for_both(lambda it: it.day, (NOT_POSTED, NOT_POSTED), UNREAD),
    "office:register_state": for_both(lambda it: it.day, REGISTERS),
    "office:newcomer": for_both(lambda it: it.day, REGISTERS, UNREAD),
    "office:register_pdf": for_both(lambda it: it.day, REGISTERS),
    "office:trip_pdf": for_both(lambda it: it.outing, REGISTERS),
    "office:excuse": for_both(lambda it: it.attended, OFFICE, REFUSED),
    "office:care_notes": for_both(lambda it: it.attended, REGISTERS, REGISTERS),
    "office:absences": alone(STAFF),
    "office:certificate": for_both(
        lambda it: it.certificate, OFFICE, (instead(TILLEULS, 400), instead(PLATANES, 400))
    ),
    "office:certificate_paper": for_both(lambda it: it.certificate, OFFICE),
}
