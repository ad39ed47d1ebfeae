"""Who may go where: addresses of the family space."""

from __future__ import annotations

from tests.web.rows.vocabulary import (
    FAMILIES,
    FAMILY_A,
    FAMILY_B,
    LEAVES,
    NO,
    NOT_POSTED,
    SIGN_IN,
    Row,
    alone,
    for_both,
    instead,
)

ROWS: dict[str, dict[str, Row]] = {
    "family:open_calendar": alone(NOT_POSTED, FAMILIES),
    "family:stop_calendar": alone(NOT_POSTED, instead(FAMILIES, LEAVES)),
    "calendar": {"": Row(read=(404,) * 9, number=lambda _: "nobody")},
    "family:home": alone(FAMILIES),
    "family:switch": alone(NOT_POSTED, (SIGN_IN, *(NO,) * 8)),
    "family:space": alone(FAMILIES),
    "family:data": alone(FAMILIES),
    "family:download_data": alone(NOT_POSTED, (SIGN_IN, *(NO,) * 8)),
    "family:ask_erasure": alone(NOT_POSTED, instead(FAMILIES, LEAVES)),
    "family:centres": alone(FAMILIES),
    "family:periods": for_both(lambda it: it.centre, (FAMILY_A, FAMILY_B)),
    "family:book": for_both(
        lambda it: it.period,
        (FAMILY_A, FAMILY_B),
        (instead(FAMILY_A, 400), instead(FAMILY_B, 400)),
    ),
    "family:send_prepared": for_both(
        lambda it: it.period,
        (NOT_POSTED, NOT_POSTED),
        (instead(FAMILY_A, LEAVES), instead(FAMILY_B, LEAVES)),
    ),
    "family:requests": alone(FAMILIES),
    "family:request": for_both(lambda it: it.request, (FAMILY_A, FAMILY_B)),
    "family:delete_request": for_both(
        lambda it: it.request,
        (FAMILY_A, FAMILY_B),
        (instead(FAMILY_A, LEAVES), instead(FAMILY_B, LEAVES)),
    ),
    "family:answer_offer": for_both(
        lambda it: it.line,
        (NOT_POSTED, NOT_POSTED),
        (instead(FAMILY_A, LEAVES), instead(FAMILY_B, LEAVES)),
    ),
    "family:prices": alone(FAMILIES),
    "family:estimate": for_both(
        lambda it: it.period, (NOT_POSTED, NOT_POSTED), (FAMILY_A, FAMILY_B)
    ),
    "family:children": alone(FAMILIES, instead(FAMILIES, 422)),
    "family:child": for_both(
        lambda it: it.child,
        (FAMILY_A, FAMILY_B),
        (instead(FAMILY_A, 422), instead(FAMILY_B, 422)),
    ),
    "family:health": for_both(
        lambda it: it.child,
        (FAMILY_A, FAMILY_B),
        (instead(FAMILY_A, 422), instead(FAMILY_B, 422)),
    ),
    "family:absences": alone(FAMILIES, instead(FAMILIES, 422)),
    "family:certificate_paper": for_both(lambda it: it.certificate, (FAMILY_A, FAMILY_B)),
    "family:withdraw_certificate": for_both(
        lambda it: it.certificate,
        (NOT_POSTED, NOT_POSTED),
        (instead(FAMILY_A, LEAVES), instead(FAMILY_B, LEAVES)),
    ),
    "family:account": alone(FAMILIES),
    "family:paper": for_both(lambda it: it.paper, (FAMILY_A, FAMILY_B)),
    "family:receipt": for_both(lambda it: it.payment, (FAMILY_A, FAMILY_B)),
    "family:statement": {"": Row(read=FAMILIES, number=lambda _: "pdf")},
    "family:attestations": alone(FAMILIES),
    "family:attestation": for_both(lambda it: it.attestation, (FAMILY_A, FAMILY_B)),
}
