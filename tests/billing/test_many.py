"""A month of many invoices costs the same for each: what the bench measures is done, and grows no
faster than their number."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from preau.bench import billing
from preau.core import clock
from tests.factories import Cast, ask, decide, lines_of, open_days, sign_in, tell
from tests.factories.money import AFTER


@pytest.fixture(autouse=True)
def private_files(settings: Settings, tmp_path: Path) -> None:
    """Files of this test only."""
    settings.MEDIA_ROOT = tmp_path


def test_the_bench_measures_invoices_that_were_issued(db: None) -> None:
    found = billing.measure_month(3)
    assert found["invoices"] == 3
    assert found["compute_ms"] == pytest.approx(found["prepare"]["ms"] + found["issue"]["ms"])
    assert {"prepare", "issue", "pdf", "compute_ms", "compute_cpu_ms", "peak_mb"} < set(found)


def test_statements_do_not_grow_with_the_families(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Preparing and issuing 3 or 30 invoices asks the database the same number of things."""
    monkeypatch.setattr(billing, "_keep_all", lambda: None)
    monkeypatch.setattr(billing, "_check", lambda *_: None)
    asked: dict[str, list[int]] = {"_prepare": [], "_issue": []}
    for name, numbers in asked.items():
        act = getattr(billing, name)

        def counted(*args: object, act=act, numbers=numbers) -> object:  # type: ignore[no-untyped-def]
            with CaptureQueriesContext(connection) as queries:
                done = act(*args)
            numbers.append(len(queries))
            return done

        monkeypatch.setattr(billing, name, counted)
    for families in (3, 30):
        billing.measure_month(families)
    for name, (few, many) in asked.items():
        assert few == many, name
        assert many < 60, name


def test_the_figures_of_a_year_take_the_same_queries(cast: Cast, client: Client) -> None:
    """However many families came."""
    sign_in(client, cast.house.charlie)
    path = reverse("office:attendance_figures")
    asked = []
    for households in ([cast.exemple], [cast.martin, cast.nord, cast.sans_mail]):
        for household in households:
            ask(household, cast.hiver, days=open_days(cast.hiver)[:2])
            decide(cast.camille, cast.hiver, lines_of(household))
        tell(cast.camille, cast.hiver)
        with clock.pinned(AFTER), CaptureQueriesContext(connection) as queries:
            sign_in(client, cast.house.charlie)
            page = client.get(path)
        assert page.context["total"][0] > 0
        asked.append(len(queries))
    assert asked[0] == asked[1]
