"""Children expected each day, under six and from six, and the adults they need (B23)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, DateField, F, Func, Q

from preau.activities.enums import StaffRule
from preau.activities.staffing import RATIOS, Ratio, staff_needed
from preau.booking.models import Booking


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Children who have a place on one day, whatever the slot, and the adults for them all."""

    under_six: int = 0
    from_six: int = 0
    staff: int = 0


def ratio_of(staff_rule: str) -> Ratio:
    """The numbers of a period's rule, with their source."""
    return RATIOS[StaffRule(staff_rule)]


def expected_by_day(days: Collection[int], ratio: Ratio) -> dict[int, Expected]:
    """What each of these days expects, in one query. A child counts once a day.

    Those who hold a place count, even before their family was told.
    """
    sixth_birthday = Func(
        F("on"), template="(%(expressions)s - interval '6 years')::date", output_field=DateField()
    )
    lines = Booking.objects.filter(session_day__in=days, holds_place=True)
    counted = lines.values("session_day").annotate(
        young=Count("child", distinct=True, filter=Q(child__birth_date__gt=sixth_birthday)),
        old=Count("child", distinct=True, filter=Q(child__birth_date__lte=sixth_birthday)),
    )
    return {
        row["session_day"]: Expected(
            under_six=row["young"],
            from_six=row["old"],
            staff=staff_needed(under_six=row["young"], from_six=row["old"], ratio=ratio),
        )
        for row in counted
    }
