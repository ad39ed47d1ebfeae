"""Several workers issue one run while things fail: no gap, no double, no date that goes back."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from preau.billing.actions import ledger, papers, runs
from preau.billing.actions.charges import add_charge
from preau.billing.actions.runs import (
    fingerprint_of_run,
    issue_drafts,
    prepare_run,
    start_issuing,
)
from preau.billing.enums import DraftState, Nature
from preau.billing.models import BillingRun, Draft, LedgerEntry, Paper
from preau.core import clock
from preau.core.models import NumberSeries
from preau.families.models import Family
from preau.messaging.models import Mail
from tests.concurrency.test_killed import Programs
from tests.factories import NOW, Cast
from tests.kit.database import TestDatabase
from tests.kit.together import together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
FAMILIES = 24
JANUARY = date(2027, 1, 1)


@pytest.fixture
def run(committed_cast: Cast) -> BillingRun:
    """Families who owe a membership each, in a run that somebody has just begun to issue."""
    cast = committed_cast
    for number in range(100, 100 + FAMILIES):
        add_charge(
            actor=cast.camille,
            family=Family.objects.create(name=f"Famille {number}", number=number),
            child=None,
            centre=cast.house.tilleuls,
            on=JANUARY,
            wording="Adhésion",
            nature=Nature.MEMBERSHIP,
            amount=Decimal(number) / 100,
        )
    made = prepare_run(actor=cast.camille, centres=[cast.house.tilleuls], month=JANUARY)
    start_issuing(run=made, fingerprint=fingerprint_of_run(made))
    return made


def _fail_often(monkeypatch: pytest.MonkeyPatch, share: float) -> list[int]:
    """Writing in the account fails for `share` of the papers, once their number is taken."""
    dice, lock, failures = random.Random(7), threading.Lock(), []
    post = ledger.post_papers

    def maybe(issued: Sequence[Paper]) -> None:
        for paper in issued:
            with lock:
                fails = dice.random() < share
            if fails:
                failures.append(paper.sequence)
                raise RuntimeError("the power went")
        post(issued)

    monkeypatch.setattr(papers, "post_papers", maybe)
    return failures


def _worker(run: BillingRun, day: int) -> None:
    """Clocks differ by days between machines: dates must not go back all the same."""
    with clock.pinned(NOW + timedelta(days=day)):
        while Draft.objects.filter(run=run, state=DraftState.READY).exists():
            issue_drafts(run_id=run.pk)


@pytest.mark.filterwarnings("ignore")
def test_eight_workers_and_failures_leave_no_gap(
    run: BillingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = _fail_often(monkeypatch, 0.3)
    results = together(*[lambda n=n: _worker(run, n) for n in range(8)])
    assert results == [None] * 8
    assert failures
    issued = list(Paper.objects.order_by("sequence"))
    assert [paper.sequence for paper in issued] == list(range(1, FAMILIES + 1))
    dates = [paper.issued_on for paper in issued]
    assert dates == sorted(dates)
    assert len({paper.family_id for paper in issued}) == FAMILIES
    entries = LedgerEntry.objects.aggregate(total=Sum("debit"))
    assert entries["total"] == sum(paper.total for paper in issued)
    assert LedgerEntry.objects.count() == FAMILIES
    assert not Mail.objects.exists()  # none of them has an address
    run.refresh_from_db()
    assert run.issued_at is not None


def test_without_the_locked_counter_numbers_collide(
    run: BillingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is what keeps them apart: without it the database has to refuse some."""
    without_locks(monkeypatch, NumberSeries)
    monkeypatch.setattr(runs, "_A_TIME", 1)
    together(*[lambda: issue_drafts(run_id=run.pk)] * 8)
    refused = Draft.objects.filter(run=run, state=DraftState.CHANGED).count()
    assert refused > 0


def test_a_run_killed_in_the_middle_goes_on_where_it_was(
    run: BillingRun, test_database: TestDatabase, tmp_path: Path
) -> None:
    """kill -9 while the second invoice is written, whatever the table: none skipped, none twice."""
    acting = Programs(test_database, tmp_path)
    begun = "from preau.billing.actions import runs\n"
    assert acting.finish(f"{begun}runs._issue_next({run.pk}, set())") == ""
    for table in ("billing_paper", "billing_paperline", "billing_ledgerentry"):
        acting.kill_at(table, f"{begun}runs.issue_drafts(run_id={run.pk})")
        assert (Paper.objects.count(), LedgerEntry.objects.count()) == (1, 1), table
    for _again in range(2):
        assert acting.finish(f"{begun}runs.resume_runs()") == ""
    numbers = Paper.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(numbers) == list(range(1, FAMILIES + 1))
    assert LedgerEntry.objects.values("family").distinct().count() == FAMILIES
    run.refresh_from_db()
    assert run.issued_at is not None
