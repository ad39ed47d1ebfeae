"""Attestations as families read them, and as the accountant prepares them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from preau.billing.models import Attestation
from preau.core import clock
from preau.families.models import Family


def attestations_of_family(families: QuerySet[Family]) -> QuerySet[Attestation]:
    """Those a guardian of these families may read: in force, and visible since their day."""
    return Attestation.objects.filter(
        family__in=families.values("pk"), replaced_by=None, published_on__lte=clock.today()
    )


def families_with_payments(families: QuerySet[Family], year: int) -> QuerySet[Family]:
    """Families that paid something in `year`, or whose care of that year was paid before."""
    paid = Q(payments__paid_on__year__in=(year - 1, year))
    return families.filter(paid | Q(attestations__year=year)).distinct()


def attestations_in_force(year: int, families: QuerySet[Family]) -> dict[int, Attestation]:
    """The last attestation of each family for a year."""
    found = Attestation.objects.filter(
        year=year, replaced_by=None, family__in=families.values("pk")
    )
    return {each.family_id: each for each in found}
