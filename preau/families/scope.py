"""Who may see which families. Every query of the family space starts here."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from preau.core import clock
from preau.core.compiled import compiled_once
from preau.core.models import User
from preau.families.models import Child, Enrolment, Family, Guardian
from preau.org.models import Centre


def families_of_guardian(user: User | AnonymousUser) -> QuerySet[Family]:
    """Families this person is a guardian of; empty for anybody else.

    A guardian barred from a family by a court decision is a stranger to it (B8).
    """
    if not user.is_authenticated or not user.is_active:
        return Family.objects.none()
    return _of_guardian.queryset(user.pk)


def families_entered_by(user: User | AnonymousUser) -> list[Family]:
    """The same, already read: every page of the family space begins so."""
    if not user.is_authenticated or not user.is_active:
        return []
    return _of_guardian(user.pk)


@compiled_once
def _of_guardian(user: int) -> QuerySet[Family]:
    return Family.objects.filter(
        guardianships__guardian__user=user, guardianships__barred_at=None
    ).order_by("number")


def families_of_centres(centres: QuerySet[Centre]) -> QuerySet[Family]:
    """Families with a child enrolled, now or later, in one of these centres."""
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today())
    enrolled = Enrolment.objects.filter(still, centre__in=centres)
    return Family.objects.filter(children__in=enrolled.values("child")).distinct()


def guardians_of_centres(centres: QuerySet[Centre]) -> QuerySet[Guardian]:
    """Adults of the families of these centres."""
    families = families_of_centres(centres).values("pk")
    return Guardian.objects.filter(guardianships__family__in=families).distinct()


def children_of_centres(centres: QuerySet[Centre]) -> QuerySet[Child]:
    """Children of the families of these centres."""
    families = families_of_centres(centres).values("pk")
    return Child.objects.filter(custodies__family__in=families).distinct()


def guardian_is_wholly_of(guardian: Guardian, centres: QuerySet[Centre]) -> bool:
    """Whether every family of this adult is one of these centres: whoever holds the keys of a
    sign-in must be allowed everything that it opens."""
    return not guardian.families.exclude(pk__in=families_of_centres(centres).values("pk")).exists()
