"""What a family may start from: a request prepared before, or its usual week (B1, B3)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Subquery

from preau.activities.models import Period
from preau.booking.enums import LIVE
from preau.booking.models import Booking, PreparedRequest
from preau.booking.queries.offer import Asked, Wish
from preau.core.compiled import compiled_once
from preau.families.models import Family


@compiled_once
def _prepared(family: int, period: int) -> QuerySet[PreparedRequest]:
    return PreparedRequest.objects.filter(family=family, period=period)


def prepared_by(family: Family, period: Period) -> Asked | None:
    """What the family prepared for the period, if anything. One query."""
    found = _prepared(family.pk, period.pk)
    if not found:
        return None
    boxes = found[0].boxes
    return Asked(
        wishes=frozenset(Wish(*wish) for wish in boxes["wishes"]),
        together=boxes["together"],
        only_with=frozenset(Wish(*wish) for wish in boxes["only_with"]),
    )


@compiled_once
def _asked_last(family: int, period: int) -> QuerySet[Booking, tuple[int, Any, str | None]]:
    this = Period.objects.filter(pk=period)
    before = Period.objects.filter(
        centre__in=this.values("centre"),
        kind__in=this.values("kind"),
        starts_on__lt=Subquery(this.values("starts_on")),
    )
    asked = before.filter(requests__family=family, requests__lines__status__in=LIVE)
    lines = Booking.objects.filter(
        request__family=family,
        request__period__in=asked.order_by("-starts_on").values("pk")[:1],
        status__in=LIVE,
        slot__isnull=False,
    )
    return lines.values_list("child", "on__iso_week_day", "slot")


def usual_week(family: Family, period: Period) -> str:
    """What the family asked for in the last period of the same centre and kind, as boxes of a week:
    "12.3.morning" is child 12 on Wednesday mornings. One query."""
    week = set(_asked_last(family.pk, period.pk))
    return " ".join(f"{child}.{weekday}.{slot}" for child, weekday, slot in sorted(week))
