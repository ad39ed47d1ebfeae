"""What the CAF is told: a director signs it."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from preau.activities.models import Places
from preau.attendance.actions.touch import Touch, Who, save_touches
from preau.attendance.enums import TouchKind
from preau.billing.queries.hours import caf_hours, occupancy
from preau.core import clock
from preau.org.models import Centre
from tests.factories import Cast, ask, decide, lines_of, open_days, tell
from tests.factories.money import AFTER, give_quotient

D = Decimal


def came(cast: Cast, day: int, child: int, arrived: str, left: str) -> None:
    """The register says that a child of Exemple was there from one hour to another."""
    who = Who(cast.exemple.children[child].pk, cast.exemple.family.pk)
    said = [(TouchKind.STATE, "present"), (TouchKind.ARRIVED, arrived), (TouchKind.LEFT, left)]
    touches = [
        Touch(uuid=uuid4(), who=who, kind=kind, value=value, touched_at=clock.now())
        for kind, value in said
        if value
    ]
    save_touches(actor=cast.camille, day=open_days(cast.hiver)[day], touches=touches)


def test_hours_are_counted_by_age_and_scheme(cast: Cast) -> None:
    """Zoé (7) and Léa (8) booked two whole days, 10 hours each. Zoé came from 8:30 to 17:00, then
    without hours; Léa, without a quotient, never came."""
    give_quotient(cast.exemple, "700")
    days = open_days(cast.hiver)[:2]
    for household in (cast.exemple, cast.martin):
        ask(household, cast.hiver, days=days)
        decide(cast.camille, cast.hiver, lines_of(household))
    tell(cast.camille, cast.hiver)
    with clock.pinned(AFTER):
        came(cast, 0, 0, "08:30", "17:00")
        came(cast, 1, 0, "", "")
        found = caf_hours(Centre.objects.filter(pk=cast.house.tilleuls.pk), 2027)
    assert [
        (key.month.month, key.age, key.scheme, hours.billed, hours.attended, len(hours.children))
        for key, hours in found
    ] == [
        (2, "6 ans et plus", "CAF", D(20), D("18.5"), 1),
        (2, "6 ans et plus", "inconnu", D(20), D(0), 1),
    ]
    with clock.pinned(AFTER):
        assert caf_hours(Centre.objects.filter(pk=cast.house.platanes.pk), 2027) == []
    # In January, none of it was lived yet.
    assert caf_hours(Centre.objects.filter(pk=cast.house.tilleuls.pk), 2027) == []


def test_a_place_taken_counts_once_in_how_full_a_centre_is(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver, days=open_days(cast.hiver)[:1])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    with clock.pinned(AFTER):
        came(cast, 0, 0, "", "")
    february = next(
        each
        for each in occupancy(Centre.objects.filter(pk=cast.house.tilleuls.pk), 2027)
        if each.month.month == 2
    )
    assert (february.accepted, february.present) == (3, 1)
    open_slots = Places.objects.filter(
        session_day__centre=cast.house.tilleuls,
        session_day__on__month=2,
        session_day__closed_because="",
    )
    places = sum(row.capacity for row in open_slots)
    assert february.places == places
    assert february.share == round(300 / places)
