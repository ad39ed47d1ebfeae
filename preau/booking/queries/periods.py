"""Centres and periods for a family that looks for one."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from preau.activities.models import Period
from preau.core import clock
from preau.core.compiled import compiled_once
from preau.families.models import Enrolment, Family
from preau.org.enums import BOOKABLE_KINDS
from preau.org.models import Centre


def centres_for_family(family: Family) -> QuerySet[Centre]:
    """Centres where a child of the family is enrolled now or later, of any kind."""
    return _centres(family.pk, clock.today())


def _centres(family: int, today: date) -> QuerySet[Centre]:
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    current = Enrolment.objects.filter(still, child__families=family)
    return Centre.objects.filter(pk__in=current.values("centre"))


def periods_to_enter(family: Family, centres: QuerySet[Centre]) -> QuerySet[Period]:
    """Periods of these centres, published or not, for which the office may enter a request."""
    own = centres_for_family(family).filter(kind__in=BOOKABLE_KINDS, pk__in=centres.values("pk"))
    periods = Period.objects.filter(centre__in=own.values("pk"), ends_on__gte=clock.today())
    return periods.select_related("centre").order_by("starts_on", "pk")


def periods_for_family(family: Family) -> QuerySet[Period]:
    """Published periods, not over, of the centres that take bookings and a child attends (S12).

    Fetching is authorising: a period that is not here does not exist for this family.
    """
    return _periods(family.pk, clock.today())


def _periods(family: int, today: date) -> QuerySet[Period]:
    centres = _centres(family, today).filter(kind__in=BOOKABLE_KINDS)
    periods = Period.objects.filter(
        published=True, centre__in=centres.values("pk"), ends_on__gte=today
    )
    return (
        periods.select_related("centre")
        .prefetch_related("early_openings")
        .order_by("starts_on", "pk")
    )


def period_for_family(family: Family, period_id: int) -> Period | None:
    """The one of `periods_for_family` that has this id, if any. Two queries."""
    found = _one_period(family.pk, clock.today(), period_id)
    return found[0] if found else None


@compiled_once
def _one_period(family: int, today: date, period: int) -> QuerySet[Period]:
    return _periods(family, today).filter(pk=period)
