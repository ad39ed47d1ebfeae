"""`preau bench rush`: submissions a second, beside two floors measured in the same run."""

from __future__ import annotations

import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from preau.activities.models import Places
from preau.bench.rush import load
from preau.bench.rush.load import Answer, Heard
from preau.bench.rush.town import Town, Visitor, make_town, visitors
from preau.booking.models import Booking

CONNECTIONS = 64
PROMISED = 60  # submissions a second
_TICKS = os.sysconf("SC_CLK_TCK")


def measure_rush(*, families: int, centres: int, history: bool, workers: int) -> dict[str, Any]:
    """Make the town in a database of its own, serve it, drive it, and leave nothing behind.

    Seconds, requests and bytes; the keys are documented in `docs/performance.md`.
    """
    with own_database() as url, tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        call_command("migrate", verbosity=0)
        places = max(20, families // centres // 4)
        make_town(Town(families=families, centres=centres, places=places, history=history))
        made = time.perf_counter() - began
        connection.close()
        with _serving(url, Path(folder), workers) as (port, pids):
            result = _drive(port, pids, families)
        result["queries"] = _queries(visitors(1, first=families - 1)[0])
        result |= _places()
        result["town"] = {
            "families": families,
            "centres": centres,
            "history": history,
            "seconds": round(made, 1),
        }
    return result


def _drive(port: int, pids: list[int], families: int) -> dict[str, Any]:
    """Warm up, then each measure with families that have asked for nothing yet."""
    crowd = visitors(min(families, 5_000))
    connection.close()
    part = len(crowd) // 12
    _warm_up(port, crowd[-part:])
    floor = _rate(port, pids, crowd[:part] * 3, ("nothing", load.nothing))
    pages = _rate(port, pids, crowd[: part * 2], ("booking", load.booking))
    sent = _rate(port, pids, crowd[: part * 4], ("submission", load.submission))
    by_hand = _by_hand(crowd[-part - 1])
    steady = load.open_loop(
        port, crowd[part * 9 : part * 11 - 1], [("submission", load.submission)], a_second=PROMISED
    )
    journey = load.closed_loop(
        port, crowd[part * 4 : part * 7], load.JOURNEY, connections=CONNECTIONS
    )
    arrivals = load.open_loop(
        port, crowd[part * 7 : part * 9], load.JOURNEY, a_second=max(sent["a_second"] / 5, 1)
    )
    return {
        "submission": sent,
        "submission_steady": _percentiles(steady.by_step["submission"])
        | {"arrivals_a_second": PROMISED, "errors": _wrong(steady)},
        "booking_page": pages,
        "empty_view": floor,
        "same_sql_by_hand": by_hand,
        "ratios": {
            "submission_to_empty_view": round(floor["a_second"] / sent["a_second"], 1),
            "booking_page_to_empty_view": round(floor["a_second"] / pages["a_second"], 1),
            "submission_to_its_sql": round(sent["cpu_ms"] / 1000 / by_hand["seconds"], 1),
        },
        "journey": _steps(journey) | {"journeys_a_second": _by_second(journey, "status")},
        "open_loop": _steps(arrivals) | {"arrivals_a_second": round(sent["a_second"] / 5, 1)},
        "errors": _errors(sent, pages, floor) + sum(map(_wrong, (journey, arrivals, steady))),
    }


def _warm_up(port: int, people: list[Visitor]) -> None:
    """A site that has been open since yesterday: its programs have read their templates, and
    PostgreSQL has counted its rows, as its autovacuum does within a minute."""
    for step in (("home", load.home), ("submission", load.submission)):
        load.closed_loop(port, people, [step], connections=8)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()


def _rate(
    port: int, pids: list[int], people: list[Visitor], step: tuple[str, load.Asking]
) -> dict[str, Any]:
    before = _processor(pids)
    heard = load.closed_loop(port, people, [step], connections=CONNECTIONS)
    spent = _processor(pids) - before
    answers = heard.by_step[step[0]]
    return {
        "requests": len(answers),
        "a_second": round(len(answers) / heard.seconds, 1),
        **_percentiles(answers),
        "cpu_ms": round(1000 * spent / len(answers), 2),
        "bytes": round(statistics.mean(each.weight for each in answers)),
        "errors": _wrong(heard),
    }


def _percentiles(answers: list[Answer]) -> dict[str, float]:
    ordered = sorted(each.seconds for each in answers)

    def at(share: float) -> float:
        return round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 1)

    return {"p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99)}


def _steps(heard: Heard) -> dict[str, Any]:
    return {name: _percentiles(answers) for name, answers in heard.by_step.items()}


def _by_second(heard: Heard, step: str) -> float:
    return round(len(heard.by_step[step]) / heard.seconds, 1)


def _wrong(heard: Heard) -> int:
    """Answers that are neither a page nor the way to the status of what was sent."""
    return sum(
        each.status not in {200, 302} for answers in heard.by_step.values() for each in answers
    )


def _errors(*measures: dict[str, Any]) -> int:
    return sum(each["errors"] for each in measures)


def _processor(pids: list[int]) -> float:
    """Seconds of processor that these processes have used."""
    used = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
    return used / _TICKS


def _client(visitor: Visitor) -> Client:
    client = Client(HTTP_HOST="localhost", raise_request_exception=True)
    client.cookies["sessionid"] = visitor.session
    client.cookies["csrftoken"] = load.TOKEN
    return client


def _queries(visitor: Visitor) -> dict[str, int]:
    """Statements of each step of a journey."""
    client, found = _client(visitor), {}
    for name, asking in load.JOURNEY:
        with CaptureQueriesContext(connection) as seen:
            _ask(client, *asking(visitor))
        found[name] = len(seen)
    return found


def _ask(client: Client, path: str, body: str) -> None:
    if body:
        client.post(path, body, content_type="application/x-www-form-urlencoded")
    else:
        client.get(path)


def _by_hand(visitor: Visitor) -> dict[str, Any]:
    """The statements of one submission, sent again as they are, with nothing between them.

    In a transaction that is undone each time, so that they can be sent again; without its commit.
    """
    with transaction.atomic():
        said: list[tuple[str, Any]] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            said.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            _ask(_client(visitor), *load.submission(visitor))
        transaction.set_rollback(True)
    kept = [pair for pair in said if not pair[0].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    times = []
    for _ in range(9):
        with transaction.atomic(), connection.cursor() as cursor:
            began = time.perf_counter()
            for sql, params in kept:
                with suppress(Exception):
                    cursor.execute(sql, params)
                    if cursor.description:
                        cursor.fetchall()
            times.append(time.perf_counter() - began)
            transaction.set_rollback(True)
    connection.close()
    return {"statements": len(kept), "seconds": round(statistics.median(times), 5)}


def _places() -> dict[str, Any]:
    """Places given by the portal against those there are, slot by slot."""
    lines = Booking.objects.filter(session_day__period__name="Été")
    held = lines.filter(holds_place=True, slot__isnull=False)
    cells = held.values_list("session_day", "slot", "age_group").annotate(held=Count("pk"))
    found = Places.objects.filter(session_day__period__name="Été")
    capacity = {
        (day, str(slot), group): places
        for day, slot, group, places in found.values_list(
            "session_day", "slot", "age_group", "capacity"
        )
    }
    given = {(day, str(slot), group): number for day, slot, group, number in cells}
    return {
        "lines": lines.count(),
        "places_given": sum(given.values()),
        "oversold": sum(number > capacity[cell] for cell, number in given.items()),
    }


@contextmanager
def own_database() -> Iterator[str]:
    """A database of its own on the same server, dropped after."""
    name = f"preau_bench_{secrets.token_hex(4)}"
    url = os.environ["DATABASE_URL"]
    own = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    before = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    _move_to(name)
    try:
        yield own
    finally:
        _move_to(before)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _move_to(name: str) -> None:
    connection.close()
    if getattr(connection, "pool", None):
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
    connection.settings_dict["NAME"] = name


@contextmanager
def _serving(url: str, folder: Path, workers: int) -> Iterator[tuple[int, list[int]]]:
    """The real server and worker on that database. Gives the port and the server's processes."""
    port = _free_port()
    environ = {
        **os.environ,
        "DATABASE_URL": url,
        "PREAU_MODE": "development",
        "PREAU_DATA": str(folder),
        "PREAU_SECRET_KEY": settings.SECRET_KEY,
    }
    log = (folder / "log").open("wb")
    commands = [["serve", "--port", str(port), "--workers", str(workers)], ["worker"]]
    programs = [
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "preau", *command],
            env=environ,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        for command in commands
    ]
    try:
        _wait(port)
        yield port, _family_of(programs[0].pid)
    finally:
        for program in programs:
            os.killpg(program.pid, signal.SIGTERM)
        for program in programs:
            with suppress(subprocess.TimeoutExpired):
                program.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
        log.close()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz"):
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _family_of(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]
