"""A lost password: the same pages whether the identifier exists or not; a code, not a link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from preau.core import clock
from preau.core.models import User
from tests.accounts.post import by_hand, code_in, last_mail, worker_answers_lost_passwords
from tests.factories import NOW, Cast, sign_in
from tests.factories.house import PASSWORD
from tests.kit.page import Page

OWN = "chouette cartable sous la pluie"
ASK, CODE = "/mot-de-passe/oublie/", "/mot-de-passe/code/"


@pytest.fixture(autouse=True)
def post_office(settings: Settings) -> None:
    by_hand(settings)


def ask(identifier: str) -> Client:
    client = Client()
    answer = client.post(ASK, {"identifier": identifier})
    assert (answer.status_code, answer.headers["Location"]) == (302, CODE)
    return client


def choose(client: Client, code: str, password: str = OWN) -> Any:
    return client.post(CODE, {"code": code, "password1": password, "password2": password})


@pytest.mark.parametrize("typed", [str, str.upper, lambda code: f" {code.replace('-', ' ')} "])
def test_the_code_of_the_mail_lets_one_choose(cast: Cast, typed: Callable[[str], str]) -> None:
    elsewhere = sign_in(Client(), cast.exemple.user)
    client = ask(" Famille.1 ")
    assert Page(client.get(CODE)).faults() == []
    worker_answers_lost_passwords()
    left = last_mail()
    assert left.to == ["famille1@exemple.fr"]
    code = code_in(left.body)
    weak = Page(choose(client, typed(code), "court"))
    assert weak.all("[role=alert]")
    assert choose(client, typed(code)).headers["Location"] == "/connexion/"
    assert "_auth_user_id" not in client.session, "signing in comes after, second factor included"
    assert elsewhere.get("/famille/").status_code == 302
    assert User.objects.get(username="famille.1").check_password(OWN)
    assert choose(client, code).headers["Location"] == ASK, "a code serves once"


def test_nobody_learns_whether_an_identifier_exists(cast: Cast) -> None:
    """Same page, same words, same statements sent to the database, for both."""
    seen = []
    for identifier in ("famille.1", "personne.1", "inconnu"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client = ask(identifier)
        shown = client.get(CODE).content.decode()
        wrong = Page(choose(client, "aaaaa-aaaaa")).words("main")
        seen.append((len(asked), Page(client.get(CODE)).words("main"), wrong, len(shown)))
    assert seen[0] == seen[1] == seen[2]
    worker_answers_lost_passwords()
    last_mail()
    assert [each.to for each in mail.outbox] == [["famille1@exemple.fr"]]


def test_a_code_of_somebody_else_a_late_one_or_a_sixth_try_is_refused(cast: Cast) -> None:
    mine, other = ask("famille.1"), ask("famille.2")
    worker_answers_lost_passwords()
    last_mail()
    code, foreign = (code_in(str(each.body)) for each in mail.outbox[:2])
    assert Page(choose(mine, foreign)).all("[role=alert]")
    with clock.pinned(NOW + timedelta(minutes=21)):
        assert Page(choose(mine, code)).all("[role=alert]")
    for _ in range(5):
        choose(other, "aaaaa-aaaaa")
    assert Page(choose(other, foreign)).all("[role=alert]")
    assert User.objects.get(username="famille.2").check_password(PASSWORD)
    assert User.objects.get(username="famille.1").check_password(PASSWORD)


def test_asking_too_often_is_limited_for_anybody(cast: Cast) -> None:
    for identifier in ("famille.1", "personne.1"):
        codes = [Client().post(ASK, {"identifier": identifier}).status_code for _ in range(7)]
        assert codes[:5] == [302] * 5
        assert codes[5:] == [429] * 2


def test_a_closed_sign_in_gets_no_mail(cast: Cast) -> None:
    User.objects.filter(username="famille.1").update(is_active=False)
    ask("famille.1")
    worker_answers_lost_passwords()
    assert not mail.outbox
