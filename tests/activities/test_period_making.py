"""Making periods, from the calendar or from another one."""

from __future__ import annotations

from datetime import date

import pytest

from preau.activities.actions.plan import copy_period, create_period
from preau.activities.enums import Audience, PeriodKind, StaffRule
from preau.activities.models import EarlyOpening, Outing, Period, Places
from preau.activities.proposals import closings, days_of_period, proposals, usual_deadline
from preau.core.errors import RefusedError
from tests.factories import Cast, paris

WINDOW = (paris("2027-03-01 08:30"), paris("2027-04-01 00:00"))
EASTER = date(2027, 4, 12)


def copy(cast: Cast, *, name: str = "Printemps 2027", outings: bool = True) -> Period:
    return copy_period(
        source=cast.hiver,
        centre=cast.house.tilleuls,
        name=name,
        starts_on=EASTER,
        window=WINDOW,
        with_outings=outings,
    )


def test_the_calendar_proposes_holidays_and_the_wednesdays_between_them() -> None:
    found = proposals("C", date(2027, 1, 12))
    holidays = [each for each in found if each.kind == PeriodKind.HOLIDAYS]
    assert (holidays[0].starts_on, holidays[0].ends_on) == (date(2027, 2, 8), date(2027, 2, 19))
    blocks = [each for each in found if each.kind == PeriodKind.WEDNESDAYS]
    assert blocks[0].starts_on == date(2027, 1, 13)
    assert blocks[0].ends_on == date(2027, 2, 3)
    assert blocks[0].name == "Mercredis, janvier à février 2027"


def test_wednesdays_skip_the_holidays() -> None:
    days = days_of_period(
        PeriodKind.WEDNESDAYS, "C", date(2027, 1, 13), date(2027, 3, 3), frozenset()
    )
    assert date(2027, 2, 10) not in days
    assert date(2027, 2, 24) in days


def test_public_holidays_are_proposed_closed() -> None:
    assert closings({date(2027, 5, 6), date(2027, 5, 7)}) == {date(2027, 5, 6): "Ascension"}


def test_a_copy_has_the_same_weekdays_places_and_deadlines(cast: Cast) -> None:
    made = copy(cast)
    assert (made.starts_on, made.ends_on) == (date(2027, 4, 12), date(2027, 4, 23))
    assert made.booking_deadline == cast.hiver.booking_deadline
    assert not made.published
    places = Places.objects.filter(session_day__period=made)
    assert places.count() == Places.objects.filter(session_day__period=cast.hiver).count()
    outing = Outing.objects.get(session_day__period=made)
    assert outing.title == cast.sortie.title
    assert outing.session_day.on == date(2027, 4, 14)
    assert outing.places.count() == 1


def test_a_copy_leaves_the_outings_when_asked(cast: Cast) -> None:
    assert not Outing.objects.filter(session_day__period=copy(cast, outings=False)).exists()


def test_a_copy_opens_early_as_long_before_as_its_source(cast: Cast) -> None:
    EarlyOpening.objects.create(
        period=cast.hiver, audience=Audience.SIBLINGS, opens_at=paris("2027-01-10 08:30")
    )
    assert copy(cast).early_openings.get().opens_at == paris("2027-02-28 08:30")


def test_a_copy_over_a_public_holiday_closes_it(cast: Cast) -> None:
    made = copy_period(
        source=cast.hiver,
        centre=cast.house.tilleuls,
        name="Mai",
        starts_on=date(2027, 5, 3),
        window=WINDOW,
        with_outings=False,
    )
    closed = made.days.exclude(closed_because="")
    assert [(day.on, day.closed_because) for day in closed] == [(date(2027, 5, 6), "Ascension")]
    assert not Places.objects.filter(session_day__in=closed).exists()


def test_a_name_taken_is_refused_in_words(cast: Cast) -> None:
    with pytest.raises(RefusedError, match="déjà une période nommée «\u00a0Hiver 2027\u00a0»"):
        copy(cast, name="Hiver 2027")


def test_days_of_another_period_are_named(cast: Cast) -> None:
    copy(cast)
    with pytest.raises(RefusedError, match=r"Déjà dans .*Printemps 2027.*12 avril 2027"):
        copy(cast, name="Encore")
    assert not Period.objects.filter(name="Encore").exists()


def test_a_window_that_ends_before_it_begins_is_refused(cast: Cast) -> None:
    rule = usual_deadline(PeriodKind.HOLIDAYS).as_json()
    with pytest.raises(RefusedError, match="fermer après leur ouverture"):
        create_period(
            centre=cast.house.tilleuls,
            kind=PeriodKind.HOLIDAYS,
            name="À l’envers",
            days=[EASTER],
            closed={},
            window=(WINDOW[1], WINDOW[0]),
            deadlines=(rule, rule),
            capacities={},
        )


def test_wednesdays_are_staffed_as_school_time(cast: Cast) -> None:
    assert cast.mercredis.staff_rule == StaffRule.LONG
    assert cast.hiver.staff_rule == StaffRule.HOLIDAYS
