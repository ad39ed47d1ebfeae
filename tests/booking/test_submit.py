"""What a family sends, changes and takes back (S13-S15)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from preau.activities.enums import Slot
from preau.booking.actions.submit import submit_request, withdraw_request
from preau.booking.enums import Channel, Decision, Status
from preau.booking.models import Booking, BookingEvent, BookingRequest
from preau.booking.queries.offer import Wish
from preau.booking.states import Move
from tests.factories import (
    NOW,
    Cast,
    add_trip,
    ask,
    decide,
    lines_of,
    open_days,
    tell,
    wishes_for,
)

LATER = NOW + timedelta(hours=3)


def wishes_of(lines: list[Booking]) -> set[Wish]:
    return {Wish.of_line(line) for line in lines}


def test_what_is_ticked_for_two_children_becomes_one_line_a_slot(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    zoe, tom = cast.exemple.children
    wishes = wishes_for(zoe, [monday, tuesday]) | wishes_for(tom, [monday], [Slot.MORNING])
    sent = ask(cast.exemple, cast.hiver, wishes=wishes)
    lines = lines_of(cast.exemple)
    assert (sent.added, sent.withdrawn, sent.completed, sent.changed) == (7, 0, 0, True)
    assert wishes_of(lines) == wishes
    assert {line.age_group.name for line in lines if line.child == zoe} == {"Grands"}
    assert {line.age_group.name for line in lines if line.child == tom} == {"Petits"}
    assert {(line.on, line.session_day_id) for line in lines} == {
        (monday.on, monday.pk),
        (tuesday.on, tuesday.pk),
    }
    assert {(line.status, line.asked_at, line.told_at) for line in lines} == {
        (Status.PENDING, NOW, None)
    }
    assert sent.request.submitted_at == NOW
    assert sent.request.channel == Channel.PORTAL


def test_the_same_page_sent_twice_has_one_effect(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    before = list(Booking.objects.values())
    again = ask(cast.exemple, cast.hiver, version=0, at=LATER)
    assert not again.changed
    assert list(Booking.objects.values()) == before
    assert BookingRequest.objects.get().version == 1
    assert BookingEvent.objects.count() == len(before)


def test_an_unchanged_line_keeps_its_place_in_the_queue(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[monday])
    sent = ask(cast.exemple, cast.hiver, days=[monday, tuesday], at=LATER)
    assert (sent.added, sent.withdrawn, sent.request.version) == (3, 0, 2)
    times = {line.session_day_id: line.asked_at for line in lines_of(cast.exemple)}
    assert times == {monday.pk: NOW, tuesday.pk: LATER}


def test_an_unchanged_line_keeps_the_answer_being_prepared(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[monday])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    ask(cast.exemple, cast.hiver, days=[monday, tuesday], at=LATER)
    drafts = {(line.session_day_id, line.draft) for line in lines_of(cast.exemple)}
    assert drafts == {(monday.pk, Decision.ACCEPTED), (tuesday.pk, "")}


def test_a_line_given_up_and_asked_again_waits_from_the_new_time(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[monday])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    ask(cast.exemple, cast.hiver, days=[tuesday], at=LATER)
    ask(cast.exemple, cast.hiver, days=[monday, tuesday], at=LATER + timedelta(hours=1))
    again = [line for line in lines_of(cast.exemple) if line.session_day == monday]
    assert {(line.draft, line.asked_at) for line in again} == {("", LATER + timedelta(hours=1))}


def test_unticking_everything_takes_the_whole_request_back(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    sent = ask(cast.exemple, cast.hiver, wishes=set())
    assert (sent.added, sent.withdrawn) == (0, 3)
    assert lines_of(cast.exemple) == []
    assert not Booking.objects.filter(holds_place=True).exists()


def test_an_outing_brings_the_slots_it_takes(cast: Cast) -> None:
    sent = ask(cast.exemple, cast.hiver, days=[], outing=cast.sortie)
    lines = lines_of(cast.exemple)
    assert (sent.added, sent.completed) == (4, 3)
    assert {line.slot for line in lines} == {None, *Slot.values}
    assert [line.what for line in lines if line.outing] == ["sortie"]


def test_an_outing_of_the_afternoon_leaves_the_morning_alone(cast: Cast) -> None:
    thursday = open_days(cast.hiver)[3]
    cinema = add_trip(thursday, title="Cinéma", slots=(Slot.AFTERNOON,))
    sent = ask(cast.exemple, cast.hiver, days=[thursday], slots=[Slot.MIDDAY], outing=cinema)
    assert (sent.added, sent.completed) == (3, 1)
    assert {line.slot for line in lines_of(cast.exemple)} == {None, Slot.MIDDAY, Slot.AFTERNOON}


def test_the_outing_can_be_given_up_and_the_day_kept(cast: Cast) -> None:
    wednesday = open_days(cast.hiver)[2]
    ask(cast.exemple, cast.hiver, days=[], outing=cast.sortie)
    sent = ask(cast.exemple, cast.hiver, days=[wednesday])
    assert (sent.added, sent.withdrawn) == (0, 1)
    assert {line.outing for line in lines_of(cast.exemple)} == {None}


def test_what_was_answered_is_neither_changed_nor_asked_again(cast: Cast) -> None:
    """S18: the family sends its page again, with or without the answered boxes."""
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[monday])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    told = list(Booking.objects.values())
    for days in ([tuesday], [monday, tuesday]):
        ask(cast.exemple, cast.hiver, days=days, at=LATER)
        assert list(Booking.objects.filter(session_day=monday).values()) == told
    assert len(lines_of(cast.exemple)) == 6


def test_deleting_takes_back_only_what_waits_for_an_answer(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[monday])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    request = ask(cast.exemple, cast.hiver, days=[monday, tuesday]).request
    assert cast.exemple.user
    assert withdraw_request(actor=cast.exemple.user, request=request) == 3
    assert {line.session_day for line in lines_of(cast.exemple)} == {monday}
    assert withdraw_request(actor=cast.exemple.user, request=request) == 0


def test_a_deleted_request_may_be_made_anew(cast: Cast) -> None:
    request = ask(cast.exemple, cast.hiver).request
    assert cast.exemple.user
    withdraw_request(actor=cast.exemple.user, request=request)
    again = ask(cast.exemple, cast.hiver, at=LATER)
    assert (again.request, again.added) == (request, 3)
    assert {line.asked_at for line in lines_of(cast.exemple)} == {LATER}


def test_every_change_is_written_in_the_history_with_its_author(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[monday], slots=[Slot.MORNING])
    ask(cast.exemple, cast.hiver, days=[tuesday], slots=[Slot.MORNING], at=LATER)
    events = BookingEvent.objects.values_list(
        "booking__on", "move", "status", "draft", "actor", "at"
    )
    who = cast.exemple.user
    assert who
    assert list(events.order_by("pk")) == [
        (monday.on, Move.ASK, "pending", "", who.pk, NOW),
        (monday.on, Move.WITHDRAW, "cancelled", "", who.pk, LATER),
        (tuesday.on, Move.ASK, "pending", "", who.pk, LATER),
    ]


def test_the_director_enters_the_request_of_a_family_without_email(cast: Cast) -> None:
    submit_request(
        actor=cast.camille,
        family=cast.sans_mail.family,
        period=cast.hiver,
        wishes=wishes_for(cast.sans_mail.child, open_days(cast.hiver)[:1]),
        seen_version=0,
        channel=Channel.PAPER,
    )
    request = BookingRequest.objects.get()
    assert request.get_channel_display() == "papier"
    assert {event.actor for event in BookingEvent.objects.all()} == {cast.camille}


@pytest.mark.parametrize("weeks", [1, 2])
def test_sending_costs_the_same_number_of_queries_whatever_is_ticked(
    cast: Cast, weeks: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """On opening morning, ten days must not cost ten times one day."""
    days = open_days(cast.hiver)[: 5 * weeks]
    with django_assert_num_queries(17):
        ask(cast.exemple, cast.hiver, days=days, version=0)
