"""How long a director waits when 200 families have asked for ten things each (B21)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from preau.bench.crowd import LINES, Crowd, ask, make_crowd
from preau.booking.actions.decide import decide_lines
from preau.booking.actions.propose import propose_all
from preau.booking.actions.tell import readiness_of_period, validate_decisions
from preau.booking.enums import Decision
from preau.booking.models import Booking

FAMILIES, FEW, PLACES = 200, 20, 60
ROUNDS = 7


def measure_board() -> dict[str, Any]:
    """Make the crowd, go through the director's acts and pages, undo everything.

    Times are in seconds. Each page is given with its floor: the same statements sent by hand, and
    a view that does nothing. A page of Django's costs more than both together, and not much more.
    A database without tables is given them first.
    """
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        crowd = make_crowd(FAMILIES, places=PLACES)
        ask(crowd, crowd.families[:FEW])
        few = _page(crowd)
        ask(crowd, crowd.families[FEW:])
        result = {
            "families": FAMILIES,
            "lines": FAMILIES * LINES,
            "board_few": few | {"families": FEW},
            "board": _page(crowd),
            **_acts(crowd),
        }
        transaction.set_rollback(True)
    return result


def _acts(crowd: Crowd) -> dict[str, float]:
    """The three things a director waits for, in the order of the work."""
    proposed = _once(lambda: propose_all(actor=crowd.director, period=crowd.period))
    lines = list(Booking.objects.filter(request__period=crowd.period).order_by("pk")[:ROUNDS])
    answers = [_once(partial(_answer, crowd, line)) for line in lines]
    fingerprint = readiness_of_period(crowd.period).fingerprint
    told = _once(
        lambda: validate_decisions(
            actor=crowd.director, period=crowd.period, fingerprint=fingerprint
        )
    )
    return {
        "propose_all": proposed,
        "answer_one_line": round(statistics.median(answers), 4),
        "tell_everybody": told,
    }


def _answer(crowd: Crowd, line: Booking) -> None:
    decide_lines(
        actor=crowd.director,
        period=crowd.period,
        seen={line.pk: line.version},
        decision=Decision.WAITLISTED,
    )


def _page(crowd: Crowd) -> dict[str, Any]:
    """The board as the browser gets it, its number of queries, and its floor."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(crowd.director)
    path = reverse("office:board", args=[crowd.period.pk])
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"the board answered {answer.status_code}")
    said = [query["sql"] for query in queries.captured_queries]
    page = _median(lambda: client.get(path))
    floor = _median(lambda: _by_hand(said)) + _median(lambda: _nothing(client))
    return {
        "seconds": round(page, 4),
        "floor": round(floor, 4),
        "ratio": round(page / floor, 2),
        "queries": len(said),
        "bytes": len(answer.content),
    }


def _by_hand(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.replace("%", "%%"), ())
            if cursor.description:
                cursor.fetchall()


def _nothing(client: Client) -> None:
    """A view that reads nothing and says one word, with all that stands before every view."""
    client.get("/healthz")


def _once(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return round(time.perf_counter() - began, 4)


def _median(act: Callable[[], object]) -> float:
    return statistics.median(_once(act) for _ in range(ROUNDS))
