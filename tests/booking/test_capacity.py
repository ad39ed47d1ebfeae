"""Whatever families and directors do, and in whatever order, no place is given twice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.activities.enums import Slot
from preau.activities.models import SessionDay
from preau.booking.actions.decide import decide_lines
from preau.booking.actions.submit import submit_request, withdraw_request
from preau.booking.enums import LIVE, Decision, Status
from preau.booking.errors import AlreadyAskedError, NothingAskedError
from preau.booking.models import Booking, BookingEvent, BookingRequest
from preau.booking.queries.offer import Wish
from preau.core import clock
from preau.core.errors import StaleError
from tests.factories import NOW, Cast, Household, only_places, open_days, tell

DAYS, SLOTS, FAMILIES = 2, (Slot.MORNING, Slot.AFTERNOON), 4


@dataclass(frozen=True)
class Send:
    """Family number `family` asks for these (day, slot) of its child; with the outing or not."""

    family: int
    boxes: frozenset[tuple[int, int]]
    outing: bool

    def play(self, story: Story) -> None:
        household = story.households[self.family]
        child = household.child.pk
        wishes = {
            Wish(child, story.days[day].pk, slot=SLOTS[slot].value) for day, slot in self.boxes
        }
        if self.outing:
            wishes.add(Wish(child, story.cast.sortie.session_day_id, None, story.cast.sortie.pk))
        own = BookingRequest.objects.filter(family=household.family).first()
        with contextlib.suppress(NothingAskedError, AlreadyAskedError):
            submit_request(
                actor=household.user,
                family=household.family,
                period=story.cast.hiver,
                wishes=wishes,
                seen_version=own.version if own else 0,
            )


@dataclass(frozen=True)
class Delete:
    """Family number `family` deletes its request."""

    family: int

    def play(self, story: Story) -> None:
        household = story.households[self.family]
        for request in BookingRequest.objects.filter(family=household.family):
            withdraw_request(actor=story.cast.camille, request=request)


@dataclass(frozen=True)
class Decide:
    """The director answers every n-th line of the board, some of them seen a while ago."""

    decision: Decision | None
    step: int
    stale: bool

    def play(self, story: Story) -> None:
        lines = Booking.objects.filter(request__period=story.cast.hiver).order_by("pk")[
            :: self.step
        ]
        decide_lines(
            actor=story.cast.camille,
            period=story.cast.hiver,
            seen={line.pk: line.version - self.stale for line in lines},
            decision=self.decision,
            reason="complet",
        )


@dataclass(frozen=True)
class Tell:
    """The director validates."""

    def play(self, story: Story) -> None:
        with contextlib.suppress(StaleError):
            tell(story.cast.camille, story.cast.hiver)


@dataclass
class Story:
    """The cast in the middle of what happens to it."""

    cast: Cast
    households: list[Household]
    days: list[SessionDay]


STEPS = st.one_of(
    st.builds(
        Send,
        st.integers(0, FAMILIES - 1),
        st.frozensets(st.tuples(st.integers(0, DAYS - 1), st.integers(0, 1)), max_size=4),
        st.booleans(),
    ),
    st.builds(Delete, st.integers(0, FAMILIES - 1)),
    st.builds(
        Decide,
        st.sampled_from([*Decision, Decision.ACCEPTED, Decision.ACCEPTED, None]),
        st.integers(1, 3),
        st.booleans(),
    ),
    st.just(Tell()),
)


@contextlib.contextmanager
def forgotten() -> Iterator[None]:
    """Within, whatever is written is taken back at the end: one example, then the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check_no_place_is_given_twice(capacity: int) -> None:
    held = Booking.objects.filter(holds_place=True).values_list(
        "session_day", "slot", "outing", "age_group"
    )
    assert [row for row in held.annotate(n=Count("pk")) if row[-1] > capacity] == []


def check_a_child_is_in_one_place_at_once() -> None:
    live = Booking.objects.filter(status__in=LIVE)
    for what in ("slot", "outing"):
        lines = live.filter(**{f"{what}__isnull": False}).values("child", "on", what)
        assert not lines.annotate(n=Count("pk")).filter(n__gt=1).exists()


def check_history_tells_the_present() -> None:
    """The last event of a line says where it stands, and there are as many as moves."""
    last: dict[int, tuple[str, str]] = {}
    moves: dict[int, int] = {}
    for line, status, draft in BookingEvent.objects.order_by("pk").values_list(
        "booking", "status", "draft"
    ):
        last[line] = (status, draft)
        moves[line] = moves.get(line, 0) + 1
    lines = Booking.objects.all()
    assert last == {line.pk: (line.status, line.draft) for line in lines}
    assert moves == {line.pk: line.version for line in lines}


@pytest.mark.django_db
@settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(capacity=st.integers(0, 2), steps=st.lists(STEPS, min_size=3, max_size=14))
def test_no_place_is_given_twice_whatever_happens(
    cast: Cast, capacity: int, steps: list[Send | Delete | Decide | Tell]
) -> None:
    households = [cast.exemple, cast.martin, cast.nord, cast.sud]
    days = open_days(cast.hiver)[2 : 2 + DAYS]  # the first one has the outing
    story = Story(cast, households, days)
    with forgotten():
        only_places(cast.hiver, capacity)
        told: dict[int, str] = {}
        for minute, step in enumerate(steps):
            with clock.pinned(NOW + timedelta(minutes=minute)):
                step.play(story)
            check_no_place_is_given_twice(capacity)
            check_a_child_is_in_one_place_at_once()
            now_told = dict(Booking.objects.exclude(told_at=None).values_list("pk", "status"))
            assert told.items() <= now_told.items()  # an answer told is never unsaid
            told = now_told
        check_history_tells_the_present()
        assert set(told.values()) <= {Status.ACCEPTED, Status.WAITLISTED, Status.REFUSED}
