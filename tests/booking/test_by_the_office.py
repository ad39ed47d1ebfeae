"""What only the office may do: enter, move, exceed, at any time, with a trace (S18, S21, B22)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from preau.activities.actions.trace import trace_change
from preau.activities.enums import Slot
from preau.activities.models import PlanEvent
from preau.booking.actions.correct import cancel_lines, close_day
from preau.booking.actions.decide import decide_lines
from preau.booking.actions.move import Target, shift_lines
from preau.booking.actions.submit import Submission, enter_request
from preau.booking.enums import CancelKind, Channel, Decision, Status
from preau.booking.models import Booking, BookingEvent
from preau.booking.queries.conditions import outings_in_doubt
from preau.booking.queries.news import mark_of, news_since
from preau.booking.states import Move
from preau.core.clock import pinned, today
from preau.core.errors import RefusedError, StaleError
from preau.core.models import User
from preau.families.models import BookingBlock
from preau.messaging.models import Mail
from preau.org.enums import BlockKind
from tests.factories import (
    NOW,
    Cast,
    Household,
    add_trip,
    ask,
    decide,
    lines_of,
    only_places,
    open_days,
    paris,
    tell,
    wishes_for,
)


def enter(
    cast: Cast, household: Household, *, asked_at: str = "2027-01-11 08:35", version: int = 0
) -> Submission:
    return enter_request(
        actor=cast.camille,
        family=household.family,
        period=cast.hiver,
        wishes=wishes_for(household.child, open_days(cast.hiver)[:1]),
        seen_version=version,
        channel=Channel.PHONE,
        asked_at=paris(asked_at),
    )


def test_a_telephoned_request_enters_after_closing_with_the_rank_of_its_call(cast: Cast) -> None:
    ask(cast.martin, cast.hiver, at=paris("2027-01-11 09:00"))
    BookingBlock.objects.create(
        family=cast.sans_mail.family, kind=BlockKind.values[0], reason="x", since=NOW
    )
    with pinned(paris("2027-02-03 10:00")):
        enter(cast, cast.sans_mail)
    line, *_ = lines_of(cast.sans_mail)
    assert line.turn < lines_of(cast.martin)[0].turn
    assert not line.late
    assert line.request.channel == Channel.PHONE
    event = BookingEvent.objects.get(booking=line)
    assert event.actor == cast.camille
    assert event.reason.replace("\u00a0", " ") == ("téléphone, reçue le lundi 11 janvier à 8 h 35")
    assert event.at == paris("2027-02-03 10:00")


@pytest.mark.parametrize("asked_at", ["2027-01-12 09:01", "2025-12-01 10:00"])
def test_a_call_is_neither_to_come_nor_of_years_ago(cast: Cast, asked_at: str) -> None:
    with pytest.raises(RefusedError, match="ni à venir"):
        enter(cast, cast.martin, asked_at=asked_at)
    assert lines_of(cast.martin) == []


def test_what_changed_since_the_page_is_not_overwritten_by_the_office(cast: Cast) -> None:
    ask(cast.martin, cast.hiver, slots=[Slot.MORNING])
    with pytest.raises(StaleError):
        enter(cast, cast.martin, version=0)


def shift(cast: Cast, lines: list[Booking], to: Target, *, beyond: bool = False) -> list[Booking]:
    outcome = shift_lines(
        actor=cast.camille,
        period=cast.hiver,
        seen={line.pk: line.version for line in lines},
        to=to,
        reason="échange demandé",
        beyond_capacity=beyond,
    )
    return outcome.decided


def test_a_day_is_moved_with_its_answer_and_its_rank_and_the_family_told(cast: Cast) -> None:
    ask(cast.martin, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.martin))
    tell(cast.camille, cast.hiver)
    mails = Mail.objects.count()
    before = lines_of(cast.martin)
    there = open_days(cast.hiver)[3]
    assert len(shift(cast, before, Target(day_id=there.pk))) == 3
    after = lines_of(cast.martin)
    assert {line.on for line in after} == {there.on}
    assert {line.status for line in after} == {Status.ACCEPTED}
    assert [line.asked_at for line in after] == [line.asked_at for line in before]
    assert Mail.objects.count() == mails + 1
    said = BookingEvent.objects.filter(move=Move.SHIFT).first()
    assert said is not None
    assert "lun. 8 matin, Grands → jeu. 11 matin, Grands" in said.reason


def test_a_full_day_takes_a_moved_child_only_when_the_director_means_it(cast: Cast) -> None:
    only_places(cast.hiver, 1)
    first, second = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[first], slots=[Slot.MORNING])
    ask(cast.martin, cast.hiver, days=[second], slots=[Slot.MORNING])
    decide(cast.camille, cast.hiver, [*lines_of(cast.exemple), *lines_of(cast.martin)])
    target = Target(day_id=first.pk)
    assert shift(cast, lines_of(cast.martin), target) == []
    assert shift(cast, lines_of(cast.martin), target, beyond=True)


def test_nothing_is_moved_onto_what_the_child_has_or_what_is_not_offered(cast: Cast) -> None:
    ask(cast.martin, cast.hiver)
    morning, midday, _ = lines_of(cast.martin)
    with pytest.raises(RefusedError, match="déjà quelque chose"):
        shift(cast, [morning], Target(slot=Slot.MIDDAY))
    close_day(actor=cast.camille, day=open_days(cast.hiver)[1], reason="neige")
    closed = cast.hiver.days.exclude(closed_because="").get()
    with pytest.raises(RefusedError, match="ne propose pas"):
        shift(cast, [midday], Target(day_id=closed.pk))
    with pytest.raises(RefusedError, match="pas de cette période"):
        shift(cast, [midday], Target(day_id=open_days(cast.mercredis)[0].pk))


def test_places_are_exceeded_knowingly_with_a_reason_that_stays_in_the_office(cast: Cast) -> None:
    only_places(cast.hiver, 0)
    ask(cast.martin, cast.hiver, slots=[Slot.MORNING])
    seen = {line.pk: line.version for line in lines_of(cast.martin)}

    def accept(reason: str) -> None:
        decide_lines(
            actor=cast.camille,
            period=cast.hiver,
            seen=seen,
            decision=Decision.ACCEPTED,
            reason=reason,
            beyond_capacity=True,
        )

    with pytest.raises(RefusedError, match="motif"):
        accept("")
    accept("urgence sociale")
    (line,) = lines_of(cast.martin)
    assert (line.draft, line.reason) == (Decision.ACCEPTED, "")
    event = BookingEvent.objects.filter(booking=line).order_by("-pk")[0]
    assert event.reason.endswith("urgence sociale")


def test_an_outing_whose_week_empties_is_told_to_the_director_and_stays(cast: Cast) -> None:
    days = open_days(cast.hiver)[:3]
    trip = add_trip(days[0], title="Patinoire", min_days_in_week=3)
    ask(cast.martin, cast.hiver, days=days, outing=trip)
    decide(cast.camille, cast.hiver, lines_of(cast.martin))
    tell(cast.camille, cast.hiver)
    assert outings_in_doubt([cast.hiver], today=today()) == []
    close_day(actor=cast.camille, day=days[1], reason="neige")
    # The centre's own closing takes nothing from the condition (daily life 1).
    assert outings_in_doubt([cast.hiver], today=today()) == []
    gone = [line for line in lines_of(cast.martin) if line.on == days[2].on]
    cancel_lines(
        actor=cast.camille,
        period=cast.hiver,
        seen={line.pk: line.version for line in gone},
        kind=CancelKind.BY_FAMILY,
        reason="malade",
    )
    (doubt,) = outings_in_doubt([cast.hiver], today=today())
    assert (doubt.outing, doubt.status) == (trip, Status.ACCEPTED)


def test_a_director_reads_what_others_did_and_not_what_they_did_themselves(cast: Cast) -> None:
    ask(cast.martin, cast.hiver)
    line, plan = map(int, mark_of(cast.hiver).split("."))
    decide(cast.camille, cast.hiver, lines_of(cast.martin))
    trace_change(cast.hiver, actor=cast.camille, what="places")
    ask(cast.exemple, cast.hiver, slots=[Slot.MORNING])

    def read(by: User) -> str:
        return news_since(cast.hiver, line=line, plan=plan, reader=by)

    sacha = read(cast.house.sacha).replace("\u00a0", " ")
    assert sacha == (
        "des familles (1 ligne), Camille Exemple (3 lignes) et Camille Exemple "
        "(jours, places ou réglages)"
    )
    assert read(cast.camille).startswith("des familles")
    assert PlanEvent.objects.get(what="places").actor == cast.camille


def test_freed_places_serve_a_whole_day_and_not_a_morning_whose_lunch_is_full(cast: Cast) -> None:
    cast.hiver.offers_places = True
    cast.hiver.save()
    only_places(cast.hiver, 1)
    day = open_days(cast.hiver)[:1]
    both = (
        ask(cast.martin, cast.hiver, days=day, slots=[Slot.MORNING]),
        ask(cast.nord, cast.hiver, days=day, slots=[Slot.MIDDAY]),
    )
    assert all(each.added for each in both)
    decide(cast.camille, cast.hiver, [*lines_of(cast.martin), *lines_of(cast.nord)])
    ask(cast.exemple, cast.hiver, days=day, slots=[Slot.MORNING, Slot.MIDDAY])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.WAITLISTED)
    tell(cast.camille, cast.hiver)

    def cancel(household: Household) -> None:
        cancel_lines(
            actor=cast.camille,
            period=cast.hiver,
            seen={line.pk: line.version for line in lines_of(household)},
            kind=CancelKind.BY_FAMILY,
            reason="malade",
        )

    cancel(cast.martin)
    assert [line.offered_until for line in lines_of(cast.exemple)] == [None, None]
    cancel(cast.nord)
    assert {line.offered_until for line in lines_of(cast.exemple)} == {NOW + timedelta(hours=24)}
