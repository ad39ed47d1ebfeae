"""What a version of a tariff changes, and for how many families."""

from __future__ import annotations

from collections import Counter
from datetime import date

from preau.billing.queries.estimates import grace_months
from preau.families.models import Enrolment, FamilyQuotient
from preau.families.models import Family as FamilyRow
from preau.families.quotients import quotient_on
from preau.pricing.models import Tariff as TariffRow
from preau.pricing.tariff import Family, Tariff
from preau.pricing.tariff.compare import ServiceChange, changes_for


def families_priced(tariff: TariffRow, on: date) -> list[tuple[Family, int]]:
    """Families of the centres of a tariff as it sees them on a day, alike ones counted together.

    Three queries, whatever their number.
    """
    enrolled = Enrolment.objects.filter(centre__tariffs__tariff=tariff).values("child")
    rows = FamilyRow.objects.filter(children__in=enrolled).distinct()
    quotients: dict[int, list[FamilyQuotient]] = {row.pk: [] for row in rows}
    for quotient in FamilyQuotient.objects.filter(family__in=list(quotients)):
        quotients[quotient.family_id].append(quotient)
    grace = grace_months()
    alike: Counter[tuple[object, str, str]] = Counter()
    for row in rows:
        found = quotient_on(quotients[row.pk], on, grace=grace)
        alike[found.value if found else None, found.scheme if found else "", row.town] += 1
    return [
        (
            Family(
                quotient=quotient,  # type: ignore[arg-type]
                scheme=scheme,
                communes=(town,) if town else (),
            ),
            number,
        )
        for (quotient, scheme, town), number in alike.items()
    ]


def changes_of(row: TariffRow, before: Tariff, after: Tariff, on: date) -> list[ServiceChange]:
    """For each service, how many families would pay more, less, or the same on a day."""
    return changes_for(before, after, families_priced(row, on))
