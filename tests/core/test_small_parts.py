"""The clock, the duties of the worker, polite waiting."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import OperationalError
from psycopg import errors

from preau.core import clock, housekeeping
from preau.core.errors import RefusedError
from preau.core.housekeeping import duty, run_due
from preau.core.locks import short_transaction


@pytest.fixture
def no_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "DUTIES", {})


def test_the_day_is_the_one_of_paris_whatever_the_machine_says() -> None:
    with clock.pinned(datetime(2027, 1, 12, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2027, 1, 13)


def test_a_pinned_clock_is_let_go_even_after_a_fault() -> None:
    before = clock.now()
    with pytest.raises(ZeroDivisionError), clock.pinned(datetime(2020, 1, 1, tzinfo=UTC)):
        1 / 0  # noqa: B018 - the fault
    assert clock.now() == before


def test_a_duty_runs_at_its_own_pace(no_duties: None) -> None:
    runs = []
    duty("sweep", every=10)(lambda: runs.append("sweep"))
    assert [run_due(at) for at in (0.0, 5.0, 9.9, 10.0, 35.0, 36.0)] == [
        ["sweep"], [], [], ["sweep"], ["sweep"], [],
    ]  # fmt: skip
    assert len(runs) == 3


def test_a_duty_that_fails_is_told_and_stops_no_other(
    no_duties: None, caplog: pytest.LogCaptureFixture
) -> None:
    runs = []
    duty("broken", every=1)(lambda: 1 / 0)
    duty("sound", every=1)(lambda: runs.append(1))
    assert run_due(0.0) == ["broken", "sound"]
    assert "broken failed" in caplog.text
    assert run_due(2.0) == ["broken", "sound"]
    assert len(runs) == 2
    with pytest.raises(ZeroDivisionError):
        run_due(4.0, stop_on_error=True)


@pytest.mark.django_db
@pytest.mark.parametrize("cause", [errors.LockNotAvailable, errors.DeadlockDetected])
def test_a_lock_not_obtained_is_a_polite_refusal(cause: type[Exception]) -> None:
    with pytest.raises(RefusedError, match="réessayez dans quelques secondes"):
        fail_within(cause)


@pytest.mark.django_db
def test_another_trouble_of_the_database_is_not_hidden() -> None:
    with pytest.raises(OperationalError):
        fail_within(errors.AdminShutdown)


def fail_within(cause: type[Exception]) -> None:
    with short_transaction():
        raise OperationalError("locked") from cause("locked")
