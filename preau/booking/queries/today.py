"""The office's first page: what waits, and how many children come today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from preau.activities.models import Period
from preau.activities.queries.periods import periods_of_centres
from preau.booking.enums import Status
from preau.booking.models import Booking
from preau.booking.queries.board import PeriodCounts, counts_of_periods
from preau.booking.queries.conditions import outings_in_doubt
from preau.core import clock
from preau.org.models import Centre


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Children expected today at a centre, by group."""

    centre: str
    group: str
    children: int


@dataclass(frozen=True, kw_only=True)
class Today:
    """`to_do`: periods with something to decide or to send; `opening`: windows opening next;
    `doubts`: outings given to children whose week no longer holds the days they ask for."""

    on: date
    to_do: list[PeriodCounts]
    opening: list[Period]
    expected: list[Expected]
    doubts: list[Booking]


def today_for_staff(centres: QuerySet[Centre]) -> Today:
    """The first page of the office, in five queries."""
    now, on = clock.now(), clock.today()
    current = periods_of_centres(centres).filter(ends_on__gte=on)
    counts = counts_of_periods(current)
    lines = Booking.objects.filter(
        on=on, status=Status.ACCEPTED, session_day__centre__in=centres.values("pk")
    )
    grouped = lines.values_list("session_day__centre__name", "age_group__name").annotate(
        children=Count("child", distinct=True)
    )
    return Today(
        on=on,
        to_do=[count for count in counts if count.undecided or count.drafted],
        opening=sorted(
            (c.period for c in counts if c.period.opens_at > now), key=lambda p: p.opens_at
        )[:4],
        doubts=outings_in_doubt([count.period for count in counts], today=on),
        expected=[
            Expected(centre=centre, group=group, children=number)
            for centre, group, number in grouped.order_by("session_day__centre__name")
        ],
    )
