"""Periods and centres with what a family needs to choose: open or not, until when, for whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from preau.activities.deadlines import in_words
from preau.activities.models import Period
from preau.booking.enums import Status
from preau.booking.models import Booking, PreparedRequest
from preau.booking.queries.periods import centres_for_family
from preau.booking.windows import Window, windows_of_family
from preau.core import clock
from preau.families.models import Child, Enrolment, Family
from preau.org.models import Centre


@dataclass(frozen=True, kw_only=True)
class PeriodChoice:
    """A period as one family may choose it now. `state` is "soon", "open" or "over"; `until` the
    closing in words; `asked` whether it has a request there, `prepared` one ready to send (B1)."""

    window: Window
    state: str
    until: str
    asked: bool
    prepared: bool

    @property
    def period(self) -> Period:
        """The period itself."""
        return self.window.period

    @property
    def is_open(self) -> bool:
        """Whether the family may ask now."""
        return self.state == "open"


@dataclass(frozen=True, kw_only=True)
class CentreChoice:
    """A centre and the family's children who attend it."""

    centre: Centre
    children: list[Child]


def choices_of_periods(
    periods: QuerySet[Period], *, family: Family, now: datetime
) -> list[PeriodChoice]:
    """The given periods with the family's own window on each. Five queries."""
    found = list(periods)
    windows = windows_of_family(family, found)
    lines = Booking.objects.filter(request__family=family).exclude(status=Status.CANCELLED)
    prepared = set(PreparedRequest.objects.filter(family=family).values_list("period", flat=True))
    asked = set(lines.values_list("request__period", flat=True).distinct())
    return [
        PeriodChoice(
            window=windows[period.pk],
            state=_state(windows[period.pk], now),
            until=in_words(period.closes_at),
            asked=period.pk in asked,
            prepared=period.pk in prepared,
        )
        for period in found
    ]


def _state(window: Window, now: datetime) -> str:
    if window.is_over(now):
        return "over"
    return "open" if window.is_open(now) else "soon"


def centres_with_children(family: Family) -> list[CentreChoice]:
    """The family's centres, each with its children. Two queries."""
    today = clock.today()
    children: dict[int, list[Child]] = defaultdict(list)
    enrolments = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), child__families=family
    )
    for enrolment in enrolments.select_related("child").order_by("child__birth_date"):
        if enrolment.child not in children[enrolment.centre_id]:
            children[enrolment.centre_id].append(enrolment.child)
    return [
        CentreChoice(centre=centre, children=children[centre.pk])
        for centre in centres_for_family(family)
    ]
