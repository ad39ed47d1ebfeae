"""The measure of every page opens real pages: figures of refusals would promise a quick site."""

from __future__ import annotations

import pytest

from preau.bench.pages.measure import open_everything
from preau.bench.pages.people import make_people


@pytest.mark.real_time
def test_each_person_opens_their_own_pages(db: None) -> None:
    """A family, a director and an administrator each wait for the pages that they live by, with
    as many statements as their lists cost; what the director may not open is said, not timed."""
    measured, skipped = open_everything(make_people(3, history=False))
    for page in (
        "parent family:home",
        "parent family:book",
        "parent family:requests",
        "director office:today",
        "director office:board",
        "director office:register",
        "administrator office:families",
        "administrator office:trace",
    ):
        assert measured[page]["queries"] > 2, page
        assert measured[page]["ms"] > 0, page
    assert skipped["director office:trace"] == "answers 404"
    assert skipped["parent family:certificate_paper"] == "no certificate_id"
    assert not measured.keys() & skipped.keys()
