"""What the server refuses to write, and the sentence a parent reads then (S19, S21, B8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from preau.activities.enums import Slot
from preau.activities.models import Places, SessionDay
from preau.booking.actions.submit import withdraw_request
from preau.booking.enums import Decision
from preau.booking.errors import (
    AlreadyAskedError,
    ForgedError,
    NothingAskedError,
    StaleError,
    WindowClosedError,
)
from preau.booking.models import Booking, BookingEvent, BookingRequest
from preau.booking.queries.offer import Wish
from preau.families.models import Enrolment
from tests.factories import (
    NOW,
    Cast,
    ask,
    decide,
    lines_of,
    open_days,
    paris,
    tell,
    wishes_for,
)

CLOSING = paris("2027-01-25 00:00")


def written() -> tuple[int, int, int]:
    return BookingRequest.objects.count(), Booking.objects.count(), BookingEvent.objects.count()


def test_a_first_request_asks_for_something(cast: Cast) -> None:
    with pytest.raises(NothingAskedError, match="Cochez au moins un créneau"):
        ask(cast.exemple, cast.hiver, wishes=set())
    assert written() == (0, 0, 0)


def test_an_old_page_does_not_undo_a_newer_one(cast: Cast) -> None:
    monday, tuesday, wednesday = open_days(cast.hiver)[:3]
    ask(cast.exemple, cast.hiver, days=[monday])
    ask(cast.exemple, cast.hiver, days=[monday, tuesday])
    before = written()
    with pytest.raises(StaleError, match="dans un autre onglet"):
        ask(cast.exemple, cast.hiver, days=[monday, wednesday], version=1)
    assert written() == before


def test_a_page_older_than_a_deletion_sends_nothing(cast: Cast) -> None:
    request = ask(cast.exemple, cast.hiver).request
    assert cast.exemple.user
    withdraw_request(actor=cast.exemple.user, request=request)
    with pytest.raises(StaleError):
        ask(cast.exemple, cast.hiver, version=1)


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(paris("2027-01-11 08:29:59"), id="a second before the opening"),
        pytest.param(CLOSING, id="at the closing"),
        pytest.param(paris("2027-02-08 10:00"), id="during the holidays"),
    ],
)
def test_outside_the_window_nothing_is_asked(cast: Cast, at: datetime) -> None:
    with pytest.raises(WindowClosedError, match="ne sont pas ouvertes") as refusal:
        ask(cast.exemple, cast.hiver, at=at)
    assert "Camille Exemple, 05 00 00 00 01" in str(refusal.value)
    assert written() == (0, 0, 0)


@pytest.mark.parametrize(
    "at", [paris("2027-01-11 08:30"), CLOSING - timedelta(microseconds=1)], ids=["first", "last"]
)
def test_the_first_and_the_last_instant_of_the_window_count(cast: Cast, at: datetime) -> None:
    assert ask(cast.exemple, cast.hiver, at=at).added == 3


def test_after_the_window_a_line_may_only_be_given_up(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    request = ask(cast.exemple, cast.hiver, days=[monday, tuesday]).request
    assert ask(cast.exemple, cast.hiver, days=[monday], at=CLOSING).withdrawn == 3
    with pytest.raises(WindowClosedError):
        ask(cast.exemple, cast.hiver, days=[monday, tuesday], at=CLOSING)
    assert cast.exemple.user
    assert withdraw_request(actor=cast.exemple.user, request=request) == 3


def test_a_period_not_yet_announced_takes_nothing(cast: Cast) -> None:
    cast.hiver.published = False
    cast.hiver.save()
    with pytest.raises(WindowClosedError):
        ask(cast.exemple, cast.hiver)


def test_a_wednesday_closes_on_the_monday_before_at_ten(cast: Cast) -> None:
    """Asked on Tuesday for tomorrow: too late, though the window of the period is open."""
    tomorrow, next_week = open_days(cast.mercredis)[:2]
    with pytest.raises(WindowClosedError, match="mercredi 13 janvier est passée"):
        ask(cast.exemple, cast.mercredis, days=[tomorrow, next_week])
    assert written() == (0, 0, 0)
    last = paris("2027-01-18 09:59:59")
    assert ask(cast.exemple, cast.mercredis, days=[next_week], at=last).added == 3


def test_a_wednesday_past_its_deadline_may_still_be_given_up_before_the_answer(cast: Cast) -> None:
    next_week, later = open_days(cast.mercredis)[1:3]
    ask(cast.exemple, cast.mercredis, days=[next_week, later])
    late = paris("2027-01-18 10:00")
    assert ask(cast.exemple, cast.mercredis, days=[later], at=late).withdrawn == 3


FORGERIES: dict[str, Callable[[Cast], set[Wish]]] = {
    "another family’s child": lambda cast: wishes_for(cast.martin.child, open_days(cast.hiver)[:1]),
    "a child of nobody": lambda cast: {Wish(10**15, open_days(cast.hiver)[0].pk, slot="morning")},
    "a day of another centre": lambda cast: wishes_for(
        cast.exemple.child, open_days(cast.hiver_platanes)[:1]
    ),
    "a day of another period": lambda cast: wishes_for(
        cast.exemple.child, open_days(cast.mercredis)[1:2]
    ),
    "a day that does not exist": lambda cast: {Wish(cast.exemple.child.pk, 10**15, slot="morning")},
    "a slot that does not exist": lambda cast: {
        Wish(cast.exemple.child.pk, open_days(cast.hiver)[0].pk, slot="night")
    },
    "an outing for older children": lambda cast: {
        Wish(cast.exemple.children[1].pk, cast.sortie.session_day_id, outing_id=cast.sortie.pk)
    },
    "an outing on another day": lambda cast: {
        Wish(cast.exemple.child.pk, open_days(cast.hiver)[0].pk, outing_id=cast.sortie.pk)
    },
    "an outing that does not exist": lambda cast: {
        Wish(cast.exemple.child.pk, cast.sortie.session_day_id, outing_id=10**15)
    },
    "neither a slot nor an outing": lambda cast: {
        Wish(cast.exemple.child.pk, open_days(cast.hiver)[0].pk)
    },
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_the_page_never_offered_is_refused(cast: Cast, forgery: str) -> None:
    honest = wishes_for(cast.exemple.child, open_days(cast.hiver)[:1])
    with pytest.raises(ForgedError, match=r"ne propose pas|n’existe pas"):
        ask(cast.exemple, cast.hiver, wishes=honest | FORGERIES[forgery](cast))
    assert written() == (0, 0, 0)


def test_a_closed_day_is_refused(cast: Cast) -> None:
    monday = open_days(cast.hiver)[0]
    SessionDay.objects.filter(pk=monday.pk).update(closed_because="férié")
    with pytest.raises(ForgedError):
        ask(cast.exemple, cast.hiver, days=[monday])


def test_an_outing_of_a_closed_day_is_refused(cast: Cast) -> None:
    SessionDay.objects.filter(pk=cast.sortie.session_day_id).update(closed_because="neige")
    with pytest.raises(ForgedError):
        ask(cast.exemple, cast.hiver, days=[], outing=cast.sortie)


def test_a_slot_without_places_is_not_offered(cast: Cast) -> None:
    monday = open_days(cast.hiver)[0]
    Places.objects.filter(session_day=monday, slot=Slot.MIDDAY).delete()
    with pytest.raises(ForgedError):
        ask(cast.exemple, cast.hiver, days=[monday])
    assert ask(cast.exemple, cast.hiver, days=[monday], slots=[Slot.MORNING]).added == 1


def test_a_child_is_booked_only_while_enrolled_at_the_centre(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    Enrolment.objects.filter(child=cast.exemple.child).update(ends_on=monday.on)
    with pytest.raises(ForgedError):
        ask(cast.exemple, cast.hiver, days=[monday, tuesday])
    assert ask(cast.exemple, cast.hiver, days=[monday]).added == 3


def test_a_child_without_a_group_of_its_age_is_not_booked(cast: Cast) -> None:
    zoe = cast.exemple.child
    zoe.birth_date = date(2014, 1, 1)
    zoe.save()
    with pytest.raises(ForgedError):
        ask(cast.exemple, cast.hiver)


def test_a_birthday_during_the_holidays_changes_the_group_that_day(cast: Cast) -> None:
    tom = cast.exemple.children[1]
    tom.birth_date = date(2021, 2, 9)
    tom.save()
    ask(cast.exemple, cast.hiver, child=tom, days=open_days(cast.hiver)[:2], slots=[Slot.MORNING])
    assert [line.age_group.name for line in lines_of(cast.exemple)] == ["Petits", "Grands"]


def test_the_second_household_reads_that_the_day_is_already_asked(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.nord, cast.hiver, days=[monday])
    before = written()
    with pytest.raises(AlreadyAskedError, match="lundi 8 février est déjà demandé") as refusal:
        ask(cast.sud, cast.hiver, days=[monday, tuesday])
    assert "contactez le centre" in str(refusal.value)
    assert "Nord" not in str(refusal.value)
    assert written() == before
    assert ask(cast.sud, cast.hiver, days=[tuesday]).added == 3


def test_the_other_centre_of_a_child_counts_too(cast: Cast) -> None:
    """Zoé may also attend Les Platanes; not on the same morning."""
    zoe = cast.exemple.child
    Enrolment.objects.create(child=zoe, centre=cast.house.platanes, starts_on=date(2026, 9, 1))
    ask(cast.exemple, cast.hiver, slots=[Slot.MORNING])
    with pytest.raises(AlreadyAskedError):
        ask(cast.exemple, cast.hiver_platanes, slots=[Slot.MORNING])
    assert ask(cast.exemple, cast.hiver_platanes, slots=[Slot.AFTERNOON]).added == 1


@pytest.mark.parametrize("decision", [Decision.ACCEPTED, Decision.WAITLISTED])
def test_an_answered_line_of_the_other_household_still_holds_the_child(
    cast: Cast, decision: Decision
) -> None:
    ask(cast.nord, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.nord), decision)
    tell(cast.camille, cast.hiver)
    with pytest.raises(AlreadyAskedError):
        ask(cast.sud, cast.hiver)


def test_a_refusal_or_a_deletion_frees_the_day_for_the_other_household(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.nord, cast.hiver, days=[monday, tuesday])
    ask(cast.nord, cast.hiver, days=[monday], at=NOW + timedelta(minutes=1))
    decide(cast.camille, cast.hiver, lines_of(cast.nord), Decision.REFUSED, reason="complet")
    tell(cast.camille, cast.hiver)
    assert ask(cast.sud, cast.hiver, days=[monday, tuesday]).added == 6
