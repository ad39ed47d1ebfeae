"""What others did on a board since it was shown, so that two directors see each other."""

from __future__ import annotations

from django.db.models import Count, Max

from preau.activities.models import Period, PlanEvent
from preau.booking.models import BookingEvent
from preau.core import wording
from preau.core.models import User


def mark_of(period: Period) -> str:
    """Where the history of a period stands now: a page carries it, then asks what is new."""
    events = BookingEvent.objects.filter(booking__session_day__period=period)
    line = events.aggregate(last=Max("pk"))["last"] or 0
    plan = PlanEvent.objects.filter(period=period).aggregate(last=Max("pk"))["last"] or 0
    return f"{line}.{plan}"


def news_since(period: Period, *, line: int, plan: int, reader: User) -> str:
    """What others than `reader` did after that mark, in words; "" for nothing. Two queries."""
    events = BookingEvent.objects.filter(booking__session_day__period=period, pk__gt=line)
    counted = (
        events.exclude(actor=reader)
        .values_list("actor__name", "actor__guardian")
        .annotate(n=Count("booking", distinct=True))
        .order_by("actor__name")
    )
    said: dict[str, int] = {}
    for name, guardian, number in counted:
        who = "le portail" if name is None else "des familles" if guardian else str(name)
        said[who] = said.get(who, 0) + number
    words = [f"{who} ({n}\u00a0ligne{'s' if n > 1 else ''})" for who, n in said.items()]
    plans = PlanEvent.objects.filter(period=period, pk__gt=plan).exclude(actor=reader)
    who_planned = {name or "le portail" for name in plans.values_list("actor__name", flat=True)}
    words += [f"{name} (jours, places ou réglages)" for name in sorted(who_planned)]
    return wording.listing(words) if words else ""
