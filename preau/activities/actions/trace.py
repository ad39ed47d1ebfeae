"""The trace of what is changed in a period, its days, places and outings: who, when, what."""

from __future__ import annotations

from preau.activities.models import Period, PlanEvent
from preau.core import clock
from preau.core.models import User


def trace_change(period: Period | int, *, actor: User | None, what: str) -> None:
    """Write one change, in the transaction that makes it; `actor` is None for the program."""
    number = period.pk if isinstance(period, Period) else period
    PlanEvent.objects.create(period_id=number, actor=actor, at=clock.now(), what=what)
