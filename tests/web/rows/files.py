"""Who may go where: addresses of the families’ files."""

from __future__ import annotations

from tests.web.rows.vocabulary import (
    ADMINISTRATION,
    BACK,
    CLOSED,
    FILED,
    FILES,
    LEAVES,
    NO,
    NOT_POSTED,
    OFFICE,
    REFUSED,
    SIGN_IN,
    STAFF,
    Row,
    alone,
    and_accountant,
    for_both,
    instead,
)

# Not the administrator: health is for those who look after the children.
HEALTH = (
    (SIGN_IN, NO, NO, 200, NO, NO, NO, NO, NO),
    (SIGN_IN, NO, NO, NO, 200, NO, NO, NO, NO),
)

ROWS: dict[str, dict[str, Row]] = {
    "office:new_family": alone(STAFF, instead(STAFF, 422)),
    "office:change_family": for_both(lambda it: it.family, OFFICE, REFUSED),
    "office:new_child": for_both(lambda it: it.family, OFFICE, REFUSED),
    "office:new_guardian": for_both(lambda it: it.family, OFFICE, REFUSED),
    "office:child": for_both(lambda it: it.child, OFFICE, REFUSED),
    "office:change_care": for_both(lambda it: it.child, CLOSED, BACK),
    "office:health": for_both(lambda it: it.child, HEALTH, HEALTH),
    "office:proposals": alone(STAFF),
    "office:answer_proposal": for_both(lambda it: it.proposal, CLOSED, BACK),
    "office:enrol": for_both(lambda it: it.child, CLOSED, REFUSED),
    "office:end_enrolment": for_both(lambda it: it.enrolment, CLOSED, BACK),
    "office:guardian": for_both(lambda it: it.guardian, OFFICE, REFUSED),
    "office:guardian_email": for_both(lambda it: it.guardian, OFFICE, REFUSED),
    "office:send_access": for_both(lambda it: it.guardian, CLOSED, BACK),
    "office:bar_guardian": for_both(lambda it: it.guardianship, OFFICE, REFUSED),
    "office:lift_bar": for_both(lambda it: it.guardianship, CLOSED, BACK),
    "office:reset_factor": for_both(
        lambda it: it.user, (ADMINISTRATION,) * 2, (instead(ADMINISTRATION, LEAVES),) * 2
    ),
    "office:situation": for_both(
        lambda it: it.family,
        (NOT_POSTED, NOT_POSTED),
        (instead(FILES[0], LEAVES), instead(FILES[1], LEAVES)),
    ),
    "office:quotient": for_both(lambda it: it.family, CLOSED, FILED),
    "office:families": alone(and_accountant(STAFF)),
    "office:family": for_both(lambda it: it.family, FILES),
}
