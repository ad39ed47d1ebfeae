"""Families who send at the same moment (B8, "Nothing lost")."""

from __future__ import annotations

import pytest

from preau.activities.enums import Slot
from preau.booking.actions.submit import Submission, withdraw_request
from preau.booking.actions.tell import readiness_of_period, validate_decisions
from preau.booking.enums import Decision, Status
from preau.booking.errors import AlreadyAskedError, StaleError
from preau.booking.models import Booking, BookingEvent, BookingRequest
from tests.factories import Cast, ask, decide, lines_of, open_days
from tests.kit.together import Meeting, meet_after, together

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = [Slot.MORNING]


def test_a_double_click_on_the_first_sending_makes_one_request(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither click finds a request; both go on to make it."""
    cast = committed_cast
    meeting = Meeting(seconds=10)
    meet_after(monkeypatch, "preau.booking.actions.submit.check_allowed", meeting)
    clicks = together(*[lambda: ask(cast.exemple, cast.hiver, version=0)] * 2)
    assert meeting.met
    assert all(isinstance(click, Submission) for click in clicks), clicks
    assert sorted(click.changed for click in clicks) == [False, True]
    assert BookingRequest.objects.get().version == 1
    assert (Booking.objects.count(), BookingEvent.objects.count()) == (3, 3)


def test_a_double_click_on_a_change_makes_it_once(committed_cast: Cast) -> None:
    cast = committed_cast
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[monday])
    clicks = together(*[lambda: ask(cast.exemple, cast.hiver, days=[tuesday], version=1)] * 2)
    assert all(isinstance(click, Submission) for click in clicks), clicks
    assert BookingRequest.objects.get().version == 2
    assert {line.session_day for line in lines_of(cast.exemple)} == {tuesday}
    assert Booking.objects.count() == 6


def test_two_tabs_that_differ_do_not_mix(committed_cast: Cast) -> None:
    cast = committed_cast
    monday, tuesday, wednesday = open_days(cast.hiver)[:3]
    ask(cast.exemple, cast.hiver, days=[monday])
    tabs = together(
        lambda: ask(cast.exemple, cast.hiver, days=[tuesday], version=1),
        lambda: ask(cast.exemple, cast.hiver, days=[wednesday], version=1),
    )
    assert sorted(isinstance(tab, StaleError) for tab in tabs) == [False, True]
    won = wednesday if isinstance(tabs[0], StaleError) else tuesday
    assert {line.session_day for line in lines_of(cast.exemple)} == {won}


def test_two_households_ask_for_their_child_at_once_and_one_reads_why_not(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both pages were right when they were checked; the database decides."""
    cast = committed_cast
    meeting = Meeting(seconds=10)
    meet_after(monkeypatch, "preau.booking.actions.submit.check_allowed", meeting)
    monday, tuesday = open_days(cast.hiver)[:2]
    results = together(
        lambda: ask(cast.nord, cast.hiver, days=[monday]),
        lambda: ask(cast.sud, cast.hiver, days=[monday, tuesday]),
    )
    assert meeting.met
    lost = [result for result in results if isinstance(result, AlreadyAskedError)]
    won = [result for result in results if isinstance(result, Submission)]
    assert (len(lost), len(won)) == (1, 1)
    assert "par l’autre foyer de l’enfant" in str(lost[0])
    assert "Rien n’a été envoyé" in str(lost[0])
    assert BookingRequest.objects.get() == won[0].request
    assert Booking.objects.count() == won[0].added


@pytest.mark.parametrize("decision", Decision)
def test_a_page_sent_while_the_answer_leaves_changes_nothing_of_it(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch, decision: Decision
) -> None:
    """S18: the family adds a day at the moment the director validates the first one."""
    cast = committed_cast
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.exemple, cast.hiver, days=[monday], slots=MORNING)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), decision, reason="complet")
    shown = readiness_of_period(cast.hiver).fingerprint
    validated, sending = Meeting(2, 5), Meeting(2, 1)

    def director() -> None:
        from django.db import transaction

        with transaction.atomic():
            validate_decisions(actor=cast.camille, period=cast.hiver, fingerprint=shown)
            validated.wait()
            sending.wait()  # the family’s page is at work before this commits

    def family() -> Submission:
        validated.wait()
        return ask(cast.exemple, cast.hiver, days=[monday, tuesday], slots=MORNING)

    _, sent = together(director, family)
    assert isinstance(sent, Submission), sent
    assert sent.added == 1
    (line,) = Booking.objects.filter(session_day=monday)
    assert line.status == decision.value
    assert Booking.objects.get(session_day=tuesday).status == Status.PENDING


def test_a_deletion_at_the_moment_of_the_answer_comes_too_late_or_wins_whole(
    committed_cast: Cast,
) -> None:
    cast = committed_cast
    request = ask(cast.exemple, cast.hiver).request
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    shown = readiness_of_period(cast.hiver).fingerprint
    together(
        lambda: withdraw_request(actor=cast.camille, request=request),
        lambda: validate_decisions(actor=cast.camille, period=cast.hiver, fingerprint=shown),
    )
    statuses = set(Booking.objects.values_list("status", flat=True))
    assert statuses in ({Status.ACCEPTED}, {Status.CANCELLED})
