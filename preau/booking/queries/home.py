"""The family's home page: what needs it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from preau.booking.enums import Status
from preau.booking.models import Booking
from preau.booking.queries.periods import periods_for_family
from preau.booking.queries.requests import RequestSheet, request_sheets, requests_of_family
from preau.booking.queries.windows import PeriodChoice, choices_of_periods
from preau.core import clock
from preau.families.models import Family

_SOON = timedelta(days=14)
_NEWS = timedelta(days=14)
_UPCOMING = 5


@dataclass(frozen=True, kw_only=True)
class News:
    """`offers`: requests with a place kept until it is confirmed; `answered`: those answered
    lately; `pending`: those still waiting for an answer; `windows`: open or opening soon;
    `days`: the next accepted days."""

    offers: list[RequestSheet]
    answered: list[RequestSheet]
    pending: list[RequestSheet]
    windows: list[PeriodChoice]
    days: list[list[Booking]]


def news_for_family(family: Family, *, now: datetime) -> News:
    """Everything of the home page, in seven queries whatever the family's history."""
    recent = requests_of_family(family).filter(period__ends_on__gte=clock.day_of(now))
    sheets = request_sheets(recent, now=now)
    windows = choices_of_periods(periods_for_family(family), family=family, now=now)
    return News(
        offers=[sheet for sheet in sheets if sheet.offers],
        answered=[s for s in sheets if s.last_answer and now - s.last_answer < _NEWS],
        pending=[sheet for sheet in sheets if sheet.pending],
        windows=[
            window
            for window in windows
            if (window.is_open and not window.asked)
            or (window.state == "soon" and window.window.opens_at - now < _SOON)
        ],
        days=_next_days(family, now),
    )


def _next_days(family: Family, now: datetime) -> list[list[Booking]]:
    """Lines of the next accepted days, grouped by child and day."""
    lines = Booking.objects.filter(
        request__family=family, status=Status.ACCEPTED, on__gte=clock.day_of(now)
    )
    days: dict[tuple[object, int], list[Booking]] = {}
    shown = lines.select_related("child", "outing", "session_day__centre").order_by("on", "pk")
    for line in shown[: _UPCOMING * 12]:
        days.setdefault((line.on, line.child_id), []).append(line)
    return list(days.values())[:_UPCOMING]
