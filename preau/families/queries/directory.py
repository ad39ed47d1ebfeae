"""Finding a family, and reading its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from preau.core import clock
from preau.families.models import (
    Child,
    Custody,
    Enrolment,
    Family,
    FamilyQuotient,
    Guardianship,
)
from preau.org.models import Centre


@dataclass(frozen=True, kw_only=True)
class FamilyFile:
    """A family as the office reads it. `quotient` is the one in force today, if any."""

    family: Family
    guardianships: list[Guardianship]
    children: list[Child]
    quotient: FamilyQuotient | None
    quotients: list[FamilyQuotient]
    today: date


# Nobody types more; each word costs a search of its own.
_MOST_WORDS = 6


def search_families(families: QuerySet[Family], text: str) -> QuerySet[Family]:
    """Those of `families` whose name, number, child or guardian answers to every word typed.

    They come with their children and with the guardians whose access is not taken away.
    """
    for word in text.split()[:_MOST_WORDS]:
        children = Custody.objects.filter(
            Q(child__first_name__icontains=word) | Q(child__last_name__icontains=word)
        )
        guardians = Guardianship.objects.filter(
            Q(guardian__first_name__icontains=word) | Q(guardian__last_name__icontains=word)
        )
        matches = (
            Q(name__icontains=word)
            | Q(pk__in=children.values("family"))
            | Q(pk__in=guardians.values("family"))
        )
        if word.isascii() and word.isdigit() and len(word) < 10:
            matches |= Q(number=int(word))
        families = families.filter(matches)
    adults = Guardianship.objects.in_force().select_related("guardian").order_by("pk")
    return families.prefetch_related("children", Prefetch("guardianships", adults))


def family_file(family: Family, centres: QuerySet[Centre]) -> FamilyFile:
    """The file of one family for somebody who works on `centres`, in four queries.

    A child's enrolment elsewhere is not theirs to see.
    """
    today = clock.today()
    current = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), centre__in=centres.values("pk")
    )
    children = family.children.prefetch_related(
        Prefetch("enrolments", current.select_related("centre"), to_attr="current_enrolments")
    )
    quotients = list(family.quotients.select_related("recorded_by"))
    return FamilyFile(
        family=family,
        guardianships=list(
            family.guardianships.select_related("guardian__user").order_by("-is_contact", "pk")
        ),
        children=list(children),
        quotient=next((q for q in quotients if q.valid_from <= today <= q.valid_to), None),
        quotients=quotients,
        today=today,
    )
