"""Lines that stand or fall together: brothers and sisters, an outing and its day."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.activities.enums import BookingMode, Slot
from preau.activities.models import OutingPlaces, Period, Places
from preau.booking.actions.correct import cancel_lines
from preau.booking.actions.offer import answer_offer
from preau.booking.actions.propose import propose_all
from preau.booking.allocation import (
    NOT_WITHOUT_DAY,
    NOT_WITHOUT_OUTING,
    TOGETHER,
    allocate,
    blocks_of,
)
from preau.booking.conditions import NO_PLACE
from preau.booking.enums import CancelKind, Decision
from preau.booking.models import Booking, BookingRequest, Cell
from preau.booking.queries.offer import Wish
from preau.families.models import Child, Family
from preau.org.models import AgeGroup
from tests.factories import NOW, Cast, ask, decide, lines_of, open_days, tell, wishes_for

MORNING = [Slot.MORNING]


def both_children(cast: Cast) -> set[Wish]:
    """Zoé (Grands) and Tom (Petits), the first morning."""
    days = open_days(cast.hiver)[:1]
    zoe, tom = cast.exemple.children
    return wishes_for(zoe, days, MORNING) | wishes_for(tom, days, MORNING)


def places_of(cast: Cast, group: str, number: int) -> None:
    groups = AgeGroup.objects.filter(centre=cast.house.tilleuls, name=group)
    Places.objects.filter(age_group__in=groups).update(capacity=number)


def answers_of(lines: list[Booking]) -> list[tuple[str, str]]:
    return [(line.draft or line.status, line.reason) for line in lines]


def test_apart_each_child_has_its_own_answer(cast: Cast) -> None:
    places_of(cast, "Petits", 0)
    ask(cast.exemple, cast.hiver, wishes=both_children(cast))
    propose_all(actor=cast.camille, period=cast.hiver)
    assert answers_of(lines_of(cast.exemple)) == [("accepted", ""), ("waitlisted", NO_PLACE)]


def test_together_a_child_does_not_come_without_the_other(cast: Cast) -> None:
    """The parent would have to find a solution for Tom, and take Zoé there too."""
    places_of(cast, "Petits", 0)
    ask(cast.exemple, cast.hiver, wishes=both_children(cast), together=True)
    propose_all(actor=cast.camille, period=cast.hiver)
    assert answers_of(lines_of(cast.exemple)) == [
        ("waitlisted", TOGETHER),
        ("waitlisted", NO_PLACE),
    ]


def test_the_place_they_leave_goes_to_the_next(cast: Cast) -> None:
    places_of(cast, "Petits", 0)
    places_of(cast, "Grands", 1)
    ask(cast.exemple, cast.hiver, wishes=both_children(cast), together=True)
    ask(cast.martin, cast.hiver, slots=MORNING, at=NOW + timedelta(minutes=1))
    propose_all(actor=cast.camille, period=cast.hiver)
    assert answers_of(lines_of(cast.martin)) == [("accepted", "")]


def test_together_works_first_come_too(cast: Cast) -> None:
    Period.objects.update(mode=BookingMode.FIRST_COME)
    cast.hiver.refresh_from_db()
    places_of(cast, "Petits", 0)
    ask(cast.exemple, cast.hiver, wishes=both_children(cast), together=True)
    assert answers_of(lines_of(cast.exemple)) == [
        ("waitlisted", TOGETHER),
        ("waitlisted", NO_PLACE),
    ]


def test_together_they_are_offered_places_together(cast: Cast) -> None:
    Period.objects.update(offers_places=True)
    cast.hiver.refresh_from_db()
    places_of(cast, "Petits", 0)
    ask(cast.martin, cast.hiver, slots=MORNING)
    ask(cast.exemple, cast.hiver, wishes=both_children(cast), together=True)
    propose_all(actor=cast.camille, period=cast.hiver)
    tell(cast.camille, cast.hiver)
    lea = lines_of(cast.martin)

    def lea_goes() -> None:
        cancel_lines(
            actor=cast.camille,
            period=cast.hiver,
            seen={line.pk: line.version for line in lines_of(cast.martin)},
            kind=CancelKind.BY_FAMILY,
            reason="à la demande de la famille",
        )

    assert answers_of(lea) == [("accepted", "")]
    lea_goes()
    # A place for Zoé, none for Tom: neither is offered one.
    assert {line.draft for line in lines_of(cast.exemple)} == {""}
    places_of(cast, "Petits", 1)
    ask(cast.nord, cast.hiver, slots=MORNING)
    propose_all(actor=cast.camille, period=cast.hiver)
    tell(cast.camille, cast.hiver)
    (noe,) = lines_of(cast.nord)
    cancel_lines(
        actor=cast.camille,
        period=cast.hiver,
        seen={noe.pk: noe.version},
        kind=CancelKind.BY_FAMILY,
        reason="à la demande de la famille",
    )
    assert {line.draft for line in lines_of(cast.exemple)} == {"offered"}
    first = lines_of(cast.exemple)[0]
    assert cast.exemple.user
    answer_offer(actor=cast.exemple.user, family=cast.exemple.family, line_id=first.pk, takes=True)
    assert {line.status for line in lines_of(cast.exemple)} == {"accepted"}


def trip(cast: Cast, *, only: bool) -> list[Booking]:
    """Zoé asks for the outing and its day; without it, she wants the day too unless `only`."""
    ask(
        cast.exemple,
        cast.hiver,
        days=[],
        outing=cast.sortie,
        only_with=cast.sortie if only else None,
    )
    return lines_of(cast.exemple)


@pytest.mark.parametrize(
    ("only", "day"), [(False, ("accepted", "")), (True, ("waitlisted", NOT_WITHOUT_OUTING))]
)
def test_a_day_wanted_only_for_its_outing_waits_with_it(
    cast: Cast, only: bool, day: tuple[str, str]
) -> None:
    """Daily life 3: the family would be billed a day nobody wanted."""
    OutingPlaces.objects.update(capacity=0)
    trip(cast, only=only)
    propose_all(actor=cast.camille, period=cast.hiver)
    assert answers_of(lines_of(cast.exemple)) == [day] * 3 + [("waitlisted", NO_PLACE)]


def test_an_outing_is_not_given_without_its_day(cast: Cast) -> None:
    places_of(cast, "Grands", 0)
    trip(cast, only=True)
    propose_all(actor=cast.camille, period=cast.hiver)
    assert answers_of(lines_of(cast.exemple)) == [("waitlisted", NO_PLACE)] * 3 + [
        ("waitlisted", NOT_WITHOUT_DAY)
    ]


def test_a_day_gives_its_place_back_when_its_outings_condition_fails(cast: Cast) -> None:
    """Exemple came first, but its outing asks for three days and it has one: Martin has the day."""
    cast.sortie.min_days_in_week = 3
    cast.sortie.save()
    places_of(cast, "Grands", 1)
    trip(cast, only=True)
    ask(cast.martin, cast.hiver, days=[cast.sortie.session_day], at=NOW + timedelta(minutes=1))
    propose_all(actor=cast.camille, period=cast.hiver)
    assert [answer for answer, _ in answers_of(lines_of(cast.exemple))] == ["waitlisted"] * 4
    assert [answer for answer, _ in answers_of(lines_of(cast.martin))] == ["accepted"] * 3


@pytest.mark.parametrize("decision", [Decision.WAITLISTED, Decision.REFUSED])
def test_when_the_director_refuses_the_outing_its_day_follows(
    cast: Cast, decision: Decision
) -> None:
    *day, outing = trip(cast, only=True)
    decide(cast.camille, cast.hiver, day)
    decide(cast.camille, cast.hiver, [outing], decision, reason="car plein")
    assert answers_of(lines_of(cast.exemple)) == [(decision, NOT_WITHOUT_OUTING)] * 3 + [
        (decision, "car plein")
    ]


def test_taking_the_refusal_of_the_outing_back_gives_the_day_back(cast: Cast) -> None:
    outing = trip(cast, only=True)[-1]
    decide(cast.camille, cast.hiver, [outing], Decision.REFUSED, reason="car plein")
    decide(cast.camille, cast.hiver, [lines_of(cast.exemple)[-1]], None)
    assert answers_of(lines_of(cast.exemple)) == [("pending", "")] * 4


def test_a_day_wanted_anyway_does_not_follow(cast: Cast) -> None:
    outing = trip(cast, only=False)[-1]
    decide(cast.camille, cast.hiver, [outing], Decision.REFUSED, reason="car plein")
    assert answers_of(lines_of(cast.exemple)) == [("pending", "")] * 3 + [("refused", "car plein")]


def test_changing_its_mind_about_the_day_is_a_change(cast: Cast) -> None:
    trip(cast, only=True)
    assert [line.keeps_day for line in lines_of(cast.exemple)][-1] is False
    submission = ask(cast.exemple, cast.hiver, days=[], outing=cast.sortie)
    assert submission.changed
    assert [line.keeps_day for line in lines_of(cast.exemple)][-1] is True


def request_of(number: int, *, together: bool) -> BookingRequest:
    return BookingRequest(pk=number, family=Family(pk=number), period=Period(), together=together)


@st.composite
def lines(draw: st.DrawFn) -> list[Booking]:
    """Mornings of up to three children of up to four families, on two days, two groups."""
    requests = [request_of(n, together=draw(st.booleans())) for n in range(1, 5)]
    wanted = draw(
        st.lists(
            st.tuples(st.sampled_from(requests), st.integers(1, 3), st.integers(1, 2)),
            unique_by=lambda each: (each[0].pk, each[1], each[2]),
            max_size=16,
        )
    )
    return [
        Booking(
            request=request,
            child=Child(pk=10 * request.pk + child),
            session_day_id=day,
            on=NOW.date(),
            slot="morning",
            age_group_id=child % 2,
        )
        for request, child, day in wanted
    ]


@given(lines=lines(), capacity=st.integers(0, 4))
def test_places_are_never_exceeded_nor_left_to_nobody(lines: list[Booking], capacity: int) -> None:
    free = Counter({Cell(day, "morning", None, g): capacity for day in (1, 2) for g in (0, 1)})
    answers = {id(line): reason for line, reason in allocate(lines, free)}
    held = Counter(line.cell for line in lines if not answers[id(line)])
    assert all(held[cell] <= capacity for cell in held)
    for block in blocks_of(lines):
        assert len({bool(answers[id(line)]) for line in block}) == 1
        if answers[id(block[0])]:
            needed = Counter(line.cell for line in block)
            assert any(held[cell] + number > capacity for cell, number in needed.items())
