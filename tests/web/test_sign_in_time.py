"""By the time and the work of an answer, nobody learns who has an account here (trust.md)."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from preau.core import clock
from preau.core.models import User
from tests.factories import Cast
from tests.factories.house import PASSWORD, person
from tests.kit.page import Page

LOGINS = ["famille.1", "camille", "ferme", "jamais", "provisoire", "personne"]
"""A parent, a director, a closed sign-in, one that nothing opens yet, one by mail, nobody."""

TRIES = 5


@pytest.fixture
def everybody(cast: Cast, real_passwords: None, settings: Settings) -> None:
    # Whoever tries too often is stopped before any hash: another test's subject.
    settings.ACCOUNT_RATE_LIMITS = False
    for name in ("ferme", "jamais", "provisoire"):
        person(name)
    User.objects.update(password=make_password(PASSWORD))
    User.objects.filter(username="ferme").update(is_active=False)
    User.objects.filter(username="jamais").update(password=make_password(None))
    User.objects.filter(username="provisoire").update(temporary_until=clock.now())


def refused(login: str) -> Any:
    answer = Client().post("/connexion/", {"login": login, "password": "ce n’est pas le bon"})
    assert answer.status_code == 200
    return answer


def test_every_refusal_says_and_does_the_same(
    everybody: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One Argon2, the same statements, the same page: for who exists and who does not."""
    work: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def counted(self: object, *args: str, real: Any = real) -> Any:
            work.append("argon2")
            return real(self, *args)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    seen = {}
    refused("personne.du.tout")  # what the first reading of a process learns once
    for login in LOGINS:
        work.clear()
        with CaptureQueriesContext(connection) as asked:
            answer = refused(login)
        verbs = [each["sql"].split()[0] for each in asked.captured_queries]
        seen[login] = (len(work), verbs, Page(answer).words("main"))
    assert seen["personne"][0] == 1
    assert {login: each == seen["personne"] for login, each in seen.items()} == dict.fromkeys(
        LOGINS, True
    )


def test_every_refusal_takes_the_same_time(everybody: None) -> None:
    """Measured in processor time, which neighbours on the machine do not disturb: no login stands
    out by a fifth, where a forgotten hash would take more than half away."""
    spent: dict[str, list[float]] = {login: [] for login in LOGINS}
    for number in range(TRIES + 1):
        for login in LOGINS:
            begun = time.process_time()
            refused(login)
            if number:  # the first reading of a process learns once
                spent[login].append(time.process_time() - begun)
    begun = time.process_time()
    make_password(PASSWORD)
    one_hash = time.process_time() - begun
    usual = median(median(each) for each in spent.values())
    assert usual > one_hash * 0.7, "a hash is in it"
    apart = {login: median(each) / usual for login, each in spent.items()}
    assert {login: ratio for login, ratio in apart.items() if not 0.8 < ratio < 1.2} == {}
