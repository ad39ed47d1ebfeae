"""What a family may start from: a request prepared before, or its usual week (B1, B3)."""

from __future__ import annotations

from preau.activities.models import Period
from preau.booking.enums import LIVE
from preau.booking.models import Booking, PreparedRequest
from preau.booking.queries.offer import Asked, Wish
from preau.families.models import Family


def prepared_by(family: Family, period: Period) -> Asked | None:
    """What the family prepared for the period, if anything. One query."""
    prepared = PreparedRequest.objects.filter(family=family, period=period).first()
    if prepared is None:
        return None
    boxes = prepared.boxes
    return Asked(
        wishes=frozenset(Wish(*wish) for wish in boxes["wishes"]),
        together=boxes["together"],
        only_with=frozenset(Wish(*wish) for wish in boxes["only_with"]),
    )


def usual_week(family: Family, period: Period) -> str:
    """What the family asked for in the last period of the same centre and kind, as boxes of a week:
    "12.3.morning" is child 12 on Wednesday mornings. One query."""
    own = Period.objects.filter(
        centre=period.centre_id, kind=period.kind, starts_on__lt=period.starts_on
    )
    asked = own.filter(requests__family=family, requests__lines__status__in=LIVE)
    lines = Booking.objects.filter(
        request__family=family,
        request__period__in=asked.order_by("-starts_on").values("pk")[:1],
        status__in=LIVE,
        slot__isnull=False,
    )
    week = set(lines.values_list("child", "on__iso_week_day", "slot"))
    return " ".join(f"{child}.{weekday}.{slot}" for child, weekday, slot in sorted(week))
