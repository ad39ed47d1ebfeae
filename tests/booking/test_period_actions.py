"""Changing a period, its days, places and outings once families have asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from preau.activities.actions.plan import OutingPlan
from preau.activities.enums import BookingMode, LatePolicy, Priority, Slot, StaffRule
from preau.activities.models import Outing, Period, Places, SessionDay
from preau.booking.actions.days import PlaceKey, add_day, edit_places, remove_day, reopen_day
from preau.booking.actions.outings import delete_outing, edit_outing, outing_fingerprint
from preau.booking.actions.periods import (
    PeriodSettings,
    deadlines_fingerprint,
    edit_deadlines,
    edit_period,
    settings_fingerprint,
)
from preau.booking.errors import ConfirmationNeededError
from preau.booking.queries.staffing import expected_by_day, ratio_of
from preau.core.errors import RefusedError, StaleError
from tests.factories import Cast, ask, decide, lines_of, open_days, paris

MONDAY_TEN = {"kind": "weekday_before", "weekday": "monday", "time": "10:00"}


def settings_of(period: Period) -> PeriodSettings:
    return PeriodSettings(
        name=period.name,
        opens_at=period.opens_at,
        closes_at=period.closes_at,
        mode=BookingMode(period.mode),
        offers_places=period.offers_places,
        confirm_hours=period.confirm_hours,
        allows_withdrawal=period.allows_withdrawal,
        late_policy=LatePolicy(period.late_policy),
        min_days_a_week=period.min_days_a_week,
        min_days_short_week=period.min_days_short_week,
        whole_weeks_only=period.whole_weeks_only,
        shows_places=period.shows_places,
        published=period.published,
        staff_rule=StaffRule(period.staff_rule),
        priorities=[Priority(value) for value in period.priorities],
        regular_days=period.regular_days,
        early={},
    )


def change(period: Period, confirmed: str = "", **values: object) -> list[str]:
    wanted = replace(settings_of(period), **values)  # type: ignore[arg-type]
    return edit_period(
        period=period, seen=settings_fingerprint(period), settings=wanted, confirmed=confirmed
    )


def test_saving_a_period_says_what_changed(cast: Cast) -> None:
    changed = change(cast.hiver, min_days_a_week=2, early={"siblings": paris("2027-01-10 08:30")})
    assert changed == ["les jours par semaine", "les ouvertures anticipées"]
    assert cast.hiver.early_openings.get().audience == "siblings"


def test_an_old_page_overwrites_nothing(cast: Cast) -> None:
    seen, wanted = settings_fingerprint(cast.hiver), settings_of(cast.hiver)
    change(cast.hiver, confirm_hours=48)
    with pytest.raises(StaleError, match="modifiée par un collègue"):
        edit_period(period=cast.hiver, seen=seen, settings=replace(wanted, confirm_hours=12))
    cast.hiver.refresh_from_db()
    assert cast.hiver.confirm_hours == 48


def test_publishing_is_confirmed_with_its_very_sentence(cast: Cast) -> None:
    change(cast.hiver, published=False)
    cast.hiver.refresh_from_db()
    with pytest.raises(ConfirmationNeededError, match="visible des familles") as question:
        change(cast.hiver, published=True)
    assert change(cast.hiver, str(question.value), published=True) == ["la publication"]


def test_changing_who_decides_is_confirmed_once_families_asked(cast: Cast) -> None:
    assert change(cast.mercredis, mode=BookingMode.FIRST_COME) == ["qui décide"]
    ask(cast.exemple, cast.hiver)
    with pytest.raises(ConfirmationNeededError, match=r"1 famille a déjà demandé.*ordre d’arrivée"):
        change(cast.hiver, mode=BookingMode.FIRST_COME)


def test_an_early_opening_after_the_opening_is_refused(cast: Cast) -> None:
    with pytest.raises(RefusedError, match="avant l’ouverture pour tous"):
        change(cast.hiver, early={"residents": cast.hiver.opens_at})


def test_new_deadlines_of_a_period_with_requests_say_what_they_mean(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    seen = deadlines_fingerprint(cast.hiver)
    rules = {"booking": cast.hiver.booking_deadline, "cancelling": MONDAY_TEN}
    with pytest.raises(ConfirmationNeededError, match=r"annuler jusqu’à.*lundi précédent") as asked:
        edit_deadlines(period=cast.hiver, seen=seen, **rules)
    edit_deadlines(period=cast.hiver, seen=seen, confirmed=str(asked.value), **rules)
    cast.hiver.refresh_from_db()
    assert cast.hiver.cancel_deadline["kind"] == "weekday_before"


def test_a_rule_that_says_nothing_for_a_day_is_refused_with_that_day(cast: Cast) -> None:
    rule = {"kind": "table", "table": {"monday": "friday 09:00"}}
    with pytest.raises(RefusedError, match="Pour le mardi 9 février 2027"):
        edit_deadlines(
            period=cast.hiver,
            seen=deadlines_fingerprint(cast.hiver),
            booking=rule,
            cancelling=rule,
        )


def grid_key(cast: Cast, day: SessionDay, slot: Slot = Slot.MORNING) -> PlaceKey:
    group = cast.house.tilleuls.age_groups.get(name="Grands")
    return PlaceKey(day.pk, slot.value, group.pk)


def capacity(key: PlaceKey) -> int:
    row = Places.objects.get(session_day=key.day_id, slot=key.slot, age_group=key.group_id)
    return row.capacity


def test_saving_the_grid_says_each_number_that_changed(cast: Cast) -> None:
    key = grid_key(cast, open_days(cast.hiver)[0])
    done = edit_places(period=cast.hiver, seen={key: 12}, wanted={key: 15})
    assert done.words == "lun. 8 matin, Grands 12 → 15"
    assert capacity(key) == 15


def test_two_directors_on_different_days_both_save(cast: Cast) -> None:
    first, second = (grid_key(cast, day) for day in open_days(cast.hiver)[:2])
    seen = {first: 12, second: 12}
    edit_places(period=cast.hiver, seen=seen, wanted={first: 15, second: 12})
    edit_places(period=cast.hiver, seen=seen, wanted={first: 12, second: 9})
    assert (capacity(first), capacity(second)) == (15, 9)


def test_the_second_director_on_one_number_is_told(cast: Cast) -> None:
    key = grid_key(cast, open_days(cast.hiver)[0])
    edit_places(period=cast.hiver, seen={key: 12}, wanted={key: 15})
    with pytest.raises(StaleError, match=r"lun\. 8 matin, Grands"):
        edit_places(period=cast.hiver, seen={key: 12}, wanted={key: 9})
    assert capacity(key) == 15


def test_going_under_the_places_given_is_confirmed_with_their_days(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    key = grid_key(cast, open_days(cast.hiver)[0])
    with pytest.raises(
        ConfirmationNeededError, match=r"lun. 8 matin, Grands \(1 données\)"
    ) as ask_:
        edit_places(period=cast.hiver, seen={key: 12}, wanted={key: 0})
    edit_places(period=cast.hiver, seen={key: 12}, wanted={key: 0}, confirmed=str(ask_.value))
    assert capacity(key) == 0


def test_a_slot_that_families_asked_for_stays_offered(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    key = grid_key(cast, open_days(cast.hiver)[0])
    with pytest.raises(RefusedError, match="Des familles ont demandé"):
        edit_places(period=cast.hiver, seen={key: 12}, wanted={key: None})


def test_a_day_added_has_the_usual_places_and_stretches_the_period(cast: Cast) -> None:
    day = add_day(period=cast.hiver, on=date(2027, 2, 20))
    cast.hiver.refresh_from_db()
    assert cast.hiver.ends_on == date(2027, 2, 20)
    assert day.places.count() == 6


def test_a_day_that_the_centre_has_is_refused(cast: Cast) -> None:
    with pytest.raises(RefusedError, match=r"Déjà dans .*Mercredis"):
        add_day(period=cast.hiver, on=date(2027, 1, 13))


def test_the_first_day_of_a_period_with_requests_does_not_move(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver, days=open_days(cast.hiver)[1:2])
    with pytest.raises(RefusedError, match="Le premier jour de la période changerait"):
        add_day(period=cast.hiver, on=date(2027, 2, 6))
    with pytest.raises(RefusedError, match="Le premier jour de la période changerait"):
        remove_day(day=open_days(cast.hiver)[0])


def test_a_day_goes_only_while_nobody_asked_for_it(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    asked, last = open_days(cast.hiver)[0], open_days(cast.hiver)[-1]
    with pytest.raises(RefusedError, match="fermez-le plutôt"):
        remove_day(day=asked)
    remove_day(day=last)
    cast.hiver.refresh_from_db()
    assert cast.hiver.ends_on == date(2027, 2, 18)


def test_a_day_created_closed_opens_with_the_usual_places(cast: Cast) -> None:
    day = open_days(cast.hiver)[3]
    SessionDay.objects.filter(pk=day.pk).update(closed_because="férié")
    day.places.all().delete()
    reopen_day(day=day)
    day.refresh_from_db()
    assert not day.closed_because
    assert day.places.count() == 6
    with pytest.raises(RefusedError, match="déjà ouvert"):
        reopen_day(day=day)


def plan_of(outing: Outing) -> OutingPlan:
    values = {name: getattr(outing, name) for name in OutingPlan.__dataclass_fields__}
    return OutingPlan(**(values | {"slots": tuple(Slot(slot) for slot in outing.slots)}))


def edit(cast: Cast, places: int = 8, **values: object) -> None:
    outing = Outing.objects.get(pk=cast.sortie.pk)
    edit_outing(
        outing=outing,
        seen=outing_fingerprint(outing),
        day=outing.session_day,
        plan=replace(plan_of(outing), **values),  # type: ignore[arg-type]
        capacities={cast.house.tilleuls.age_groups.get(name="Grands"): places},
    )


def test_an_outing_changes_freely_until_a_family_asks(cast: Cast) -> None:
    edit(cast, 10, price=Decimal("12.50"))
    cast.sortie.refresh_from_db()
    assert cast.sortie.price == Decimal("12.50")
    assert cast.sortie.places.get().capacity == 10
    ask(cast.exemple, cast.hiver, days=[cast.sortie.session_day], outing=cast.sortie)
    edit(cast, title="Raquettes")
    with pytest.raises(RefusedError, match="le prix ne change plus"):
        edit(cast, price=Decimal("20.00"))


def test_an_outing_keeps_the_places_it_gave(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver, days=[cast.sortie.session_day], outing=cast.sortie)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    with pytest.raises(RefusedError, match="1 places sont déjà données"):
        edit(cast, 0)


def test_an_outing_goes_only_while_nobody_asked(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver, days=[cast.sortie.session_day], outing=cast.sortie)
    with pytest.raises(RefusedError, match="ne peut plus être supprimée"):
        delete_outing(outing=cast.sortie)


def test_children_expected_count_once_a_day_on_the_right_side_of_six(cast: Cast) -> None:
    zoe, tom = cast.exemple.children
    day = open_days(cast.hiver)[0]
    for household, child in ((cast.exemple, zoe), (cast.martin, cast.martin.child)):
        ask(household, cast.hiver, child=child, days=[day])
    tom.birth_date = date(2021, 2, 9)  # six the day after
    tom.save()
    ask(cast.nord, cast.hiver, days=[day])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple) + lines_of(cast.martin))
    found = expected_by_day([day.pk], ratio_of(cast.hiver.staff_rule))[day.pk]
    assert (found.under_six, found.from_six, found.staff) == (0, 2, 1)
