"""The books of the demonstration, as its accountant downloads them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from preau.demo.money import past_blocks
from tests.demo.portal import ADMINISTRATOR, Portal, Prepared, Visitor
from tests.kit.fec import faults_of


@pytest.mark.real_time
def test_an_inspector_takes_the_books_of_the_demonstration(
    portal: Portal, prepared: Prepared
) -> None:
    """Both years of its life."""
    visitor = Visitor(portal)
    visitor.use(prepared.sessions[ADMINISTRATOR])
    page = visitor.get("/direction/facturation/exports/")
    years = sorted(set(re.findall(r"/direction/facturation/fec/(\d{4})/", page)))[-2:]
    entries = 0
    for year in years:
        content = visitor.get(f"/direction/facturation/fec/{year}/")
        assert faults_of(f"000000000FEC{year}1231.txt", content) == []
        entries += content.count("\n") - 1
    assert entries > 100


def test_last_year_was_paid_for_whatever_the_day_of_the_demonstration() -> None:
    """A visitor of any day finds attestations to look at, and no period twice."""
    for number in range(0, 2 * 366, 3):
        today = date(2026, 1, 1) + timedelta(days=number)
        blocks = past_blocks(today)
        assert blocks[0][0].year == today.year - 1, today
        days = [day for block in blocks for day in block]
        assert days == sorted(set(days))
        assert days[-1] <= today - timedelta(days=71)
