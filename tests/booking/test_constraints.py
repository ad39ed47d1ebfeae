"""What the database refuses about requests and their lines, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import ProtectedError

from preau.activities.enums import Slot
from preau.booking.enums import OFFERED, Decision, Status
from preau.booking.models import (
    Booking,
    BookingEvent,
    BookingRequest,
    CalendarFeed,
    PreparedRequest,
)
from tests.factories import NOW, Cast, ask, decide, lines_of, open_days, tell
from tests.kit.constraints import constraints_of, refused_by


def change_line(**changes: object) -> Callable[[Cast], object]:
    """Ask for one morning, then write this over the line."""

    def act(cast: Cast) -> None:
        ask(cast.exemple, cast.hiver, slots=[Slot.MORNING])
        Booking.objects.update(**changes)

    return act


def ask_again(cast: Cast, *, outing: bool) -> None:
    """The other household’s line on the same thing, past every check of the program."""
    ask(cast.nord, cast.hiver, days=[], outing=cast.sortie)
    other = BookingRequest.objects.create(
        family=cast.sud.family, period=cast.hiver, submitted_at=NOW
    )
    copied = next(line for line in lines_of(cast.nord) if bool(line.outing_id) == outing)
    copied.pk, copied.request = None, other
    copied.save(force_insert=True)


def two_feeds(cast: Cast) -> None:
    for digest in ("one", "another"):
        CalendarFeed.objects.create(
            family=cast.exemple.family, user=cast.camille, digest=digest, made_at=NOW
        )


IMPOSSIBLE: dict[str, tuple[str, Callable[[Cast], object]]] = {
    "two requests of a family for one period, so that half of it is forgotten": (
        "request_one_a_period",
        lambda cast: BookingRequest.objects.bulk_create(
            BookingRequest(family=cast.exemple.family, period=cast.hiver, submitted_at=NOW)
            for _ in range(2)
        ),
    ),
    "two preparations of a family for one period, so that the wrong one is sent": (
        "prepared_once_a_period",
        lambda cast: PreparedRequest.objects.bulk_create(
            PreparedRequest(family=cast.exemple.family, period=cast.hiver, boxes={}, saved_at=NOW)
            for _ in range(2)
        ),
    ),
    "a line for nothing": ("booking_is_a_slot_or_an_outing", change_line(slot=None)),
    "a line of the night": ("booking_is_a_slot_or_an_outing", change_line(slot="night")),
    "a child on the day of its neighbour": (
        "booking_on_its_days_date",
        change_line(on=date(2027, 2, 9)),
    ),
    "an outing on another day than its bus": (
        "booking_on_its_outings_day",
        lambda cast: [
            ask(cast.exemple, cast.hiver, days=[], outing=cast.sortie),
            Booking.objects.filter(outing__isnull=False).update(
                session_day=open_days(cast.hiver)[0], on=open_days(cast.hiver)[0].on
            ),
        ],
    ),
    "a draft under an answer already told": (
        "booking_draft_only_while_untold",
        lambda cast: [
            ask(cast.exemple, cast.hiver),
            decide(cast.camille, cast.hiver, lines_of(cast.exemple)),
            tell(cast.camille, cast.hiver),
            Booking.objects.update(draft=Decision.REFUSED),
        ],
    ),
    "a draft nobody knows": ("booking_draft_only_while_untold", change_line(draft="maybe")),
    "an answer the family was not told": (
        "booking_answered_means_told",
        change_line(status=Status.ACCEPTED),
    ),
    "a place offered for ever": (
        "booking_offer_has_its_end",
        lambda cast: [
            ask(cast.exemple, cast.hiver),
            decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.WAITLISTED),
            tell(cast.camille, cast.hiver),
            Booking.objects.update(draft=OFFERED),
        ],
    ),
    "a cancelled day that does not say who pays": (
        "booking_cancelled_says_why",
        change_line(status=Status.CANCELLED),
    ),
    "a line told and yet without an answer": (
        "booking_answered_means_told",
        change_line(told_at=NOW),
    ),
    "a child twice on one morning": (
        "booking_child_once_a_slot",
        lambda cast: ask_again(cast, outing=False),
    ),
    "a child twice on one outing": (
        "booking_child_once_an_outing",
        lambda cast: ask_again(cast, outing=True),
    ),
    "two private calendars of one guardian": ("feed_one_a_guardian", two_feeds),
}
# Behind `booking_answered_means_told`, which knows the statuses too and speaks first.
SECOND_GUARDS = {"booking_has_a_known_status"}


@pytest.mark.parametrize("sentence", IMPOSSIBLE)
def test_the_database_refuses(cast: Cast, sentence: str) -> None:
    constraint, act = IMPOSSIBLE[sentence]
    with refused_by(constraint):
        act(cast)


def test_every_constraint_has_its_sentence(db: None) -> None:
    tested = {constraint for constraint, _ in IMPOSSIBLE.values()}
    assert tested | SECOND_GUARDS == constraints_of("booking")


def test_a_line_is_not_born_in_an_unknown_state(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver, slots=[Slot.MORNING])
    (line,) = lines_of(cast.exemple)
    line.pk, line.slot, line.status = None, Slot.MIDDAY, "lost"
    with refused_by("booking_answered_means_told"):
        line.save(force_insert=True)


@pytest.mark.parametrize(
    "order",
    [
        "UPDATE booking_bookingevent SET reason = 'x'",
        "DELETE FROM booking_bookingevent",
        "TRUNCATE booking_bookingevent",
        "TRUNCATE booking_booking CASCADE",
    ],
)
def test_history_is_neither_rewritten_nor_erased(cast: Cast, order: str) -> None:
    ask(cast.exemple, cast.hiver)
    connection.check_constraints()  # TRUNCATE waits for no pending check
    before = list(BookingEvent.objects.values())
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        connection.cursor().execute(order)
    assert list(BookingEvent.objects.values()) == before


def test_a_line_with_a_history_is_not_deleted(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    with pytest.raises(ProtectedError):
        Booking.objects.all().delete()
    assert Booking.objects.count() == 3
