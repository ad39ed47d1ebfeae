"""Who may go where: addresses of invoices, accounts and attestations."""

from __future__ import annotations

from tests.web.rows.vocabulary import (
    CLOSED,
    FILED,
    FILES,
    INVALID,
    LEAVES,
    NO,
    NOT_POSTED,
    SIGN_IN,
    STAFF,
    Row,
    alone,
    and_accountant,
    for_both,
    instead,
)

ROWS: dict[str, dict[str, Row]] = {
    "office:attestations": alone(and_accountant(STAFF)),
    "office:issue_attestations": alone(NOT_POSTED, instead(and_accountant(STAFF), LEAVES)),
    "office:attestation": for_both(lambda it: it.attestation, FILES),
    "office:family_year": for_both(lambda it: (it.family, 2026), FILES),
    "office:declaring": for_both(lambda it: it.family, CLOSED, FILED),
    "office:account": for_both(lambda it: it.family, FILES),
    "office:statement": for_both(lambda it: (it.family, "xlsx"), FILES),
    "office:pay": for_both(lambda it: it.family, CLOSED, INVALID),
    "office:refund": for_both(lambda it: it.family, CLOSED, INVALID),
    "office:settle": for_both(lambda it: it.family, CLOSED, FILED),
    "office:charge": for_both(lambda it: it.family, CLOSED, INVALID),
    "office:remove_charge": for_both(lambda it: it.charge, CLOSED, FILED),
    "office:reject": for_both(lambda it: it.payment, CLOSED, FILED),
    "office:receipt": for_both(lambda it: it.payment, FILES),
    "office:paper": for_both(lambda it: it.paper, FILES, INVALID),
    "office:paper_file": for_both(lambda it: it.paper, FILES),
    "office:arrears": alone(and_accountant(STAFF)),
    "office:accounting": alone(and_accountant(STAFF)),
    # The books of the whole organisation: who works on one centre does not take them away.
    "office:fec": {
        "": Row(read=(SIGN_IN, NO, NO, NO, NO, 200, 200, NO, NO), number=lambda _: 2027)
    },
    "office:attendance_figures": alone(and_accountant(STAFF)),
    "office:money_settings": alone(
        (SIGN_IN, NO, NO, NO, NO, 200, 200, NO, NO), (SIGN_IN, NO, NO, NO, NO, 422, 422, NO, NO)
    ),
    # Nobody chose a logo.
    "office:logo": alone((SIGN_IN, *(NO,) * 8)),
    "office:decide_refund": for_both(lambda it: it.refund, CLOSED, FILED),
    "office:runs": alone(and_accountant(STAFF)),
    "office:prepare_run": alone(NOT_POSTED, instead(and_accountant(STAFF), LEAVES)),
    "office:run": for_both(lambda it: it.run, FILES),
    "office:change_run": for_both(lambda it: it.run, CLOSED, FILED),
    "office:draft": for_both(lambda it: it.draft, FILES),
}
