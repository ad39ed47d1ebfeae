"""The director's answers before anybody is told (S16, B21, B22)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from preau.activities.enums import Slot
from preau.activities.models import OutingPlaces, Places
from preau.booking.actions.decide import decide_lines
from preau.booking.enums import Decision, Status
from preau.booking.models import Booking, BookingEvent
from preau.booking.states import Move
from preau.core.errors import RefusedError
from tests.factories import (
    NOW,
    Cast,
    Household,
    ask,
    decide,
    lines_of,
    only_places,
    open_days,
    tell,
    undecided,
    wishes_for,
)

MORNING = [Slot.MORNING]


def ask_in_turn(cast: Cast, *households: Household) -> None:
    """Each family asks for the first morning, a minute after the one before."""
    for minutes, household in enumerate(households):
        at = NOW + timedelta(minutes=minutes)
        ask(household, cast.hiver, slots=MORNING, at=at)


def draft_of(household: Household) -> str:
    (line,) = lines_of(household)
    return line.draft


def test_places_go_to_those_who_asked_first(cast: Cast) -> None:
    """The numbers of the families say nothing: Martin asked before Exemple."""
    ask_in_turn(cast, cast.martin, cast.nord, cast.exemple, cast.sans_mail)
    only_places(cast.hiver, 2)
    outcome = decide(cast.camille, cast.hiver, reversed(undecided(cast.hiver)))
    assert [line.request.family for line in outcome.decided] == [
        cast.martin.family,
        cast.nord.family,
    ]
    assert [line.request.family for line in outcome.full] == [
        cast.exemple.family,
        cast.sans_mail.family,
    ]
    assert [draft_of(each) for each in cast.at_tilleuls] == ["", "accepted", "accepted", ""]


def test_a_prepared_acceptance_holds_its_place(cast: Cast) -> None:
    ask_in_turn(cast, cast.exemple, cast.martin)
    only_places(cast.hiver, 1)
    decide(cast.camille, cast.hiver, lines_of(cast.martin))
    outcome = decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    assert (len(outcome.decided), len(outcome.full)) == (0, 1)
    assert draft_of(cast.exemple) == ""


def test_a_full_morning_leaves_the_afternoon_and_the_other_group_alone(cast: Cast) -> None:
    zoe, tom = cast.exemple.children
    monday = open_days(cast.hiver)[:1]
    ask(cast.martin, cast.hiver, slots=MORNING)
    only_places(cast.hiver, 1)
    decide(cast.camille, cast.hiver, lines_of(cast.martin))
    both = wishes_for(zoe, monday, [Slot.MORNING, Slot.AFTERNOON]) | wishes_for(
        tom, monday, MORNING
    )
    ask(cast.exemple, cast.hiver, wishes=both)
    outcome = decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    assert [(line.child, line.slot) for line in outcome.full] == [(zoe, Slot.MORNING)]
    assert {(line.child, line.slot) for line in outcome.decided} == {
        (zoe, Slot.AFTERNOON),
        (tom, Slot.MORNING),
    }


def test_an_outing_has_places_of_its_own(cast: Cast) -> None:
    OutingPlaces.objects.update(capacity=1)
    for household in (cast.exemple, cast.martin):
        ask(household, cast.hiver, days=[], outing=cast.sortie)
    outcome = decide(cast.camille, cast.hiver, undecided(cast.hiver))
    assert [(line.outing, line.child) for line in outcome.full] == [
        (cast.sortie, cast.martin.child)
    ]
    assert len(outcome.decided) == 7


def test_accepting_twice_takes_one_place(cast: Cast) -> None:
    ask_in_turn(cast, cast.exemple)
    only_places(cast.hiver, 1)
    for _ in range(2):
        outcome = decide(cast.camille, cast.hiver, lines_of(cast.exemple))
        assert len(outcome.decided) == 1


def test_more_places_than_lines_were_never_promised_below_zero(cast: Cast) -> None:
    """The capacity was lowered after acceptances: nobody loses a place, nobody gains one."""
    ask_in_turn(cast, cast.exemple, cast.martin, cast.nord)
    decide(cast.camille, cast.hiver, [*lines_of(cast.exemple), *lines_of(cast.martin)])
    only_places(cast.hiver, 1)
    assert decide(cast.camille, cast.hiver, lines_of(cast.nord)).decided == []
    assert draft_of(cast.exemple) == draft_of(cast.martin) == "accepted"
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.WAITLISTED)
    assert decide(cast.camille, cast.hiver, lines_of(cast.nord)).decided == []


def test_an_undone_acceptance_gives_its_place_to_the_next(cast: Cast) -> None:
    ask_in_turn(cast, cast.exemple, cast.martin)
    only_places(cast.hiver, 1)
    decide(cast.camille, cast.hiver, undecided(cast.hiver))
    undone = decide(cast.camille, cast.hiver, lines_of(cast.exemple), None)
    assert [line.child for line in undone.decided] == [cast.exemple.child]
    assert len(decide(cast.camille, cast.hiver, lines_of(cast.martin)).decided) == 1
    assert (draft_of(cast.exemple), draft_of(cast.martin)) == ("", "accepted")


def test_an_undone_refusal_forgets_its_reason(cast: Cast) -> None:
    ask_in_turn(cast, cast.exemple)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.REFUSED, reason="complet")
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), None)
    (line,) = lines_of(cast.exemple)
    assert (line.draft, line.reason) == ("", "")


def test_undoing_what_was_not_decided_does_nothing(cast: Cast) -> None:
    ask_in_turn(cast, cast.exemple)
    outcome = decide(cast.camille, cast.hiver, lines_of(cast.exemple), None)
    assert (outcome.decided, outcome.full, outcome.changed) == ([], [], [])
    assert BookingEvent.objects.count() == 1


@pytest.mark.parametrize("decision", [Decision.WAITLISTED, Decision.REFUSED])
def test_waiting_and_refusing_need_no_place(cast: Cast, decision: Decision) -> None:
    ask_in_turn(cast, cast.exemple)
    only_places(cast.hiver, 0)
    outcome = decide(
        cast.camille, cast.hiver, lines_of(cast.exemple), decision, reason="groupe complet"
    )
    assert [(line.draft, line.reason) for line in outcome.decided] == [
        (decision.value, "groupe complet")
    ]
    assert not Booking.objects.filter(holds_place=True).exists()


def test_a_refusal_says_why(cast: Cast) -> None:
    ask_in_turn(cast, cast.exemple)
    with pytest.raises(RefusedError, match="donne son motif"):
        decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.REFUSED)
    assert draft_of(cast.exemple) == ""


def test_a_line_that_changed_since_the_screen_was_shown_is_left(cast: Cast) -> None:
    """A colleague answered first: the second director is told and overwrites nothing."""
    ask_in_turn(cast, cast.exemple, cast.martin)
    on_screen = undecided(cast.hiver)
    decide(cast.house.sacha, cast.hiver, lines_of(cast.exemple), Decision.WAITLISTED)
    outcome = decide(cast.camille, cast.hiver, on_screen)
    assert [line.child for line in outcome.changed] == [cast.exemple.child]
    assert [line.child for line in outcome.decided] == [cast.martin.child]
    assert draft_of(cast.exemple) == "waitlisted"


def test_a_line_the_family_gave_up_meanwhile_is_left(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[monday, tuesday], slots=MORNING)
    on_screen = undecided(cast.hiver)
    ask(cast.exemple, cast.hiver, days=[monday], slots=MORNING)
    outcome = decide(cast.camille, cast.hiver, on_screen)
    assert [line.session_day for line in outcome.changed] == [tuesday]
    assert Booking.objects.get(session_day=tuesday).status == Status.CANCELLED


def test_an_answer_already_told_is_not_changed(cast: Cast) -> None:
    ask_in_turn(cast, cast.exemple)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    outcome = decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.WAITLISTED)
    assert (len(outcome.changed), outcome.decided) == (1, [])
    assert lines_of(cast.exemple)[0].status == Status.ACCEPTED


def test_lines_of_another_period_are_not_reached(cast: Cast) -> None:
    """A director posts ids of another centre to their own board."""
    ask(cast.ailleurs, cast.hiver_platanes)
    outcome = decide(cast.camille, cast.hiver, lines_of(cast.ailleurs))
    assert (outcome.decided, outcome.full, outcome.changed) == ([], [], [])
    assert {line.draft for line in lines_of(cast.ailleurs)} == {""}


def test_every_answer_is_written_in_the_history_with_its_author(cast: Cast) -> None:
    ask_in_turn(cast, cast.exemple)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    decide(cast.house.sacha, cast.hiver, lines_of(cast.exemple), Decision.REFUSED, reason="complet")
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), None)
    events = BookingEvent.objects.values_list("move", "draft", "actor", "reason", "at")
    camille, sacha = cast.camille.pk, cast.house.sacha.pk
    assert list(events.order_by("pk")[1:]) == [
        (Move.ACCEPT, "accepted", camille, "", NOW),
        (Move.REFUSE, "refused", sacha, "complet", NOW),
        (Move.REOPEN, "", camille, "", NOW),
    ]


def test_unknown_lines_change_nothing(cast: Cast) -> None:
    outcome = decide_lines(
        actor=cast.camille,
        period=cast.hiver,
        seen={10**15: 1},
        decision=Decision.ACCEPTED,
    )
    assert (outcome.decided, outcome.full, outcome.changed) == ([], [], [])


def test_a_slot_that_lost_its_places_accepts_nobody(cast: Cast) -> None:
    ask_in_turn(cast, cast.exemple)
    Places.objects.all().delete()
    assert len(decide(cast.camille, cast.hiver, lines_of(cast.exemple)).full) == 1


@pytest.mark.parametrize("families", [1, 4])
def test_deciding_for_everybody_costs_the_same_number_of_queries(
    cast: Cast, families: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask_in_turn(cast, *cast.at_tilleuls[:families])
    lines = undecided(cast.hiver)
    with django_assert_num_queries(9):
        decide(cast.camille, cast.hiver, lines)
