"""Estimates for the booking page and the processing board (B2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from preau.activities.models import Period
from preau.billing.estimates import Estimate, Household, Wanted, estimate
from preau.billing.queries.prices import document_for, published_versions
from preau.booking.enums import LIVE
from preau.booking.models import Booking
from preau.booking.queries.offer import Wish
from preau.booking.queries.sheet import Sheet
from preau.core.compiled import compiled_once
from preau.families.models import Child, Custody, Family, FamilyQuotient
from preau.org.ours import organisation
from preau.pricing.tariff import Tariff


def grace_months() -> int:
    """For how many months an expired quotient still counts; 1 before the organisation exists."""
    ours = organisation()
    return 1 if ours is None else ours.quotient_grace_months


def household_of(family: Family) -> Household:
    """What prices look at in this family, in three queries."""
    return Household(
        family=family,
        children=_children(family.pk),
        quotients=_quotients(family.pk),
        grace=grace_months(),
    )


@compiled_once
def _children(family: int) -> QuerySet[Child]:
    return Child.objects.filter(custodies__family=family).order_by("birth_date", "pk")


@compiled_once
def _quotients(family: int) -> QuerySet[FamilyQuotient]:
    return FamilyQuotient.objects.filter(family=family)


def households(family_ids: Iterable[int]) -> dict[int, Household]:
    """What prices look at in these families, in four queries."""
    families = Family.objects.in_bulk(list(family_ids))
    grace = grace_months()
    children: dict[int, list[Child]] = defaultdict(list)
    custodies = Custody.objects.filter(family__in=families).select_related("child")
    for custody in custodies.order_by("child__birth_date", "child_id"):
        children[custody.family_id].append(custody.child)
    quotients: dict[int, list[FamilyQuotient]] = defaultdict(list)
    for quotient in FamilyQuotient.objects.filter(family__in=families):
        quotients[quotient.family_id].append(quotient)
    return {
        pk: Household(family=family, children=children[pk], quotients=quotients[pk], grace=grace)
        for pk, family in families.items()
    }


def tariff_of_period(period: Period) -> Callable[[date], Tariff | None]:
    """The tariff of each day of a period, in one query."""
    versions = published_versions(period.centre)
    known: dict[date, Tariff | None] = {}

    def tariff_of(day: date) -> Tariff | None:
        if day not in known:
            found = document_for(versions, period.kind, day)
            known[day] = found[1] if found else None
        return known[day]

    return tariff_of


def estimate_of_wishes(
    family: Family,
    period: Period,
    wishes: Iterable[Wish],
    *,
    days: Mapping[int, date],
    outings: Mapping[int, tuple[str, object]],
) -> Estimate:
    """The price of the boxes ticked on the booking page."""
    by_day: dict[tuple[int, int], list[Wish]] = defaultdict(list)
    for wish in wishes:
        by_day[wish.child_id, wish.day_id].append(wish)
    wanted = [
        Wanted(
            child_id=child_id,
            on=days[day_id],
            kind=period.kind,
            slots=frozenset(wish.slot for wish in group if wish.slot),
            outings=tuple(outings[wish.outing_id] for wish in group if wish.outing_id),  # type: ignore[misc]
        )
        for (child_id, day_id), group in by_day.items()
    ]
    return estimate(household_of(family), wanted, tariff_of_period(period))


def estimate_of_sheet(family: Family, period: Period, sheet: Sheet) -> Estimate:
    """The price of what is ticked on the booking page as it is shown, in four queries."""
    wanted: dict[tuple[int, date], tuple[set[str], list[tuple[str, Decimal]]]] = {}
    for row in (row for week in sheet.weeks for row in week.rows):
        for cell in row.cells:
            slots = {box.value.rsplit(".", 1)[1] for box in cell.boxes if box.ticked}
            if slots:
                wanted[cell.child.pk, row.on] = (slots, [])
        for trip in row.outings:
            for box in (each for each in trip.boxes if each.ticked):
                _, outings = wanted.setdefault((box.child.pk, row.on), (set(), []))
                outings.append((trip.outing.title, trip.outing.price))
    asked = [
        Wanted(
            child_id=child_id,
            on=on,
            kind=period.kind,
            slots=frozenset(slots),
            outings=tuple(outings),
        )
        for (child_id, on), (slots, outings) in wanted.items()
    ]
    return estimate(household_of(family), asked, tariff_of_period(period))


def estimates_of_requests(period: Period, request_ids: Iterable[int]) -> dict[int, Estimate]:
    """The price of each request of a period as it stands, refused and cancelled lines apart.

    Seven queries, however many requests.
    """
    lines = list(
        Booking.objects.filter(request__in=list(request_ids), status__in=LIVE)
        .select_related("outing", "request")
        .order_by("on", "pk")
    )
    if not lines:
        return {}
    homes = households({line.request.family_id for line in lines})
    tariff_of = tariff_of_period(period)
    grouped: dict[int, list[Booking]] = defaultdict(list)
    for line in lines:
        grouped[line.request_id].append(line)
    return {
        request_id: estimate(
            homes[group[0].request.family_id], wanted_of_lines(group, period.kind), tariff_of
        )
        for request_id, group in grouped.items()
    }


def wanted_of_lines(lines: Iterable[Booking], kind: str) -> list[Wanted]:
    """Booking lines as days to price: the slots of a child's day make its services together."""
    by_day: dict[tuple[int, date], list[Booking]] = defaultdict(list)
    for line in lines:
        by_day[line.child_id, line.on].append(line)
    return [
        Wanted(
            child_id=child_id,
            on=on,
            kind=kind,
            slots=frozenset(line.slot for line in group if line.slot),
            outings=tuple(
                (line.outing.title, line.outing.price) for line in group if line.outing is not None
            ),
            late=any(line.late for line in group),
            key=tuple(line.pk for line in group),
        )
        for (child_id, on), group in by_day.items()
    ]
