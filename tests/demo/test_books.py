"""The books of the demonstration, as its accountant downloads them."""

from __future__ import annotations

import re

import pytest

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
