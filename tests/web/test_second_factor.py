"""Staff enrol a second factor before anything, and sign in with it (trust.md)."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from pytest_django import Settings

from preau.core import clock
from preau.core.models import Act, AuditEvent, Session
from preau.org.enums import Role
from preau.org.models import StaffRole
from tests.factories import NOW, Cast, sign_in
from tests.factories.house import PASSWORD
from tests.kit.page import Page

ENROL = "/second-facteur/nouveau/"


@pytest.fixture(autouse=True)
def as_in_production(settings: Settings) -> None:
    settings.SECOND_FACTOR = "required"


def code_now(secret: str, *, ahead: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead)))


def enter(name: str) -> Client:
    client = Client()
    client.post("/connexion/", {"login": name, "password": PASSWORD})
    return client


def test_staff_do_nothing_before_they_have_one_then_sign_in_with_it(cast: Cast) -> None:
    client = enter("camille")
    for path in ("/direction/", "/direction/familles/", "/accueil/", "/mot-de-passe/"):
        assert client.get(path).headers["Location"] == ENROL
    assert client.post("/direction/familles/nouvelle/").headers["Location"] == ENROL
    page = Page(client.get(ENROL))
    assert page.faults() == []
    secret = page.words("main code")
    assert Page(client.post(ENROL, {"code": "000000"})).all("[role=alert]")
    answer = client.post(ENROL, {"code": code_now(secret)})
    codes = Page(client.get(answer.headers["Location"]))
    assert codes.faults() == []
    spare = codes.words("main li code")
    assert len(codes.all("main li code")) == 10
    with clock.pinned(NOW + timedelta(minutes=15)):
        away = client.get("/second-facteur/codes/").headers["Location"]
    assert away.startswith("/confirmer/"), "shown again after one's own password only"
    assert client.get("/direction/").status_code == 200
    kept = str([each.data for each in Authenticator.objects.all()])
    assert secret not in kept
    assert AuditEvent.objects.filter(act=Act.SECOND_FACTOR, actor=cast.camille).exists()

    again = enter("camille")
    assert again.get("/direction/").status_code == 302
    assert Page(again.get("/second-facteur/")).faults() == []
    assert Page(again.post("/second-facteur/", {"code": "000000"})).all("[role=alert]")
    assert "_auth_user_id" not in again.session
    again.post("/second-facteur/", {"code": code_now(secret, ahead=1)})
    assert again.get("/direction/").status_code == 200
    for works in (True, False):
        spared = enter("camille")
        spared.post("/second-facteur/", {"code": spare})
        assert ("_auth_user_id" in spared.session) is works, "a recovery code serves once"


def test_parents_are_not_made_to_have_one(cast: Cast) -> None:
    assert enter("famille.1").get("/famille/").status_code == 200


def test_a_parent_who_gets_a_role_owes_one_at_once(cast: Cast) -> None:
    client = enter("famille.1")
    assert client.get("/famille/").status_code == 200
    assert cast.exemple.user
    StaffRole.objects.create(user=cast.exemple.user, role=Role.DIRECTOR, centre=cast.house.tilleuls)
    assert client.get("/direction/", follow=True).redirect_chain[-1][0] == ENROL


@pytest.mark.parametrize(
    ("who", "path", "idle", "absolute"),
    [
        ("camille", "/direction/", timedelta(minutes=30), timedelta(hours=12)),
        ("famille.1", "/famille/", timedelta(hours=2), timedelta(days=14)),
    ],
)
def test_a_session_ends_by_idleness_and_by_age(
    cast: Cast, settings: Settings, who: str, path: str, idle: timedelta, absolute: timedelta
) -> None:
    settings.SECOND_FACTOR = "offered"
    people = {"camille": cast.camille, "famille.1": cast.exemple.user}
    browsers = [sign_in(Client(), people[who]) for _ in range(2)]
    with clock.pinned(NOW + idle):
        assert browsers[0].get(path).status_code == 200
    with clock.pinned(NOW + idle + timedelta(seconds=1)):
        assert browsers[0].get(path).status_code == 200, "seen a second ago"
        answer = browsers[1].get(path)
        assert answer.headers["Location"].startswith("/connexion/")
        assert not Session.objects.filter(user=people[who]).exclude(
            session_key=browsers[0].session.session_key
        )
    session = browsers[0].session
    session["seen_at"] = (NOW + absolute).isoformat()
    session.save()
    with clock.pinned(NOW + absolute + timedelta(seconds=1)):
        assert browsers[0].get(path).status_code == 302


def test_a_page_that_refreshes_itself_keeps_no_session_alive(cast: Cast) -> None:
    client = sign_in(Client(), cast.exemple.user)
    with clock.pinned(NOW + timedelta(minutes=90)):
        client.get("/famille/", headers={"HX-Request": "true"})
    with clock.pinned(NOW + timedelta(minutes=121)):
        assert client.get("/famille/").status_code == 302


def test_sign_ins_and_refusals_are_traced_without_what_was_typed(cast: Cast) -> None:
    Client(REMOTE_ADDR="192.0.2.7").post("/connexion/", {"login": "camille", "password": "faux"})
    Client().post("/connexion/", {"login": "mon mot de passe", "password": "faux"})
    enter("famille.1")
    rows = list(AuditEvent.objects.order_by("pk").values_list("act", "detail", "address"))
    assert rows == [
        ("sign_in_refused", "camille", "192.0.2.7"),
        ("sign_in_refused", "identifiant inconnu", "127.0.0.1"),
        ("signed_in", "famille.1", "127.0.0.1"),
    ]
