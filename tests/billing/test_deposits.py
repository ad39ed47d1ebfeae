"""Cheques go to the bank on numbered slips, each on one (B27)."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from preau.billing.actions.deposits import deposit_cheques
from preau.billing.actions.payments import record_payment, reject_payment
from preau.billing.enums import Means
from preau.billing.models import ChequeDeposit, DepositedCheque, Payment
from preau.billing.queries.deposits import cheques_to_deposit
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.families.models import Family
from tests.factories import Cast, Household, sign_in
from tests.kit.pdf import is_accessible, words_of
from tests.kit.together import Meeting, meet_after, together


def receive(cast: Cast, household: Household, amount: str, means: Means = Means.CHEQUE) -> Payment:
    return record_payment(
        actor=cast.camille,
        family=household.family,
        means=means,
        amount=Decimal(amount),
        paid_on=clock.today(),
        form_key=uuid.uuid4(),
        reference="0000042",
        bank="Banque exemple",
    )


def deposit(cast: Cast, *cheques: Payment) -> ChequeDeposit:
    return deposit_cheques(
        actor=cast.camille,
        families=Family.objects.all(),
        cheques=[each.pk for each in cheques],
    )


@pytest.mark.django_db
def test_the_slip_counts_and_adds_up(cast: Cast) -> None:
    """The bank counts too: a wrong sum sends everything back."""
    one, two = receive(cast, cast.exemple, "36.07"), receive(cast, cast.martin, "29.99")
    receive(cast, cast.martin, "5.00", Means.CASH)
    desk = sign_in(Client(), cast.camille)
    page = desk.get(reverse("office:cheques")).content.decode().replace("\u00a0", " ")
    assert "2 chèques" in page
    assert "66,06" in page
    sent = desk.post(reverse("office:cheques"), {"cheque": [one.pk, two.pk]}, follow=True)
    made = ChequeDeposit.objects.get()
    assert made.number == "B2027-00001"
    assert "66,06" in sent.content.decode()
    content = desk.get(reverse("office:deposit_pdf", args=[made.pk])).content
    assert is_accessible(content)
    text = words_of(content)
    assert "B2027-00001" in text
    assert "2 chèques" in text
    assert "66,06" in text
    assert "Tous les chèques sont remis" in desk.get(reverse("office:cheques")).content.decode()


@pytest.mark.django_db
def test_a_cheque_is_on_one_slip(cast: Cast) -> None:
    one = receive(cast, cast.exemple, "36.07")
    first = deposit(cast, one)
    with pytest.raises(StaleError, match="déjà sur une autre remise"):
        deposit(cast, one)
    with pytest.raises(DatabaseError), transaction.atomic():
        DepositedCheque.objects.create(deposit=first, payment=one)
    assert ChequeDeposit.objects.count() == 1, "the refused slip took no number"
    two = receive(cast, cast.martin, "1.00")
    assert deposit(cast, two).number == "B2027-00002"


@pytest.mark.django_db
def test_what_is_no_standing_cheque_goes_on_no_slip(cast: Cast) -> None:
    """A cheque that was cancelled, cash, nothing at all, another centre's family."""
    gone = receive(cast, cast.exemple, "36.07")
    reject_payment(actor=cast.camille, payment=gone, reason="saisi par erreur")
    cash = receive(cast, cast.exemple, "10.00", Means.CASH)
    for wrong in (gone, cash):
        with pytest.raises(StaleError):
            deposit(cast, wrong)
    with pytest.raises(RefusedError, match="au moins un"):
        deposit(cast)
    foreign = receive(cast, cast.ailleurs, "12.00")
    desk = sign_in(Client(), cast.camille)
    assert desk.post(reverse("office:cheques"), {"cheque": [foreign.pk]}).status_code == 422
    assert desk.post(reverse("office:cheques"), {"cheque": ["x", "9" * 40]}).status_code == 422
    assert not ChequeDeposit.objects.exists()


@pytest.mark.django_db
def test_a_cheque_that_comes_back_stays_on_its_slip(cast: Cast) -> None:
    """The slip is what the bank received; the account says what became of it."""
    one = receive(cast, cast.exemple, "36.07")
    made = deposit(cast, one)
    reject_payment(actor=cast.camille, payment=one, reason="sans provision")
    desk = sign_in(Client(), cast.camille)
    page = desk.get(reverse("office:deposit", args=[made.pk])).content.decode()
    assert "revenu impayé" in page
    with pytest.raises(DatabaseError), transaction.atomic():
        DepositedCheque.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_two_accountants_at_once_make_one_slip(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cheque taken to the bank twice is refused there, and nobody knows why."""
    one = receive(committed_cast, committed_cast.exemple, "36.07")
    meet_after(monkeypatch, "preau.billing.actions.deposits.cheques_to_deposit", Meeting())

    def act() -> str:
        try:
            return deposit(committed_cast, one).number
        except StaleError:
            return "refused"

    assert sorted(together(act, act)) == ["B2027-00001", "refused"]
    assert not cheques_to_deposit(Family.objects.all()).exists()
