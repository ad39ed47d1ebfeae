"""Opening each page a few times at each size, in databases of their own."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import URLPattern, get_resolver, reverse

from preau.bench.pages.people import A_CENTRE, Person, make_people
from preau.bench.rush.measure import own_database

SIZES = (60, 600, 3_000)
ROUNDS = 5
PROMISED = 1.5
"""A page of one family or one centre takes no longer than so many times, in a larger town."""

Measured = dict[str, dict[str, float]]


def measure_pages(*, sizes: tuple[int, ...] = SIZES, history: bool = True) -> dict[str, Any]:
    """Open every page at each number of families; throw each database away.

    `pages`: for `person page`, `ms` (median) and `queries`, one value a size, and `growth`, the
    last time to the first. `over`: pages that grow more than promised. `grow_queries`: pages whose
    statements are not the same number at each size. `not_measured`: addresses that are no page at
    one size at least, with what they answered, or the name of what the town has none of.
    """
    rounds: list[tuple[Measured, dict[str, str]]] = []
    for families in sizes:
        with own_database(), override_settings(DEBUG=False):
            call_command("migrate", verbosity=0)
            people = make_people(families, history=history)
            rounds.append(open_everything(people))
    skipped: dict[str, str] = {}
    for _, left in rounds:
        skipped |= left
    common = [page for page in rounds[0][0] if all(page in found for found, _ in rounds)]
    pages = {page: _grown([found[page] for found, _ in rounds]) for page in common}
    return {
        "families": list(sizes),
        "families_a_centre": A_CENTRE,
        "history": history,
        "pages": pages,
        "over": sorted(page for page, it in pages.items() if it["growth"] > PROMISED),
        "grow_queries": sorted(page for page, it in pages.items() if len(set(it["queries"])) > 1),
        "not_measured": skipped,
    }


def _grown(sizes: list[dict[str, float]]) -> dict[str, Any]:
    times = [each["ms"] for each in sizes]
    return {
        "ms": times,
        "queries": [int(each["queries"]) for each in sizes],
        "growth": round(times[-1] / times[0], 2),
    }


def open_everything(people: list[Person]) -> tuple[Measured, dict[str, str]]:
    """What each person waits for on each page, and the addresses that showed them none."""
    measured: Measured = {}
    skipped: dict[str, str] = {}
    for person in people:
        for name, pattern in _addresses(person.space):
            page = f"{person.name} {name}"
            wanted = pattern.pattern.converters
            missing = [each for each in wanted if each not in person.things]
            if missing:
                skipped[page] = f"no {missing[0]}"
                continue
            given = {each: person.things[each] for each in wanted}
            found = _open(person, name, given)
            if isinstance(found, str):
                skipped[page] = found
            else:
                measured[page] = found
    return measured, skipped


def _addresses(space: str) -> Iterator[tuple[str, URLPattern]]:
    """Every address of a part of the site, with its full name."""
    resolver = get_resolver().namespace_dict[space][1]
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}:{pattern.name}", pattern


def _open(person: Person, name: str, given: dict[str, int]) -> dict[str, float] | str:
    """Median and statements of a page, or what was answered instead of one."""
    path = reverse(name, kwargs=given)
    answer = person.client.get(path)
    if answer.status_code != 200:
        return f"answers {answer.status_code}"
    kind = answer.headers.get("Content-Type", "")
    if not kind.startswith("text/html"):
        return f"a file ({kind.partition(';')[0]})"
    with CaptureQueriesContext(connection) as queries:
        person.client.get(path)
    asked = len(queries)  # the next request forgets them
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        person.client.get(path)
        times.append(time.perf_counter() - began)
    return {"ms": round(1000 * statistics.median(times), 1), "queries": asked}
