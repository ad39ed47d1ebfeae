"""What the database refuses about periods, days, places and outings, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from decimal import Decimal

import pytest

from preau.activities.enums import Audience
from preau.activities.models import EarlyOpening, Outing, OutingPlaces, Period, Places, SessionDay
from tests.factories import Cast, open_days
from tests.kit.constraints import constraints_of, refused_by


def another_day(cast: Cast, **changes: object) -> SessionDay:
    day = open_days(cast.hiver)[0]
    fields = {"period": cast.hiver, "centre": cast.house.tilleuls, "on": day.on} | changes
    return SessionDay.objects.create(**fields)


def change_outing(**changes: object) -> Callable[[Cast], object]:
    return lambda cast: Outing.objects.filter(pk=cast.sortie.pk).update(**changes)


def change_period(**changes: object) -> Callable[[Cast], object]:
    return lambda cast: Period.objects.filter(pk=cast.hiver.pk).update(**changes)


IMPOSSIBLE: dict[str, tuple[str, Callable[[Cast], object]]] = {
    "two periods of one name, so that a family chooses the wrong one": (
        "period_named_once",
        lambda cast: Period.objects.filter(pk=cast.mercredis.pk).update(name=cast.hiver.name),
    ),
    "holidays that end before they begin": (
        "period_ends_after_it_starts",
        change_period(ends_on="2027-02-07"),
    ),
    "a window that closes when it opens, so that nobody can ask": (
        "period_window_opens_before_closing",
        lambda cast: Period.objects.filter(pk=cast.hiver.pk).update(closes_at=cast.hiver.opens_at),
    ),
    "weeks that ask for more days than they have": (
        "period_asks_at_most_a_week",
        change_period(min_days_a_week=8),
    ),
    "a place offered with no time to take it": (
        "period_leaves_time_to_confirm",
        change_period(confirm_hours=0),
    ),
    "two early openings for the same families": (
        "early_opening_once",
        lambda cast: EarlyOpening.objects.bulk_create(
            EarlyOpening(
                period=cast.hiver, audience=Audience.RESIDENTS, opens_at=cast.hiver.opens_at
            )
            for _ in range(2)
        ),
    ),
    "a date twice in a centre, so that its places count double": (
        "session_day_once_a_centre",
        another_day,
    ),
    "a day in another centre than its period": (
        "session_day_in_its_periods_centre",
        lambda cast: another_day(cast, centre=cast.house.canal),
    ),
    "places twice for a slot and group, so that capacity counts double": (
        "places_once_a_slot_and_group",
        lambda cast: Places.objects.create(
            session_day=open_days(cast.hiver)[0],
            slot="morning",
            age_group=cast.house.tilleuls.age_groups.all()[0],
            capacity=1,
        ),
    ),
    "places of the night": (
        "places_of_a_real_slot",
        lambda _: Places.objects.filter(slot="morning").update(slot="night"),
    ),
    "an outing that gives money back": (
        "outing_price_not_negative",
        change_outing(price=Decimal("-0.01")),
    ),
    "an outing back before it left, so that nobody is expected": (
        "outing_returns_after_leaving",
        change_outing(returns_at=time(8, 30)),
    ),
    "an outing that takes no slot, so that its children are nowhere": (
        "outing_takes_a_slot",
        change_outing(slots=[]),
    ),
    "an outing that asks for eight days a week, so that nobody may go": (
        "outing_asks_at_most_a_week",
        change_outing(min_days_in_week=8),
    ),
    "an outing’s places twice for a group, so that capacity counts double": (
        "outing_places_once_a_group",
        lambda cast: OutingPlaces.objects.create(
            outing=cast.sortie,
            age_group=OutingPlaces.objects.get(outing=cast.sortie).age_group,
            capacity=1,
        ),
    ),
}
# Unique because they hold the identifier: targets of the keys that keep rows together.
NEVER_BROKEN = {
    "period_with_its_centre",
    "session_day_with_its_date",
    "outing_with_its_session_day",
}


@pytest.mark.parametrize("sentence", IMPOSSIBLE)
def test_the_database_refuses(cast: Cast, sentence: str) -> None:
    constraint, act = IMPOSSIBLE[sentence]
    with refused_by(constraint):
        act(cast)


def test_every_constraint_has_its_sentence(db: None) -> None:
    tested = {constraint for constraint, _ in IMPOSSIBLE.values()}
    assert tested | NEVER_BROKEN == constraints_of("activities")


def test_two_centres_may_name_a_period_alike(cast: Cast) -> None:
    assert cast.hiver.name == cast.hiver_platanes.name
