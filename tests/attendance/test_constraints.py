"""What the database of the register refuses, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from preau.attendance.models import (
    AttendanceTouch,
    CheckIn,
    ExcusedAbsence,
    MedicalCertificate,
)
from preau.core import clock
from tests.factories import Cast, make_cast, open_days
from tests.kit.constraints import constraints_of, refused_by


def _check_in(cast: Cast, **fields: Any) -> object:
    return CheckIn.objects.create(**_who(cast), **fields)


def _who(cast: Cast) -> dict[str, Any]:
    return {
        "session_day": open_days(cast.hiver)[0],
        "child": cast.exemple.child,
        "family": cast.exemple.family,
    }


def _touch(cast: Cast, **fields: Any) -> object:
    now = clock.now()
    given = {"uuid": UUID(int=1), "kind": "state", "touched_at": now, "received_at": now}
    return AttendanceTouch.objects.create(**_who(cast), actor=cast.camille, **(given | fields))


def _paper(cast: Cast, **fields: Any) -> object:
    today = clock.today()
    assert cast.exemple.user
    given = {"starts_on": today, "ends_on": today, "sent_at": clock.now(), "file": "a.pdf"}
    return MedicalCertificate.objects.create(
        child=cast.exemple.child,
        family=cast.exemple.family,
        sent_by=cast.exemple.user,
        **(given | fields),
    )


def _excuse(cast: Cast, **fields: Any) -> object:
    given = {"reason": "malade", "excused_at": clock.now(), "excused_by": cast.camille}
    who = _who(cast)
    del who["family"]
    return ExcusedAbsence.objects.create(**who, **(given | fields))


def _later() -> Any:
    return clock.now() + timedelta(hours=1)


IMPOSSIBLE: dict[str, tuple[str, Callable[[Cast], object]]] = {
    "two lines of the register for one child and payer": (
        "check_in_once_a_day_and_payer",
        lambda cast: [_check_in(cast), _check_in(cast)],
    ),
    "a presence without a word": (
        "check_in_has_a_known_state",
        lambda cast: _check_in(cast, state="maybe"),
    ),
    "an unbooked night": (
        "check_in_unbooked_of_real_slots",
        lambda cast: _check_in(cast, unbooked=["night"]),
    ),
    "a touch of nothing": (
        "attendance_touch_of_a_known_kind",
        lambda cast: _touch(cast, kind="money"),
    ),
    "a touch of tomorrow, which would win over today's": (
        "attendance_touch_not_from_the_future",
        lambda cast: _touch(cast, touched_at=_later()),
    ),
    "an absence that ends before it starts": (
        "certificate_dates_in_order",
        lambda cast: _paper(cast, ends_on=clock.today() - timedelta(days=1)),
    ),
    "an answer by nobody": (
        "certificate_decided_by_somebody",
        lambda cast: _paper(cast, state="accepted"),
    ),
    "a refusal without its reason": (
        "certificate_refused_says_why",
        lambda cast: _paper(cast, state="refused", decided_at=clock.now(), decided_by=cast.camille),
    ),
    "a day excused twice, so that lifting it leaves it excused": (
        "excused_absence_once_a_day",
        lambda cast: [_excuse(cast), _excuse(cast)],
    ),
    "an excuse without its reason": (
        "excused_absence_says_why",
        lambda cast: _excuse(cast, reason=""),
    ),
    "an excuse lifted by nobody": (
        "excused_absence_lifted_by_somebody",
        lambda cast: _excuse(cast, lifted_at=clock.now()),
    ),
}


@pytest.mark.django_db
def test_the_database_refuses_what_cannot_be() -> None:
    cast = make_cast()
    for constraint, write in IMPOSSIBLE.values():
        with refused_by(constraint):
            write(cast)
    assert {name for name, _ in IMPOSSIBLE.values()} == constraints_of("attendance")
