"""A GET cannot write: whatever a page does by mistake, nothing is changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from preau.booking.actions.submit import withdraw_request
from preau.core.models import WorkerHeartbeat
from preau.core.readonly import WriteOnReadError, read_only
from preau.families.models import Family
from tests.factories import NOW, Cast, ask, decide, lines_of, tell

pytestmark = pytest.mark.django_db


def writes_by_mistake(request: HttpRequest) -> HttpResponse:
    WorkerHeartbeat.objects.create(worker="par erreur", beat_at=NOW)
    return HttpResponse("fait")


urlpatterns = [path("erreur/", writes_by_mistake)]


@pytest.mark.urls("tests.core.test_readonly")
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_page_that_writes_when_it_is_read_fails(method: str) -> None:
    refusal = pytest.raises(WriteOnReadError, match="a page that only reads tried to write")
    with refusal, transaction.atomic():
        getattr(Client(), method)("/erreur/")
    assert not WorkerHeartbeat.objects.exists()


@pytest.mark.urls("tests.core.test_readonly")
def test_the_same_page_may_write_when_it_is_posted() -> None:
    assert Client().post("/erreur/").status_code == 200
    assert WorkerHeartbeat.objects.exists()


ACTIONS: dict[str, Callable[[Cast], object]] = {
    "asking": lambda cast: ask(cast.martin, cast.hiver),
    "deleting": lambda cast: withdraw_request(
        actor=cast.camille, request=cast.exemple.family.requests.get()
    ),
    "deciding": lambda cast: decide(cast.camille, cast.hiver, lines_of(cast.exemple)),
    "telling": lambda cast: tell(cast.camille, cast.hiver),
    "renaming": lambda _: Family.objects.update(name="x"),
    "erasing": lambda _: Family.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_no_action_works_under_a_page_that_reads(cast: Cast, action: str) -> None:
    ask(cast.exemple, cast.hiver)
    if action == "telling":
        decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    with pytest.raises(WriteOnReadError), read_only():
        ACTIONS[action](cast)


@pytest.mark.parametrize(
    "order",
    [
        "  insert INTO families_family (name, number) VALUES ('x', 99)",
        "WITH gone AS (DELETE FROM core_workerheartbeat RETURNING 1) SELECT * FROM gone",
        "with a as (select 1) update families_family set name = 'x'",
        "TRUNCATE core_workerheartbeat",
        "-- a remark\nDELETE FROM core_workerheartbeat",
        "/* a remark */ UPDATE families_family SET name = 'x'",
        "MERGE INTO families_family f USING (SELECT 1) s ON false WHEN NOT MATCHED THEN DO NOTHING",
    ],
)
def test_sql_by_hand_does_not_write_either(order: str) -> None:
    with pytest.raises(WriteOnReadError), read_only(), connection.cursor() as cursor:
        cursor.execute(order)


def test_reading_is_not_hindered(cast: Cast) -> None:
    """A name that looks like an order, a child called Update."""
    cast.exemple.child.first_name = "Update"
    cast.exemple.child.save()
    with read_only(), connection.cursor() as cursor:
        cursor.execute("SELECT first_name FROM families_child WHERE first_name = 'Update'")
        assert cursor.fetchone() == ("Update",)
        assert Family.objects.filter(name__contains="DELETE FROM").count() == 0


def test_sessions_and_limits_keep_their_books_while_a_page_is_read(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.camille)
    assert client.get("/direction/").status_code == 200
    assert client.get("/connexion/").status_code == 302
