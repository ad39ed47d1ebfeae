"""The one place that asks what time it is. Days are those of Paris, whatever the machine says."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

PARIS = ZoneInfo("Europe/Paris")

_pinned: ContextVar[datetime | None] = ContextVar("pinned", default=None)


def now() -> datetime:
    """The present instant, aware."""
    return _pinned.get() or timezone.now()


def day_of(instant: datetime) -> date:
    """The day an instant belongs to, in Paris."""
    return instant.astimezone(PARIS).date()


def today() -> date:
    """The present day in Paris."""
    return day_of(now())


def start_of(day: date) -> datetime:
    """The instant at which a day begins, in Paris."""
    return datetime.combine(day, time(), tzinfo=PARIS)


@contextmanager
def pinned(at: datetime) -> Iterator[None]:
    """Within, it is the instant `at`: for stories of the past (the demonstration) and tests."""
    token = _pinned.set(at)
    try:
        yield
    finally:
        _pinned.reset(token)
