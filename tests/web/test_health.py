"""Is the site alive, is it ready, and what it says while its database is away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse

from preau.core.models import WorkerHeartbeat
from tests.factories import NOW, Cast, boxes, open_days, sign_in, wishes_for
from tests.kit.page import Page


@pytest.fixture
def worker_alive(db: None) -> WorkerHeartbeat:
    return WorkerHeartbeat.objects.create(worker="essai-1", beat_at=NOW)


@pytest.fixture
def database_away(transactional_db: None) -> Iterator[Callable[[], None]]:
    """Call it to lose the database: its socket is nowhere to be found."""
    named = connections["default"].settings_dict
    kept = named["HOST"]

    def lose() -> None:
        connections["default"].close()
        named["HOST"] = "/nulle-part"

    yield lose
    named["HOST"] = kept
    connections["default"].close()


def test_alive_asks_nothing_of_the_database(client: Client) -> None:
    """pytest refuses any query here: a live process answers whatever happens to the rest."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer.headers["Content-Type"] == "text/plain"
    assert "no-store" in answer.headers["Cache-Control"]


def test_ready_when_database_migrations_and_worker_are_there(
    client: Client, worker_alive: WorkerHeartbeat
) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": True, "migrations": True, "worker": True}


def test_not_ready_when_no_worker_beats(client: Client, worker_alive: WorkerHeartbeat) -> None:
    worker_alive.beat_at = NOW - timedelta(seconds=30)
    worker_alive.save()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": True, "migrations": True, "worker": False}


def test_not_ready_when_a_migration_is_missing(
    client: Client, worker_alive: WorkerHeartbeat
) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="booking").order_by("-id")[0].delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "database": True,
        "migrations": False,
        "worker": False,
    }


def test_not_ready_when_the_database_is_away(
    client: Client, database_away: Callable[[], None]
) -> None:
    database_away()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == dict.fromkeys(("ready", "database", "migrations", "worker"), False)
    assert client.get("/healthz").status_code == 200


def come_back_soon(answer: object) -> None:
    page = Page(answer)
    assert answer.status_code == 503  # type: ignore[attr-defined]
    assert answer.headers["Retry-After"] == "5"  # type: ignore[attr-defined]
    assert "no-store" in answer.headers["Cache-Control"]  # type: ignore[attr-defined]
    assert page.words("h1") == "Réessayez dans un instant"
    assert page.faults() == []


@pytest.mark.parametrize("name", ["front", "account_login", "family:home", "office:today"])
def test_a_page_says_to_come_back_while_the_database_is_away(
    client: Client, database_away: Callable[[], None], name: str
) -> None:
    client.raise_request_exception = False
    client.cookies["sessionid"] = "a" * 32
    database_away()
    come_back_soon(client.get(reverse(name)))


def test_a_form_sent_while_the_database_is_away_says_that_it_was_not_kept(
    committed_cast: Cast, database_away: Callable[[], None]
) -> None:
    cast = committed_cast
    client = sign_in(Client(), cast.exemple.user)
    client.raise_request_exception = False
    fields = boxes(wishes_for(cast.exemple.child, open_days(cast.hiver)[:1]))
    path = reverse("family:book", args=[cast.hiver.pk])
    database_away()
    answer = client.post(path, fields)
    come_back_soon(answer)
    assert "ne l’est pas encore" in Page(answer).words("main")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_lost_at_the_last_moment_says_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """The page is made, then the session cannot be written down."""

    def fail(*_: object, **__: object) -> None:
        raise error("server closed the connection unexpectedly")

    client = sign_in(Client(), cast.exemple.user)
    client.raise_request_exception = False
    monkeypatch.setattr(SessionStore, "save", fail)
    come_back_soon(client.post(reverse("family:switch"), {"family": cast.exemple.family.pk}))


def test_a_fault_of_ours_is_told_without_its_details(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("le mot de passe est gouter")

    monkeypatch.setattr("preau.web.family.views.news_for_family", fail)
    client = sign_in(Client(), cast.exemple.user)
    client.raise_request_exception = False
    answer = client.get(reverse("family:home"))
    page = Page(answer)
    assert answer.status_code == 500
    assert page.words("h1") == "Une erreur est survenue de notre côté"
    assert "gouter" not in page.text
    assert page.faults() == []
