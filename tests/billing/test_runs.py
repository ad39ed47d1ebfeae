"""A month is invoiced: every family, to the cent, once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from preau.activities.enums import Slot
from preau.activities.models import SessionDay
from preau.attendance.actions.excuse import excuse_absence
from preau.attendance.actions.touch import Touch, Who, save_touches
from preau.attendance.enums import TouchKind
from preau.billing.actions.charges import add_charge, withdraw_charge
from preau.billing.actions.papers import issue_credit_note
from preau.billing.actions.runs import (
    fingerprint_of_run,
    issue_drafts,
    prepare_again,
    prepare_run,
    start_issuing,
)
from preau.billing.enums import DraftState, Nature, PaperKind
from preau.billing.models import Draft, LedgerEntry, Paper
from preau.billing.queries.account import balance_of_family
from preau.booking.actions.correct import cancel_lines
from preau.booking.enums import CancelKind
from preau.booking.models import Booking
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.messaging.models import Mail
from tests.factories import Cast, ask, decide, lines_of, open_days, tell
from tests.factories.families import Household
from tests.factories.money import AFTER, FEBRUARY, give_quotient, invoice, price


@pytest.fixture
def february(cast: Cast) -> Cast:
    """Zoé three days and an outing, Tom two half-days with a meal; Léa one day, no quotient."""
    price(cast.house.tilleuls)
    give_quotient(cast.exemple, "700")
    days = open_days(cast.hiver)
    ask(cast.exemple, cast.hiver, days=days[:3], outing=cast.sortie)
    wishes = {(line.child_id, line.session_day_id) for line in lines_of(cast.exemple)}
    assert len(wishes) == 3
    tom = cast.exemple.children[1]
    everything = _with_half_days(cast, tom.pk)
    ask(cast.exemple, cast.hiver, wishes=everything)
    ask(cast.martin, cast.hiver, days=days[:1])
    for household in (cast.exemple, cast.martin):
        decide(cast.camille, cast.hiver, lines_of(household))
    tell(cast.camille, cast.hiver)
    return cast


def _with_half_days(cast: Cast, tom: int) -> set:  # type: ignore[type-arg]  # of Wish
    from preau.booking.queries.offer import Wish

    had = {
        Wish(line.child_id, line.session_day_id, slot=line.slot, outing_id=line.outing_id)
        for line in lines_of(cast.exemple)
    }
    days = open_days(cast.hiver)[5:7]
    half = {Slot.MIDDAY.value, Slot.AFTERNOON.value}
    return had | {Wish(tom, day.pk, slot=slot) for day in days for slot in half}


def _cancel(cast: Cast, household: Household, day: int, kind: CancelKind) -> None:
    on = open_days(cast.hiver)[day]
    lines = Booking.objects.filter(request__family=household.family, session_day=on)
    cancel_lines(
        actor=cast.camille,
        period=cast.hiver,
        seen={line.pk: line.version for line in lines},
        kind=kind,
        reason="demande de la famille",
    )


def _lines(paper: Paper) -> list[tuple[str, str, str, Decimal]]:
    return [
        (line.child.first_name if line.child else "", f"{line.on:%d/%m}", line.nature, line.amount)
        for line in paper.lines.select_related("child").order_by("child", "on", "position")
    ]


def _came_unbooked(cast: Cast, day: SessionDay) -> None:
    """Léa comes in the morning and stays the day, without a booking."""
    lea = Who(cast.martin.child.pk, cast.martin.family.pk)
    touches = [
        Touch(uuid=uuid4(), who=lea, kind=kind, value=value, touched_at=clock.now())
        for kind, value in (
            (TouchKind.UNBOOKED, "morning,midday,afternoon"),
            (TouchKind.STATE, "present"),
        )
    ]
    save_touches(actor=cast.camille, day=day, touches=touches)


D = Decimal
BY_HAND = [
    # child, day, nature, amount: quotient 700, so 10.05 a day, 5.05 a half-day, 3.50 a meal
    ("Zoé", "08/02", "care", D("10.05")),
    ("Zoé", "08/02", "meal", D("3.50")),
    ("Zoé", "09/02", "care", D("10.05")),
    ("Zoé", "09/02", "meal", D("3.50")),
    ("Zoé", "10/02", "care", D("10.05")),
    ("Zoé", "10/02", "meal", D("3.50")),
    ("Zoé", "10/02", "outing", D("14.00")),
    ("Tom", "15/02", "care", D("5.05")),
    ("Tom", "15/02", "meal", D("3.50")),
    ("Tom", "16/02", "care", D("5.05")),
    ("Tom", "16/02", "meal", D("3.50")),
]


def test_a_month_is_billed_as_by_hand(february: Cast) -> None:
    """71.75 for Exemple; Martin without a quotient pays the top price, and the run says so."""
    run = invoice(february)
    paper = Paper.objects.get(family=february.exemple.family)
    assert sorted(_lines(paper)) == sorted(BY_HAND)
    assert paper.total == sum(amount for *_, amount in BY_HAND) == D("71.75")
    assert balance_of_family(february.exemple.family) == D("71.75")
    martin = run.drafts.get(family=february.martin.family)
    assert martin.total == D("24.05")
    assert martin.oddities == ["Quotient familial inconnu ou périmé : tarif le plus élevé."]
    assert run.issued_at is not None


def test_a_day_without_a_price_is_said_and_not_forgotten(cast: Cast) -> None:
    """The tariff was never published: nothing is billed, and the run names the family."""
    ask(cast.martin, cast.hiver, days=open_days(cast.hiver)[:1])
    decide(cast.camille, cast.hiver, lines_of(cast.martin))
    tell(cast.camille, cast.hiver)
    with clock.pinned(AFTER):
        run = prepare_run(actor=cast.camille, centres=[cast.house.tilleuls], month=FEBRUARY)
    assert not run.drafts.exists()
    assert run.to_check == [
        ["Centre des Tilleuls", "pas de pointage : 8 février"],
        ["Famille Martin-Exemple", "Le prix de certains jours n’est pas encore publié."],
    ]


def test_given_up_too_late_is_billed_and_in_time_is_not(february: Cast) -> None:
    _cancel(february, february.exemple, 0, CancelKind.LATE)
    _cancel(february, february.exemple, 1, CancelKind.BY_CENTRE)
    _cancel(february, february.martin, 0, CancelKind.BY_FAMILY)
    invoice(february)
    paper = Paper.objects.get()
    assert paper.family == february.exemple.family
    assert paper.total == D("71.75") - D("13.55")
    said = paper.lines.filter(on=date(2027, 2, 8)).first()
    assert said is not None
    assert said.wording.endswith("(annulée hors délai)")


def test_what_changes_after_the_invoice_becomes_a_credit_note(february: Cast) -> None:
    """A strike on a day already billed: taken back at the next run, once."""
    invoice(february)
    _cancel(february, february.exemple, 1, CancelKind.BY_CENTRE)
    march = invoice(february, month=date(2027, 3, 1))
    note = Paper.objects.get(kind=PaperKind.CREDIT_NOTE)
    assert (note.total, note.draft.run) == (D("13.55"), march)
    assert {line.corrects.paper.number for line in note.lines.all() if line.corrects} == {
        "F2027-00001"
    }
    assert balance_of_family(february.exemple.family) == D("71.75") - D("13.55")
    with pytest.raises(RefusedError, match="rien à facturer"):
        invoice(february, month=date(2027, 3, 1))


def test_what_was_credited_and_comes_back_is_billed_again(february: Cast) -> None:
    charge = add_charge(
        actor=february.camille,
        family=february.martin.family,
        child=None,
        centre=february.house.tilleuls,
        on=date(2027, 2, 12),
        wording="Retard du soir",
        nature=Nature.PENALTY,
        amount=D("5.00"),
    )
    invoice(february)
    withdraw_charge(charge=charge)
    invoice(february, month=date(2027, 3, 1))
    assert balance_of_family(february.martin.family) == D("24.05")
    type(charge).objects.filter(pk=charge.pk).update(withdrawn_at=None)
    invoice(february, month=date(2027, 3, 1))
    assert balance_of_family(february.martin.family) == D("29.05")


def test_what_an_accountant_credited_is_not_billed_again(february: Cast) -> None:
    """A gesture is a decision: the next run neither undoes nor doubles it."""
    invoice(february)
    paper = Paper.objects.get(family=february.martin.family)
    line = paper.lines.get(nature="care")
    with clock.pinned(AFTER):
        issue_credit_note(
            actor=february.camille, invoice=paper, amounts={line.pk: D("9.80")}, reason="geste"
        )
    _cancel(february, february.martin, 0, CancelKind.BY_CENTRE)
    run = invoice(february, month=date(2027, 3, 1))
    assert run.drafts.get().total == D("4.20")  # the meal, which nobody had touched
    assert "avoir fait à la main" in run.drafts.get().oddities[0]


def test_a_run_prepared_again_is_not_issued_unseen(february: Cast) -> None:
    with clock.pinned(AFTER):
        run = prepare_run(actor=february.camille, centres=[february.house.tilleuls], month=FEBRUARY)
        seen = fingerprint_of_run(run)
        prepare_again(actor=february.camille, run=run)
        with pytest.raises(StaleError):
            start_issuing(run=run, fingerprint=seen)
    assert not Paper.objects.exists()


def test_two_runs_of_one_month_bill_nothing_twice(february: Cast) -> None:
    """Prepared side by side by two directors: the second finds its facts billed."""
    with clock.pinned(AFTER):
        second = prepare_run(
            actor=february.camille, centres=[february.house.tilleuls], month=FEBRUARY
        )
    invoice(february)
    with clock.pinned(AFTER):
        start_issuing(run=second, fingerprint=fingerprint_of_run(second))
    issue_drafts(run_id=second.pk)
    assert set(Draft.objects.filter(run=second).values_list("state", flat=True)) == {
        DraftState.CHANGED
    }
    assert Paper.objects.count() == 2
    assert LedgerEntry.objects.count() == 2


def test_one_mail_a_family_names_nobody(february: Cast) -> None:
    invoice(february)
    mails = Mail.objects.filter(event_key__startswith="billing:")
    assert sorted(mails.values_list("to", flat=True)) == [
        "famille1@exemple.fr",
        "famille2@exemple.fr",
    ]
    for mail in mails:
        assert "Zoé" not in mail.text
        assert "71" not in mail.text.replace("127.0.0.1", "")


def test_an_excuse_and_a_child_who_came_unbooked(february: Cast) -> None:
    """Zoé was ill on the 8th, with a certificate; Léa came on the 11th without a booking."""
    days = open_days(february.hiver)
    with clock.pinned(AFTER):
        excuse_absence(
            actor=february.camille, child=february.exemple.child, day=days[0], reason="certificat"
        )
        _came_unbooked(february, days[3])
    invoice(february)
    assert balance_of_family(february.exemple.family) == D("71.75") - D("13.55")
    lea = Paper.objects.get(family=february.martin.family)
    assert lea.total == D("24.05") * 2
    said = lea.lines.get(on=days[3].on, nature="care")
    assert said.wording.endswith("(venue sans réservation)")


def test_an_excuse_accepted_after_the_invoice_gives_the_day_back(february: Cast) -> None:
    """S20: until the month is issued it is not billed, later it is a credit note."""
    invoice(february)
    with clock.pinned(AFTER):
        excuse_absence(
            actor=february.camille,
            child=february.exemple.child,
            day=open_days(february.hiver)[2],
            reason="certificat",
        )
    invoice(february, month=date(2027, 3, 1))
    note = Paper.objects.get(kind=PaperKind.CREDIT_NOTE)
    assert note.total == D("27.55")  # the day, its meal and the outing
