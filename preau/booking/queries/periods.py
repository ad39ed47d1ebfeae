"""Centres and periods for a family that looks for one."""

from __future__ import annotations

from django.db.models import QuerySet

from preau.activities.models import Period
from preau.core import clock
from preau.families.models import Enrolment, Family
from preau.org.enums import BOOKABLE_KINDS
from preau.org.models import Centre


def centres_for_family(family: Family) -> QuerySet[Centre]:
    """Centres where a child of the family is enrolled now or later, of any kind."""
    enrolments = Enrolment.objects.filter(child__families=family)
    current = enrolments.filter(ends_on__isnull=True) | enrolments.filter(
        ends_on__gte=clock.today()
    )
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
    centres = centres_for_family(family).filter(kind__in=BOOKABLE_KINDS)
    periods = Period.objects.filter(
        published=True, centre__in=centres.values("pk"), ends_on__gte=clock.today()
    )
    return (
        periods.select_related("centre")
        .prefetch_related("early_openings")
        .order_by("starts_on", "pk")
    )
