"""Outings given to children whose week no longer holds the days they ask for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from preau.activities.models import Period
from preau.booking.conditions import days_missing, weeks_of_others
from preau.booking.enums import Decision, Status
from preau.booking.models import Booking


def outings_in_doubt(periods: Collection[Period], *, today: date) -> list[Booking]:
    """Outings to come, accepted or about to be, whose condition is not met any more.

    Nothing is taken from the child: the director is told, and decides. Two queries.
    """
    given = Booking.objects.filter(
        Q(status=Status.ACCEPTED) | Q(draft=Decision.ACCEPTED),
        request__period__in=periods,
        outing__min_days_in_week__gt=0,
        on__gte=today,
    )
    lines = list(given.select_related("outing", "child", "request__family").order_by("on", "pk"))
    weeks = weeks_of_others(lines)
    return [line for line in lines if days_missing(line, weeks)]
