"""What the CAF asks each year: hours billed and attended, by age and scheme; and how full centres
are (B28)."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from preau.activities.enums import Slot
from preau.activities.models import Places
from preau.attendance.enums import Presence
from preau.attendance.models import CheckIn
from preau.billing.identity import billing_settings
from preau.billing.queries.estimates import households
from preau.billing.queries.facts import Facts, Span, facts_of
from preau.booking.models import Booking
from preau.core import clock
from preau.core.money import ZERO
from preau.families.models import FamilyQuotient
from preau.families.quotients import quotient_on
from preau.org.models import Centre

UNDER_SIX, SIX_AND_OVER = "moins de 6 ans", "6 ans et plus"
UNKNOWN = "inconnu"


@dataclass(frozen=True, kw_only=True, order=True)
class HoursKey:
    """What hours are counted by. `month` is its first day; age is that of the day of care."""

    centre: str
    month: date
    age: str
    scheme: str


@dataclass(kw_only=True)
class Hours:
    """`billed`: hours of the slots that are billed; `attended`: from the register's times, or the
    hours of the slots where it has none. `children`: different ones."""

    billed: Decimal = ZERO
    attended: Decimal = ZERO
    children: set[int]


def caf_hours(centres: QuerySet[Centre], year: int) -> list[tuple[HoursKey, Hours]]:
    """Hours of a year at these centres, until today. A dozen queries a month."""
    of_slot = slot_hours()
    names = dict(centres.values_list("pk", "name"))
    found: dict[HoursKey, Hours] = {}
    for month in range(1, 13):
        first = date(year, month, 1)
        last = first.replace(day=calendar.monthrange(year, month)[1])
        facts = facts_of([Span(centre_id=pk, first=first, last=last) for pk in names])
        _count_month(found, facts, first, last, names, of_slot)
    return sorted(found.items(), key=lambda item: item[0])


def slot_hours() -> dict[str, Decimal]:
    """How many hours each part of a day counts for, as the organisation declares them."""
    chosen = billing_settings()
    return {
        Slot.MORNING.value: chosen.morning_hours,
        Slot.MIDDAY.value: chosen.midday_hours,
        Slot.AFTERNOON.value: chosen.afternoon_hours,
    }


def _count_month(
    found: dict[HoursKey, Hours],
    facts: Mapping[int, Facts],
    first: date,
    last: date,
    names: Mapping[int, str],
    of_slot: Mapping[str, Decimal],
) -> None:
    homes = households(facts)
    came = _came(names, first, last)
    for family_id, each in facts.items():
        home = homes[family_id]
        for care in each.care.values():
            if care.day.on > clock.today():
                continue  # not yet lived
            scheme = _scheme(home.quotients, care.day.on, home.grace)
            age = UNDER_SIX if care.child.age_on(care.day.on) < 6 else SIX_AND_OVER
            centre = names[care.day.centre_id]
            key = HoursKey(centre=centre, month=first, age=age, scheme=scheme)
            counted = found.setdefault(key, Hours(children=set()))
            slots = sum((of_slot.get(slot, ZERO) for slot in care.slots), ZERO)
            counted.billed += slots
            check_in = came.get((care.child.pk, care.day.pk, family_id))
            if check_in and not care.given_up:
                counted.attended += _stayed(check_in, slots)
            counted.children.add(care.child.pk)


def _came(
    centres: Mapping[int, str], first: date, last: date
) -> dict[tuple[int, int, int], CheckIn]:
    present = CheckIn.objects.filter(
        state=Presence.PRESENT,
        session_day__centre__in=list(centres),
        session_day__on__range=(first, last),
    )
    return {(each.child_id, each.session_day_id, each.family_id): each for each in present}


def _stayed(check_in: CheckIn, otherwise: Decimal) -> Decimal:
    arrived, left = check_in.arrived_at, check_in.left_at
    if arrived is None or left is None or left <= arrived:
        return otherwise
    minutes = 60 * (left.hour - arrived.hour) + left.minute - arrived.minute
    return Decimal(minutes) / 60


def _scheme(quotients: Iterable[FamilyQuotient], day: date, grace: int) -> str:
    found = quotient_on(quotients, day, grace=grace)
    return found.get_scheme_display() if found else UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Occupancy:
    """Half-days of a centre in a month: places offered, accepted, and children who were there."""

    centre: str
    month: date
    places: int
    accepted: int
    present: int

    @property
    def share(self) -> int:
        """Accepted in a hundred places."""
        return round(100 * self.accepted / self.places) if self.places else 0

    @property
    def width(self) -> int:
        """How long the bar is, in a hundred: never longer than its frame."""
        return min(self.share, 100)


def occupancy(centres: QuerySet[Centre], year: int) -> list[Occupancy]:
    """How full each centre was, month by month, by slots. Four queries."""
    days = Q(session_day__centre__in=centres.values("pk"), session_day__on__year=year)
    open_days = days & Q(session_day__closed_because="")
    by = ("session_day__centre", "session_day__on__month")
    places = Places.objects.filter(open_days).values_list(*by).annotate(n=Sum("capacity"))
    held = Booking.objects.filter(open_days, holds_place=True, slot__isnull=False)
    came = CheckIn.objects.filter(days, state=Presence.PRESENT)
    counts: dict[str, Iterable[tuple[int, int, int]]] = {
        "places": places.order_by(),
        "accepted": held.values_list(*by).annotate(n=Count("pk")).order_by(),
        "present": came.values_list(*by).annotate(n=Count("pk")).order_by(),
    }
    found: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for name, rows in counts.items():
        for centre, month, number in rows:
            found[centre, month][name] = number
    names = dict(centres.values_list("pk", "name"))
    made = [
        Occupancy(
            centre=names[centre],
            month=date(year, month, 1),
            places=counted.get("places", 0),
            accepted=counted.get("accepted", 0),
            present=counted.get("present", 0),
        )
        for (centre, month), counted in found.items()
    ]
    return sorted(made, key=lambda each: (each.centre, each.month))
