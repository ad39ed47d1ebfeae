"""Every address x every role x own or other object, read and posted (trust.md, habit 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse

from tests.factories import Cast
from tests.kit.written import everything_written
from tests.web.people import ROLES, Objects, both_sides, browser_of, every_address

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
MATRIX: dict[str, dict[str, Row]] = {
    "front": alone((200, *(LEAVES,) * 8)),
    "home": alone((SIGN_IN, *(LEAVES,) * 7, 200)),
    "account_login": alone((200, *(LEAVES,) * 8), (200, *(LEAVES,) * 8)),
    "account_logout": alone((LEAVES, *(200,) * 8), (LEAVES,) * 9),
    "account_change_password": alone((SIGN_IN, *(200,) * 8), (SIGN_IN, *(200,) * 8)),
    "account_inactive": alone((403,) * 9),
    "account_first_password": alone((SIGN_IN, *(LEAVES,) * 8), (SIGN_IN, *(LEAVES,) * 8)),
    "account_lost_password": alone(EVERYBODY, EVERYBODY),
    "account_lost_code": alone((LEAVES,) * 9, (LEAVES,) * 9),
    "account_reauthenticate": alone((SIGN_IN, *(200,) * 8), (SIGN_IN, *(200,) * 8)),
    "mfa_authenticate": alone((LEAVES,) * 9, (LEAVES,) * 9),
    "mfa_activate_totp": alone((SIGN_IN, *(200,) * 8), (SIGN_IN, *(200,) * 8)),
    "mfa_view_recovery_codes": alone((SIGN_IN, *(NO,) * 8), (SIGN_IN, *(WRONG,) * 8)),
    "office:new_family": alone(STAFF, instead(STAFF, 422)),
    "office:change_family": for_both(lambda it: it.family, OFFICE, REFUSED),
    "office:new_child": for_both(lambda it: it.family, OFFICE, REFUSED),
    "office:new_guardian": for_both(lambda it: it.family, OFFICE, REFUSED),
    "office:child": for_both(lambda it: it.child, OFFICE, REFUSED),
    "office:enrol": for_both(lambda it: it.child, CLOSED, REFUSED),
    "office:end_enrolment": for_both(lambda it: it.enrolment, CLOSED, BACK),
    "office:guardian": for_both(lambda it: it.guardian, OFFICE, REFUSED),
    "office:guardian_email": for_both(lambda it: it.guardian, OFFICE, REFUSED),
    "office:send_access": for_both(lambda it: it.guardian, CLOSED, BACK),
    "healthz": alone(EVERYBODY),
    "readyz": alone((503,) * 9),  # no worker beats in this test
    "family:home": alone(FAMILIES),
    "family:switch": alone(NOT_POSTED, (SIGN_IN, *(NO,) * 8)),
    "family:space": alone(FAMILIES),
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
    "office:situation": for_both(
        lambda it: it.family,
        (NOT_POSTED, NOT_POSTED),
        (instead(FILES[0], LEAVES), instead(FILES[1], LEAVES)),
    ),
    "family:prices": alone(FAMILIES),
    "family:estimate": for_both(
        lambda it: it.period, (NOT_POSTED, NOT_POSTED), (FAMILY_A, FAMILY_B)
    ),
    "public_prices": alone((NO,) * 9),  # the organisation has not opened it
    "office:quotient": for_both(lambda it: it.family, CLOSED, FILED),
    "office:tariffs": alone(PRICED),
    "office:new_tariff": alone(PRICED, instead(PRICED, 422)),
    "office:simulator": alone(PRICED),
    "office:tariff": for_both(lambda it: it.tariff, FILES, INVALID),
    "office:tariff_file": for_both(lambda it: it.tariff, FILES),
    "office:tariff_changes": for_both(lambda it: it.tariff, FILES),
    "office:today": alone(ALL_STAFF),
    "office:periods": alone(STAFF),
    "office:board": for_both(lambda it: it.period, OFFICE),
    "office:decide": for_both(
        lambda it: it.period,
        (NOT_POSTED, NOT_POSTED),
        (instead(TILLEULS, 400), instead(PLATANES, 400)),
    ),
    "office:validate": for_both(
        lambda it: it.period, OFFICE, (instead(TILLEULS, 409), instead(PLATANES, 409))
    ),
    "office:propose": for_both(
        lambda it: it.period,
        (NOT_POSTED, NOT_POSTED),
        (instead(TILLEULS, LEAVES), instead(PLATANES, LEAVES)),
    ),
    "office:correct": for_both(
        lambda it: it.period,
        (NOT_POSTED, NOT_POSTED),
        (instead(TILLEULS, 400), instead(PLATANES, 400)),
    ),
    "office:offer": for_both(
        lambda it: it.period,
        (NOT_POSTED, NOT_POSTED),
        (instead(TILLEULS, LEAVES), instead(PLATANES, LEAVES)),
    ),
    "office:shift": for_both(lambda it: it.period, (NOT_POSTED, NOT_POSTED), BACK),
    "office:board_news": for_both(
        lambda it: it.period, (instead(TILLEULS, 204), instead(PLATANES, 204))
    ),
    "office:request": for_both(lambda it: it.request, OFFICE),
    "office:period_trace": for_both(lambda it: it.period, OFFICE),
    "office:enter_request": for_both(
        lambda it: (it.family, it.period),
        OFFICE,
        (instead(TILLEULS, 400), instead(PLATANES, 400)),
    ),
    "office:close_day": for_both(
        lambda it: it.day, OFFICE, (instead(TILLEULS, 422), instead(PLATANES, 422))
    ),
    "office:sending": for_both(lambda it: it.sending, OFFICE),
    "office:planning": alone(STAFF),
    "office:new_period": alone(STAFF, STAFF),
    "office:period": for_both(lambda it: it.period, OFFICE, REFUSED),
    "office:period_deadlines": for_both(lambda it: it.period, OFFICE, OFFICE),
    "office:period_places": for_both(lambda it: it.period, OFFICE, BACK),
    "office:period_outings": for_both(lambda it: it.period, OFFICE),
    "office:new_outing": for_both(lambda it: it.period, OFFICE, REFUSED),
    "office:add_day": for_both(lambda it: it.period, (NOT_POSTED, NOT_POSTED), BACK),
    "office:change_day": for_both(lambda it: it.day, (NOT_POSTED, NOT_POSTED), BACK),
    "office:outing": for_both(lambda it: it.outing, OFFICE, REFUSED),
    "office:remove_outing": for_both(lambda it: it.outing, (NOT_POSTED, NOT_POSTED), BACK),
    "office:register_days": alone((SIGN_IN, NO, NO, 200, 200, 200, NO, 200, NO)),
    "office:register": for_both(lambda it: it.day, REGISTERS, UNREAD),
    "office:touches": for_both(lambda it: it.day, (NOT_POSTED, NOT_POSTED), UNREAD),
    "office:register_state": for_both(lambda it: it.day, REGISTERS),
    "office:newcomer": for_both(lambda it: it.day, REGISTERS, UNREAD),
    "office:register_pdf": for_both(lambda it: it.day, REGISTERS),
    "office:trip_pdf": for_both(lambda it: it.outing, REGISTERS),
    "office:excuse": for_both(lambda it: it.attended, OFFICE, REFUSED),
    "office:absences": alone(STAFF),
    "office:certificate": for_both(
        lambda it: it.certificate, OFFICE, (instead(TILLEULS, 400), instead(PLATANES, 400))
    ),
    "office:certificate_paper": for_both(lambda it: it.certificate, OFFICE),
    "family:absences": alone(FAMILIES, instead(FAMILIES, 422)),
    "family:certificate_paper": for_both(lambda it: it.certificate, (FAMILY_A, FAMILY_B)),
    "family:withdraw_certificate": for_both(
        lambda it: it.certificate,
        (NOT_POSTED, NOT_POSTED),
        (instead(FAMILY_A, LEAVES), instead(FAMILY_B, LEAVES)),
    ),
    "office:families": alone(and_accountant(STAFF)),
    "office:family": for_both(lambda it: it.family, FILES),
    "family:account": alone(FAMILIES),
    "family:paper": for_both(lambda it: it.paper, (FAMILY_A, FAMILY_B)),
    "family:receipt": for_both(lambda it: it.payment, (FAMILY_A, FAMILY_B)),
    "family:statement": {"": Row(read=FAMILIES, number=lambda _: "pdf")},
    "family:attestations": alone(FAMILIES),
    "family:attestation": for_both(lambda it: it.attestation, (FAMILY_A, FAMILY_B)),
    "office:attestations": alone(and_accountant(STAFF)),
    "office:issue_attestations": alone(NOT_POSTED, instead(and_accountant(STAFF), LEAVES)),
    "office:attestation": for_both(lambda it: it.attestation, FILES),
    "office:family_year": for_both(lambda it: (it.family, 2026), FILES),
    "office:declaring": for_both(lambda it: it.family, CLOSED, FILED),
    "office:account": for_both(lambda it: it.family, FILES),
    "office:statement": for_both(lambda it: (it.family, "xlsx"), FILES),
    "office:pay": for_both(lambda it: it.family, CLOSED, INVALID),
    "office:refund": for_both(lambda it: it.family, CLOSED, FILED),
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
    "office:runs": alone(and_accountant(STAFF)),
    "office:prepare_run": alone(NOT_POSTED, instead(and_accountant(STAFF), LEAVES)),
    "office:run": for_both(lambda it: it.run, FILES),
    "office:change_run": for_both(lambda it: it.run, CLOSED, FILED),
    "office:draft": for_both(lambda it: it.draft, FILES),
    "demo:mailbox": alone(EVERYBODY),
    "demo:mail": {"": Row(read=(NO,) * 9, number=lambda _: "0" * 24)},
}
CELLS = [
    pytest.param(name, side, id=f"{name} {side}".strip())
    for name, rows in MATRIX.items()
    for side in rows
]


def test_every_address_has_its_row() -> None:
    """A new address is closed to strangers because somebody said so here."""
    assert sorted(MATRIX) == sorted(every_address())


def address(name: str, row: Row, objects: Objects) -> str:
    number = row.number(objects) if row.number else ()
    return reverse(name, args=number if isinstance(number, tuple) else [number])


LEADS_ON = {reverse("account_logout"), reverse("account_lost_code"), reverse("mfa_authenticate")}


def check_sign_in(answer: HttpResponseBase, path: str) -> None:
    """Somebody signed out is sent to sign in, then back here."""
    if answer.status_code == 302 and path not in LEADS_ON:
        assert answer.headers["Location"] == f"{reverse('account_login')}?next={path}"


@pytest.mark.parametrize(("name", "side"), CELLS)
def test_a_page_opens_to_those_it_is_for(cast: Cast, name: str, side: str) -> None:
    row = MATRIX[name][side]
    path = address(name, row, both_sides(cast)[side or "Tilleuls"])
    browsers = {role: browser_of(cast, role) for role in ROLES}
    before = everything_written()
    for method in ("get", "head"):
        answers = {role: getattr(browsers[role], method)(path) for role in ROLES}
        codes = {role: answer.status_code for role, answer in answers.items()}
        assert codes == dict(zip(ROLES, row.read, strict=True))
        check_sign_in(answers["nobody"], path)
    assert everything_written() == before


@pytest.mark.parametrize(("name", "side"), CELLS)
def test_a_form_is_taken_from_those_it_is_for(cast: Cast, name: str, side: str) -> None:
    """Strangers write nothing; the others send an empty form."""
    row = MATRIX[name][side]
    path = address(name, row, both_sides(cast)[side or "Tilleuls"])
    codes, wrote = {}, set()
    for role in ROLES:
        client = browser_of(cast, role)
        before = everything_written()
        with transaction.atomic():
            answer = client.post(path)
            codes[role] = answer.status_code
            if everything_written() != before:
                wrote.add(role)
            transaction.set_rollback(True)
        if role == "nobody":
            check_sign_in(answer, path)
    assert codes == dict(zip(ROLES, row.post, strict=True))
    # Some buttons need no field: deleting, and proposing an answer for every line.
    owner = "parent of Exemple" if side == "Tilleuls" else "parent of Ailleurs"
    directors = {f"director of {side}", "administrator"}
    meant = {
        "family:delete_request": {owner},
        "family:withdraw_certificate": {owner},
        "office:propose": directors,
        "office:situation": set(),
        "office:remove_outing": directors,
        "office:remove_charge": directors | {"accountant"},
    }
    assert wrote == meant.get(name, set())


@pytest.mark.parametrize(
    "name", [name for name, rows in MATRIX.items() if next(iter(rows.values())).post != NOT_POSTED]
)
def test_a_form_from_another_site_is_refused(cast: Cast, name: str) -> None:
    """CSRF: whoever is signed in, a form without its key changes nothing."""
    objects = both_sides(cast)["Tilleuls"]
    path = address(name, next(iter(MATRIX[name].values())), objects)
    for role in ("parent of Exemple", "director of Tilleuls"):
        client = browser_of(cast, role, enforce_csrf_checks=True)
        before = everything_written()
        answer = client.post(path)
        assert answer.status_code == 403
        assert everything_written() == before
        assert "ouverte depuis trop longtemps" in answer.content.decode()


def test_a_closed_account_opens_nothing(cast: Cast) -> None:
    """Somebody who leaves the organisation while signed in."""
    for role in ("director of Tilleuls", "parent of Exemple"):
        client = browser_of(cast, role)
        user = client.session["_auth_user_id"]
        cast.camille.__class__.objects.filter(pk=user).update(is_active=False)
        for name in ("office:today", "family:home", "home"):
            assert client.get(reverse(name)).status_code == 302, name
