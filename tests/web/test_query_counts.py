"""One literal number of queries for each page, however many families there are (habit 12)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from preau.booking.enums import Decision
from preau.pricing.models import Tariff
from tests.factories import (
    Cast,
    Household,
    ask,
    decide,
    lines_of,
    make_family,
    make_prices,
    open_days,
    sign_in,
    tell,
)

FAMILIES = 30
"""Also with three of them: the first ones of the cast."""

OFFICE = {
    "office:today": 13,
    "office:me": 8,
    "office:periods": 6,
    "office:board": 25,
    "office:validate": 7,
    "office:sending": 7,
    "office:tariffs": 8,
    "office:tariff": 11,
    "office:simulator": 6,
    "office:families": 9,
    "office:family": 16,
    "office:enter_request": 19,
    "office:request": 9,
    "office:period_trace": 8,
    "office:board_news": 4,
    "office:register_days": 8,
    "office:register": 22,
    "office:register_state": 8,
    "office:newcomer": 6,
    "office:absences": 6,
    "office:child": 14,
    "office:proposals": 6,
}
FAMILY = {
    "home": 4,
    "family:home": 14,
    "family:space": 8,
    "family:centres": 6,
    "family:periods": 9,
    "family:book": 20,
    "family:children": 9,
    "family:child": 9,
    "family:health": 6,
    "family:prices": 7,
    "family:requests": 8,
    "family:delete_request": 9,
    "family:request": 8,
    "family:absences": 8,
}


def crowd(cast: Cast, number: int) -> list[Household]:
    """So many families at Les Tilleuls, who asked, were answered in part, and ask again."""
    some = [cast.exemple, cast.martin, cast.nord]
    some += [
        make_family(
            number, f"Foule{number}-Exemple", children={"Ada": 7}, centres=[cast.house.tilleuls]
        )
        for number in range(100, 100 + number - len(some))
    ]
    make_prices(cast.house.tilleuls)
    days = open_days(cast.hiver)
    for household in some:
        ask(household, cast.hiver, days=days[:2], version=0)
    for household, decision in zip(some, [*Decision] * number, strict=False):
        decide(cast.camille, cast.hiver, lines_of(household), decision, reason="complet")
    tell(cast.camille, cast.hiver)
    for household in some:
        ask(household, cast.hiver, days=days[:4], outing=cast.sortie, version=1)
    for household in some[1:]:
        decide(cast.camille, cast.hiver, lines_of(household)[-4:])
    return some


def numbers(cast: Cast, name: str) -> list[int]:
    request = cast.exemple.family.requests.get()
    return {
        "office:board": [cast.hiver.pk],
        "office:register": [open_days(cast.hiver)[0].pk],
        "office:register_state": [open_days(cast.hiver)[0].pk],
        "office:newcomer": [open_days(cast.hiver)[0].pk],
        "office:validate": [cast.hiver.pk],
        "office:sending": [cast.hiver.sendings.get().pk],
        "office:tariff": [Tariff.objects.get().pk],
        "office:family": [cast.exemple.family.pk],
        "office:enter_request": [cast.exemple.family.pk, cast.hiver.pk],
        "office:request": [request.pk],
        "office:period_trace": [cast.hiver.pk],
        "office:board_news": [cast.hiver.pk],
        "office:child": [cast.exemple.child.pk],
        "family:child": [cast.exemple.child.pk],
        "family:health": [cast.exemple.child.pk],
        "family:periods": [cast.house.tilleuls.pk],
        "family:book": [cast.hiver.pk],
        "family:delete_request": [request.pk],
        "family:request": [request.pk],
    }.get(name, [])


def queries_of(client: Client, path: str) -> tuple[int, Any]:
    client.get(path)  # what the first reading of a process learns once
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code in {200, 204, 302, 403}
    return len(queries), answer


@pytest.mark.parametrize("families", [3, FAMILIES])
def test_the_office_reads_as_much_for_three_families_as_for_thirty(
    cast: Cast, families: int
) -> None:
    crowd(cast, families)
    director = sign_in(Client(), cast.camille)
    counts = {
        name: queries_of(director, reverse(name, args=numbers(cast, name)))[0] for name in OFFICE
    }
    assert counts == OFFICE


@pytest.mark.parametrize("families", [3, FAMILIES])
def test_a_family_reads_as_much_whatever_the_others_asked(cast: Cast, families: int) -> None:
    crowd(cast, families)
    parent = sign_in(Client(), cast.exemple.user)
    counts = {
        name: queries_of(parent, reverse(name, args=numbers(cast, name)))[0] for name in FAMILY
    }
    assert counts == FAMILY


@pytest.mark.parametrize("children", [1, 3])
def test_the_booking_page_reads_as_much_for_three_children_as_for_one(
    cast: Cast, children: int
) -> None:
    names = dict(zip(["Ada", "Béa", "Cléo"][:children], [4, 7, 9], strict=False))
    household = make_family(50, "Trois-Exemple", children=names, centres=[cast.house.tilleuls])
    parent = sign_in(Client(), household.user)
    count, answer = queries_of(parent, reverse("family:book", args=[cast.hiver.pk]))
    assert answer.content.count(b'type="checkbox" name="pick"') == children * 10 * 3
    assert count == FAMILY["family:book"]


def test_the_public_pages_read_next_to_nothing(cast: Cast) -> None:
    counts = {
        name: queries_of(Client(), reverse(name))[0]
        for name in ("front", "account_login", "account_inactive", "healthz")
    }
    assert counts == {"front": 1, "account_login": 1, "account_inactive": 1, "healthz": 0}
