"""How long a month of invoices takes: prepare, issue, render (B26).

Every invoice has twelve lines: six days, each a half-day of care and a meal.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test.utils import override_settings

from preau.activities.enums import PeriodKind, Slot
from preau.activities.models import Period, SessionDay
from preau.bench.crowd import make_centre, make_director, make_families
from preau.billing.actions.centres import set_centres
from preau.billing.actions.files import keep_missing_files
from preau.billing.actions.runs import (
    fingerprint_of_run,
    issue_drafts,
    prepare_run,
    start_issuing,
)
from preau.billing.enums import DraftState
from preau.billing.models import BillingRun, Paper, PaperLine
from preau.booking.enums import Status
from preau.booking.models import Booking, BookingRequest
from preau.core import clock
from preau.core.models import User
from preau.families.models import Family, FamilyQuotient
from preau.org.models import AgeGroup, Centre
from preau.pricing.actions.versions import create_tariff, publish_version

SIZES = (1_000, 10_000)
DAYS = 6
SLOTS = (Slot.MIDDAY, Slot.AFTERNOON)
LINES = 2 * DAYS
"""Lines of each invoice."""

_TARIFF = """
name: Mesures {number}
valid_from: 2020-01-01
quotient: {{ decimals: drop }}
grids:
  qf:
    brackets:
      - {{ to: 600, prices: {{ half: 3.10, meal: 3.50 }} }}
      - {{ from: 601, to: 1200, prices: {{ half: 5.05, meal: 4.10 }} }}
      - {{ from: 1201, prices: {{ half: 7.45, meal: 4.80 }} }}
services:
  half: {{ label: Demi-journée, nature: care, price: {{ grid: qf }} }}
  meal: {{ label: Repas, nature: meal, price: {{ grid: qf }} }}
slots:
  - {{ slots: [midday, afternoon], services: [half, meal] }}
adjustments:
  - {{ label: "2e enfant", natures: care, when: {{ rank: {{ from: 2 }} }}, percent: -10 }}
"""


def measure_billing(sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """Measure each number of invoices in a database made for it, which is then thrown away.

    `lines`; for each size `invoices`, then for `prepare`, `issue` and `pdf`: `seconds`, `cpu` (of
    this process) and `ms` (`cpu_ms`) for one invoice; `compute_ms` and `compute_cpu_ms`: preparing
    and issuing together; `peak_mb`: the most memory this process has had so far. `growth`: the
    compute time of one invoice of the last size, to that of the first.
    """
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
            rounds = [measure_month(size) for size in sizes]
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    first, last = rounds[0]["compute_ms"], rounds[-1]["compute_ms"]
    return {"lines": LINES, "sizes": rounds, "growth": round(last / first, 2)}


def measure_month(number: int) -> dict[str, Any]:
    """Make a centre with so many families who came six days of last month, and invoice it."""
    month = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    centre, group = make_centre(f"Centre des mesures {number}")
    director = make_director(centre, f"bench-{number}")
    families = make_families(number, centre)
    _make_prices(centre, number)
    _make_care(centre, group, families, month)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    runs: list[BillingRun] = []
    prepared = _timed(number, lambda: runs.append(_prepare(director, centre, month)))
    issued = _timed(number, lambda: _issue(runs[0]))
    rendered = _timed(number, _keep_all)
    _check(runs[0], number)
    return {
        "invoices": number,
        "prepare": prepared,
        "issue": issued,
        "pdf": rendered,
        "compute_ms": round(prepared["ms"] + issued["ms"], 3),
        "compute_cpu_ms": round(prepared["cpu_ms"] + issued["cpu_ms"], 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _prepare(director: User, centre: Centre, month: date) -> BillingRun:
    return prepare_run(actor=director, centres=[centre], month=month)


def _issue(run: BillingRun) -> None:
    start_issuing(run=run, fingerprint=fingerprint_of_run(run))
    issue_drafts(run_id=run.pk)


def _keep_all() -> None:
    while keep_missing_files():
        pass


def _timed(number: int, act: Callable[[], object]) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "seconds": round(wall, 2),
        "cpu": round(cpu, 2),
        "ms": round(1000 * wall / number, 3),
        "cpu_ms": round(1000 * cpu / number, 3),
    }


def _check(run: BillingRun, number: int) -> None:
    """A measure of work that was not done would mean nothing."""
    issued = run.drafts.filter(state=DraftState.ISSUED)
    papers = Paper.objects.filter(pk__in=issued.values("paper"))
    lines = PaperLine.objects.filter(paper__in=papers)
    found = (papers.filter(file__isnull=False).count(), lines.count())
    if found != (number, number * LINES):
        raise RuntimeError(f"expected {number} invoices of {LINES} lines, found {found}")


def _make_prices(centre: Centre, number: int) -> None:
    version = create_tariff(actor=None, text=_TARIFF.format(number=number))
    publish_version(actor=None, version=version)
    everywhere = Centre.objects.filter(pk=centre.pk)
    set_centres(tariff=version.tariff, among=everywhere, chosen=[centre])


def _make_care(centre: Centre, group: AgeGroup, families: list[Family], month: date) -> None:
    """Six days of the month, asked for by everybody and accepted, with a quotient each."""
    period = Period.objects.create(
        centre=centre,
        kind=PeriodKind.WEDNESDAYS,
        name="Mesures",
        starts_on=month,
        ends_on=month + timedelta(days=DAYS - 1),
        opens_at=clock.now() - timedelta(days=90),
        closes_at=clock.now() - timedelta(days=60),
        booking_deadline={},
        cancel_deadline={},
    )
    days = SessionDay.objects.bulk_create(
        SessionDay(period=period, centre=centre, on=month + timedelta(days=n)) for n in range(DAYS)
    )
    FamilyQuotient.objects.bulk_create(
        FamilyQuotient(
            family=family,
            value=300 + 13 * (n % 110),
            scheme="caf",
            valid_from=month - timedelta(days=200),
            valid_to=month + timedelta(days=200),
        )
        for n, family in enumerate(families)
    )
    for start in range(0, len(families), 1_000):
        _make_lines(period, group, days, families[start : start + 1_000])


def _make_lines(
    period: Period, group: AgeGroup, days: list[SessionDay], families: list[Family]
) -> None:
    now = clock.now()
    requests = BookingRequest.objects.bulk_create(
        BookingRequest(family=family, period=period, submitted_at=now) for family in families
    )
    children = dict(
        Family.objects.filter(pk__in=[family.pk for family in families]).values_list(
            "pk", "custodies__child"
        )
    )
    Booking.objects.bulk_create(
        Booking(
            request=request,
            child_id=children[request.family_id],
            session_day=day,
            on=day.on,
            slot=slot,
            age_group=group,
            status=Status.ACCEPTED,
            asked_at=now,
            told_at=now,
        )
        for request in requests
        for day in days
        for slot in SLOTS
    )
