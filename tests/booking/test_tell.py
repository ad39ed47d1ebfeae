"""Validating and telling the families: once, all of it, and nothing personal (S15, S17, B21)."""

from __future__ import annotations

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from preau.activities.enums import Slot
from preau.booking.actions.tell import readiness_of_period, validate_decisions
from preau.booking.enums import Decision, Status
from preau.booking.models import Booking, BookingEvent, Sending
from preau.booking.queries.home import news_for_family
from preau.booking.queries.requests import Chip, request_sheets, requests_of_family
from preau.booking.states import Move
from preau.core.errors import StaleError
from preau.families.models import Guardian, Guardianship
from preau.messaging.models import Mail, MailBatch
from tests.factories import (
    NOW,
    Cast,
    Household,
    ask,
    decide,
    lines_of,
    open_days,
    tell,
    undecided,
)
from tests.factories.requests import LINK


def answer(cast: Cast, *households: Household) -> None:
    for household in households:
        decide(cast.camille, cast.hiver, lines_of(household))


def statuses(household: Household) -> set[str]:
    return {line.status for line in lines_of(household)}


def chips_of(household: Household) -> list[Chip]:
    """Every answer on the family's page."""
    sheets = request_sheets(requests_of_family(household.family), now=NOW)
    cells = [cell for sheet in sheets for day in sheet.days for cell in day.cells]
    return [chip for cell in cells for chip in cell.chips]


def read_by(household: Household) -> set[str]:
    """Every status word on the family's page."""
    return {chip.words for chip in chips_of(household)}


def test_each_family_with_every_answer_gets_one_mail(cast: Cast) -> None:
    for household in (cast.exemple, cast.martin):
        ask(household, cast.hiver, days=open_days(cast.hiver))
    answer(cast, cast.exemple, cast.martin)
    sent = tell(cast.camille, cast.hiver)
    assert (sent.families, sent.lines, sent.without_mail) == (2, 60, 0)
    assert (sent.actor, sent.sent_at, sent.period) == (cast.camille, NOW, cast.hiver)
    assert list(Mail.objects.values_list("to", flat=True)) == [
        "famille1@exemple.fr",
        "famille2@exemple.fr",
    ]
    assert sent.mails == MailBatch.objects.get()
    assert statuses(cast.exemple) == statuses(cast.martin) == {Status.ACCEPTED}
    assert set(Booking.objects.values_list("told_at", "draft")) == {(NOW, "")}


def test_a_family_with_an_undecided_line_waits_for_the_next_sending(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    ask(cast.martin, cast.hiver)
    answer(cast, cast.martin)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple)[:2])
    ready = readiness_of_period(cast.hiver)
    assert (ready.families, ready.lines, ready.mails, ready.waiting_families) == (1, 3, 1, 1)
    tell(cast.camille, cast.hiver)
    assert statuses(cast.exemple) == {Status.PENDING}
    assert {line.draft for line in lines_of(cast.exemple)} == {"accepted", ""}
    answer(cast, cast.exemple)
    tell(cast.camille, cast.hiver)
    assert [mail.to for mail in Mail.objects.all()] == [
        "famille2@exemple.fr",
        "famille1@exemple.fr",
    ]


def test_the_mail_names_no_child_and_no_answer(cast: Cast) -> None:
    ask(cast.martin, cast.hiver, outing=cast.sortie)
    decide(cast.camille, cast.hiver, lines_of(cast.martin), Decision.REFUSED, reason="dossier vide")
    tell(cast.camille, cast.hiver)
    mail = Mail.objects.get()
    said = set(re.findall(r"\w+", f"{mail.subject} {mail.text}".lower()))
    secrets = {"léa", "alex", "martin", "acceptée", "refusée", "refusé", "attente", "dossier"}
    secrets |= {"février", "lundi", "matin", "sortie", "neige", "famille2", "grands"}
    assert said & secrets == set()
    assert "Camille Exemple" in mail.text
    assert LINK in mail.text
    assert mail.subject == "Votre demande de réservation a reçu une réponse"


def test_families_see_nothing_before_and_everything_after(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver, slots=[Slot.MORNING, Slot.MIDDAY, Slot.AFTERNOON])
    lines = {line.slot: line for line in lines_of(cast.exemple)}
    decide(cast.camille, cast.hiver, [lines["morning"]])
    decide(cast.camille, cast.hiver, [lines["midday"]], Decision.WAITLISTED)
    decide(cast.camille, cast.hiver, [lines["afternoon"]], Decision.REFUSED, reason="complet")
    assert read_by(cast.exemple) == {"à traiter"}
    assert news_for_family(cast.exemple.family, now=NOW).answered == []
    tell(cast.camille, cast.hiver)
    assert read_by(cast.exemple) == {"acceptée", "liste d’attente, rang 1", "refusée"}
    (sheet,) = news_for_family(cast.exemple.family, now=NOW).answered
    assert (sheet.can_delete, sheet.last_answer) == (False, NOW)


def test_a_prepared_reason_is_read_only_once_told(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver, slots=[Slot.MORNING])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.REFUSED, reason="complet")

    assert [chip.reason for chip in chips_of(cast.exemple)] == [""]
    tell(cast.camille, cast.hiver)
    assert [chip.reason for chip in chips_of(cast.exemple)] == ["complet"]


def test_a_decision_changed_after_the_confirmation_page_sends_nothing(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    answer(cast, cast.exemple)
    shown = readiness_of_period(cast.hiver).fingerprint
    decide(cast.house.sacha, cast.hiver, lines_of(cast.exemple)[:1], Decision.WAITLISTED)
    with pytest.raises(StaleError, match="Rien n’a été envoyé"):
        validate_decisions(actor=cast.camille, period=cast.hiver, fingerprint=shown)
    assert statuses(cast.exemple) == {Status.PENDING}
    assert (Mail.objects.count(), Sending.objects.count()) == (0, 0)


def test_a_request_that_arrived_after_the_confirmation_page_sends_nothing(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    answer(cast, cast.exemple)
    shown = readiness_of_period(cast.hiver).fingerprint
    ask(cast.martin, cast.hiver)
    with pytest.raises(StaleError):
        validate_decisions(actor=cast.camille, period=cast.hiver, fingerprint=shown)


def test_validating_twice_sends_once(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    answer(cast, cast.exemple)
    shown = readiness_of_period(cast.hiver).fingerprint
    validate_decisions(actor=cast.camille, period=cast.hiver, fingerprint=shown)
    with pytest.raises(StaleError):
        validate_decisions(actor=cast.camille, period=cast.hiver, fingerprint=shown)
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("asked", [False, True])
def test_nothing_ready_sends_nothing(cast: Cast, *, asked: bool) -> None:
    if asked:
        ask(cast.exemple, cast.hiver)
    with pytest.raises(StaleError):
        tell(cast.camille, cast.hiver)
    assert not MailBatch.objects.exists()


def test_a_family_without_an_address_is_answered_and_counted(cast: Cast) -> None:
    for household in (cast.sans_mail, cast.exemple):
        ask(household, cast.hiver)
    answer(cast, cast.sans_mail, cast.exemple)
    ready = readiness_of_period(cast.hiver)
    assert (ready.families, ready.mails, ready.without_mail) == (2, 1, [cast.sans_mail.family])
    sent = tell(cast.camille, cast.hiver)
    assert (sent.families, sent.without_mail, sent.mails.mails.count()) == (2, 1, 1)
    assert statuses(cast.sans_mail) == {Status.ACCEPTED}


def test_only_the_contact_of_the_family_is_written_to(cast: Cast) -> None:
    second = Guardian.objects.create(first_name="Lou", last_name="Exemple", email="lou@exemple.fr")
    Guardianship.objects.create(family=cast.exemple.family, guardian=second)
    ask(cast.exemple, cast.hiver)
    answer(cast, cast.exemple)
    tell(cast.camille, cast.hiver)
    assert [mail.to for mail in Mail.objects.all()] == ["famille1@exemple.fr"]


def test_each_household_of_a_child_hears_of_its_own_days_only(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    ask(cast.nord, cast.hiver, days=[monday])
    ask(cast.sud, cast.hiver, days=[tuesday])
    answer(cast, cast.nord, cast.sud)
    tell(cast.camille, cast.hiver)
    assert {mail.to for mail in Mail.objects.all()} == {
        "famille3@exemple.fr",
        "famille4@exemple.fr",
    }
    (sheet,) = request_sheets(requests_of_family(cast.sud.family), now=NOW)
    assert [day.on for day in sheet.days] == [tuesday.on]


def test_a_family_that_asks_again_after_the_answer_gets_another_mail(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    answer(cast, cast.exemple)
    tell(cast.camille, cast.hiver)
    ask(cast.exemple, cast.hiver, days=open_days(cast.hiver)[:2])
    decide(cast.camille, cast.hiver, undecided(cast.hiver))
    sent = tell(cast.camille, cast.hiver)
    assert (sent.lines, sent.mails.mails.count()) == (3, 1)
    assert Mail.objects.count() == 2


def test_the_telling_is_written_in_the_history_of_each_line(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver, slots=[Slot.MORNING])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.REFUSED, reason="complet")
    tell(cast.house.sacha, cast.hiver)
    event = BookingEvent.objects.order_by("pk").last()
    assert event
    assert (event.move, event.status, event.draft, event.reason, event.actor) == (
        Move.TELL,
        "refused",
        "",
        "complet",
        cast.house.sacha,
    )


def test_the_other_centre_is_not_told_anything(cast: Cast) -> None:
    ask(cast.ailleurs, cast.hiver_platanes)
    decide(cast.house.dominique, cast.hiver_platanes, lines_of(cast.ailleurs))
    ask(cast.exemple, cast.hiver)
    answer(cast, cast.exemple)
    tell(cast.camille, cast.hiver)
    assert statuses(cast.ailleurs) == {Status.PENDING}
    assert Mail.objects.count() == 1


def test_if_the_mails_cannot_be_written_no_answer_is_final(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fact and its mail commit together, or not at all."""
    ask(cast.exemple, cast.hiver)
    answer(cast, cast.exemple)

    def fail(**_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("preau.booking.letters.queue_mails", fail)
    with pytest.raises(OSError, match="disk full"):
        tell(cast.camille, cast.hiver)
    assert statuses(cast.exemple) == {Status.PENDING}
    assert BookingEvent.objects.filter(move=Move.TELL).count() == 0


@pytest.mark.parametrize("families", [1, 4])
def test_telling_everybody_costs_the_same_number_of_queries(
    cast: Cast, families: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for household in cast.at_tilleuls[:families]:
        ask(household, cast.hiver)
    answer(cast, *cast.at_tilleuls[:families])
    with django_assert_num_queries(3):
        ready = readiness_of_period(cast.hiver)
    with django_assert_num_queries(11):
        validate_decisions(actor=cast.camille, period=cast.hiver, fingerprint=ready.fingerprint)
