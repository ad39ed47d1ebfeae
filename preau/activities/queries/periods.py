"""Periods for those who look for one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Prefetch, QuerySet

from preau.activities.models import Outing, OutingPlaces, Period, SessionDay
from preau.org.models import Centre


def periods_of_centres(centres: QuerySet[Centre]) -> QuerySet[Period]:
    """Every period of these centres, published or not: the office's view."""
    periods = Period.objects.filter(centre__in=centres.values("pk"))
    return periods.select_related("centre").order_by("starts_on", "centre__name", "pk")


def centres_with_periods(
    centres: QuerySet[Centre], *, past: bool, today: date
) -> list[tuple[Centre, list[Period]]]:
    """Each centre with its periods, those that are over or the others. Two queries."""
    found = periods_of_centres(centres)
    found = found.filter(ends_on__lt=today) if past else found.filter(ends_on__gte=today)
    of_centre: dict[int, list[Period]] = defaultdict(list)
    for period in found:
        of_centre[period.centre_id].append(period)
    return [(centre, of_centre[centre.pk]) for centre in centres]


def open_days_of(period: Period) -> list[SessionDay]:
    """The days of a period that are open, in order. One query."""
    return list(SessionDay.objects.filter(period=period, closed_because="").order_by("on"))


def outings_of_period(period: Period) -> list[Outing]:
    """The outings of a period by day, with their places by group. Two queries."""
    found = Outing.objects.filter(session_day__period=period).select_related("session_day")
    rows = OutingPlaces.objects.select_related("age_group").order_by("age_group__min_age")
    return list(
        found.order_by("session_day__on", "leaves_at").prefetch_related(Prefetch("places", rows))
    )
