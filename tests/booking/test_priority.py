"""Priorities of a period: who comes before an earlier request, and how it is explained."""

from __future__ import annotations

from datetime import timedelta

import pytest

from preau.activities.enums import Priority, Slot
from preau.activities.models import Period, SessionDay
from preau.booking.actions.periods import edit_period, settings_fingerprint
from preau.booking.actions.propose import propose_all
from preau.booking.enums import Channel, Status
from preau.booking.errors import ConfirmationNeededError
from preau.booking.models import Booking, BookingRequest
from preau.booking.priority import order_in_words, priorities_met, rank_in_words, standing_of
from preau.booking.queries.board import queue_of_period
from preau.booking.queries.requests import waiting_ranks
from preau.families.models import Family
from tests.booking.test_period_actions import change, settings_of
from tests.factories import (
    NOW,
    Cast,
    Household,
    ask,
    lines_of,
    only_places,
    open_days,
    tell,
    wishes_for,
)

MORNING = [Slot.MORNING]


def ask_in_turn(cast: Cast, *households: Household) -> None:
    for minutes, household in enumerate(households):
        ask(household, cast.hiver, slots=MORNING, at=NOW + timedelta(minutes=minutes))


def with_priorities(cast: Cast, *priorities: Priority) -> None:
    Period.objects.filter(pk=cast.hiver.pk).update(priorities=list(priorities))
    cast.hiver.refresh_from_db()


def order_of(cast: Cast) -> list[Family]:
    return [each.family for each in queue_of_period(cast.hiver)]


def accepted(cast: Cast) -> list[Family]:
    propose_all(actor=cast.camille, period=cast.hiver)
    lines = Booking.objects.filter(draft="accepted").select_related("request__family")
    return [line.request.family for line in lines]


def test_without_priorities_the_order_of_arrival_is_the_only_one(cast: Cast) -> None:
    only_places(cast.hiver, 1)
    ask_in_turn(cast, cast.martin, cast.exemple)
    assert order_of(cast) == [cast.martin.family, cast.exemple.family]
    assert accepted(cast) == [cast.martin.family]


@pytest.mark.parametrize("town", ["Saint-Exemple", "SAINT EXEMPLE", "saint-éxemple"])
def test_somebody_who_lives_there_comes_first(cast: Cast, town: str) -> None:
    cast.house.tilleuls.resident_towns = ["Saint-Exemple"]
    cast.house.tilleuls.save()
    Family.objects.filter(pk=cast.exemple.family.pk).update(town=town)
    with_priorities(cast, Priority.RESIDENCE)
    only_places(cast.hiver, 1)
    cast.exemple.family.refresh_from_db()
    ask_in_turn(cast, cast.martin, cast.exemple)
    assert order_of(cast) == [cast.exemple.family, cast.martin.family]
    assert accepted(cast) == [cast.exemple.family]


def test_parents_at_work_come_first(cast: Cast) -> None:
    Family.objects.filter(pk=cast.nord.family.pk).update(parents_work=True)
    with_priorities(cast, Priority.WORKING)
    cast.nord.family.refresh_from_db()
    ask_in_turn(cast, cast.martin, cast.nord)
    assert order_of(cast) == [cast.nord.family, cast.martin.family]


def test_brothers_and_sisters_of_the_same_day_come_first(cast: Cast) -> None:
    with_priorities(cast, Priority.SIBLINGS)
    ask_in_turn(cast, cast.martin)
    days = open_days(cast.hiver)[:1]
    zoe, tom = cast.exemple.children
    both = wishes_for(zoe, days, MORNING) | wishes_for(tom, days, MORNING)
    ask(cast.exemple, cast.hiver, wishes=both, at=NOW + timedelta(minutes=5))
    assert order_of(cast) == [cast.exemple.family, cast.martin.family]
    # Tom no longer comes: Zoé alone has no priority any more.
    ask(cast.exemple, cast.hiver, wishes=wishes_for(zoe, days, MORNING))
    assert order_of(cast) == [cast.martin.family, cast.exemple.family]


def test_a_request_made_on_line_comes_before_paper(cast: Cast) -> None:
    with_priorities(cast, Priority.PORTAL)
    ask_in_turn(cast, cast.martin, cast.exemple)
    BookingRequest.objects.filter(family=cast.martin.family).update(channel=Channel.PAPER)
    only_places(cast.hiver, 1)
    assert accepted(cast) == [cast.exemple.family]
    assert order_of(cast) == [cast.exemple.family, cast.martin.family]


def test_a_child_who_comes_all_year_comes_first(cast: Cast) -> None:
    with_priorities(cast, Priority.REGULAR)
    Period.objects.filter(pk=cast.hiver.pk).update(regular_days=2)
    cast.hiver.refresh_from_db()
    before = SessionDay.objects.filter(period=cast.mercredis).order_by("on")[:2]
    request = BookingRequest.objects.create(
        family=cast.exemple.family, period=cast.mercredis, submitted_at=NOW
    )
    group = cast.house.tilleuls.age_groups.get(name="Grands")
    Booking.objects.bulk_create(
        Booking(
            request=request,
            child=cast.exemple.child,
            session_day=day,
            on=day.on,
            slot="morning",
            age_group=group,
            status=Status.ACCEPTED,
            asked_at=NOW,
            told_at=NOW,
        )
        for day in before
    )
    ask_in_turn(cast, cast.martin, cast.exemple)
    assert order_of(cast) == [cast.exemple.family, cast.martin.family]


def test_the_first_priority_weighs_more_than_all_the_others() -> None:
    assert standing_of([True, False, False]) < standing_of([False, True, True])
    assert standing_of([]) == 0


def test_a_rank_says_its_reason(cast: Cast) -> None:
    with_priorities(cast, Priority.WORKING, Priority.PORTAL)
    ask_in_turn(cast, cast.martin)
    (line,) = lines_of(cast.martin)
    assert priorities_met(cast.hiver, line.standing) == [
        (Priority.WORKING, False),
        (Priority.PORTAL, True),
    ]
    said = rank_in_words(cast.hiver, line).replace("\u00a0", " ").replace("\u202f", " ")
    assert said.startswith(
        "priorités : parents en activité (non) et demande faite en ligne (oui) ; puis ordre"
    )
    order = order_in_words(cast.hiver).replace("\u00a0", " ").replace("\u202f", " ")
    assert order == (
        "priorité d’abord à : parents en activité et demande faite en ligne ; puis par ordre "
        "d’arrivée"
    )


def test_a_rank_that_was_told_moves_only_with_the_priorities(cast: Cast) -> None:
    """Martin was told rank 1: that Exemple declares its work later does not push it back."""
    with_priorities(cast, Priority.WORKING)
    only_places(cast.hiver, 0)
    ask_in_turn(cast, cast.martin, cast.exemple)
    propose_all(actor=cast.camille, period=cast.hiver)
    tell(cast.camille, cast.hiver)
    (lea,), (zoe,) = lines_of(cast.martin), lines_of(cast.exemple)
    Family.objects.filter(pk=cast.exemple.family.pk).update(parents_work=True)
    propose_all(actor=cast.camille, period=cast.hiver)
    ranks = waiting_ranks([lea.request, zoe.request])
    assert (ranks[lea.pk], ranks[zoe.pk]) == (1, 2)


def test_new_priorities_are_confirmed_then_order_everybody_anew(cast: Cast) -> None:
    Family.objects.filter(pk=cast.exemple.family.pk).update(parents_work=True)
    only_places(cast.hiver, 0)
    ask_in_turn(cast, cast.martin, cast.exemple)
    propose_all(actor=cast.camille, period=cast.hiver)
    tell(cast.camille, cast.hiver)
    with pytest.raises(ConfirmationNeededError) as question:
        change(cast.hiver, priorities=[Priority.WORKING])
    change(cast.hiver, str(question.value), priorities=[Priority.WORKING])
    (lea,), (zoe,) = lines_of(cast.martin), lines_of(cast.exemple)
    ranks = waiting_ranks([lea.request, zoe.request])
    assert (ranks[zoe.pk], ranks[lea.pk]) == (1, 2)


def test_taking_the_priorities_away_gives_the_order_of_arrival_back(cast: Cast) -> None:
    Family.objects.filter(pk=cast.exemple.family.pk).update(parents_work=True)
    with_priorities(cast, Priority.WORKING)
    cast.exemple.family.refresh_from_db()
    ask_in_turn(cast, cast.martin, cast.exemple)
    assert order_of(cast) == [cast.exemple.family, cast.martin.family]
    settings = settings_of(cast.hiver)
    wanted = settings.__class__(**(vars(settings) | {"priorities": []}))
    with pytest.raises(ConfirmationNeededError) as question:
        edit_period(period=cast.hiver, seen=settings_fingerprint(cast.hiver), settings=wanted)
    change(cast.hiver, str(question.value), priorities=[])
    cast.hiver.refresh_from_db()
    assert order_of(cast) == [cast.martin.family, cast.exemple.family]
