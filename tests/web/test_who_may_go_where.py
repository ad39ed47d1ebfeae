"""Every address x every role x own or other object, read and posted (trust.md, habit 6)."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse

from tests.factories import Cast
from tests.kit.written import everything_written
from tests.web.people import ROLES, Objects, both_sides, browser_of, every_address
from tests.web.rows import AREAS, MATRIX
from tests.web.rows.payments import WITHOUT_KEY
from tests.web.rows.vocabulary import NOT_POSTED, Row

CELLS = [
    pytest.param(name, side, id=f"{name} {side}".strip())
    for name, rows in MATRIX.items()
    for side in rows
]


def test_every_address_has_its_row() -> None:
    """A new address is closed to strangers because somebody said so here."""
    assert sorted(MATRIX) == sorted(every_address())
    assert len(MATRIX) == sum(len(area.ROWS) for area in AREAS)


def address(name: str, row: Row, objects: Objects) -> str:
    number = row.number(objects) if row.number else ()
    return reverse(name, args=number if isinstance(number, tuple) else [number])


LEADS_ON = {
    reverse(name)
    for name in ("account_logout", "account_lost_code", "mfa_authenticate", "demo:bank_retry")
}


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
        "family:open_calendar": {"parent of Exemple", "parent of Ailleurs"},
        "family:withdraw_certificate": {owner},
        "family:ask_erasure": {"parent of Exemple", "parent of Ailleurs"},
        "office:propose": directors,
        "office:take_role": {"administrator"},
        "office:situation": set(),
        "office:end_plan": directors | {"accountant"},
        "office:remove_outing": directors,
        "office:remove_charge": directors | {"accountant"},
    }
    assert wrote == meant.get(name, set())


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, rows in MATRIX.items()
        if next(iter(rows.values())).post != NOT_POSTED and name not in WITHOUT_KEY
    ],
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
