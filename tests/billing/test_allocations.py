"""A parent says "this cheque is for December": the office writes it, and can take it back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from preau.billing.actions.allocations import set_against, undo_allocation
from preau.billing.actions.payments import reject_payment
from preau.billing.models import Allocation, LedgerEntry
from preau.billing.queries.history import histories_of_families
from preau.core.errors import RefusedError
from tests.billing.test_papers import an_invoice, pay
from tests.factories import Cast, sign_in

D = Decimal


def open_cents(cast: Cast) -> list[int]:
    """What is still owed on each invoice, the oldest first."""
    history = histories_of_families([cast.exemple.family.pk])[cast.exemple.family.pk]
    left = history.settled().open
    return [left[key] for key in sorted(left)]


def test_the_chosen_invoice_is_settled_until_the_choice_is_undone(
    cast: Cast, client: Client
) -> None:
    """Two invoices of 83.45; a cheque of 83.45 for the second one."""
    first, second = (an_invoice(cast).entry for _ in range(2))
    payment = pay(cast, "83.45").entry
    assert open_cents(cast) == [0, 8345]
    sign_in(client, cast.camille)
    path = reverse("office:settle", args=[cast.exemple.family.pk])
    data = {"payment": payment.pk, "invoice": second.pk, "amount": "83,45"}
    page = client.post(path, data, follow=True).content.decode()
    assert open_cents(cast) == [8345, 0]
    assert "Défaire" in page
    page = client.post(path, {**data, "do": "undo"}, follow=True).content.decode()
    assert open_cents(cast) == [0, 8345]
    assert "Défaire" not in page
    undo_allocation(actor=cast.camille, payment=payment, invoice=second)
    assert list(Allocation.objects.values_list("amount", flat=True)) == [D("83.45"), D("-83.45")]
    client.post(path, {**data, "amount": "beaucoup"})
    client.post(path, {**data, "payment": "99999999999999999999"})
    assert (Allocation.objects.count(), first.debit) == (2, D("83.45"))


def test_no_more_than_is_left_is_set_against(cast: Cast) -> None:
    invoice = an_invoice(cast).entry
    payment = pay(cast, "20.00").entry
    with pytest.raises(RefusedError, match="20,00"):
        set_against(actor=cast.camille, payment=payment, invoice=invoice, amount=D("20.01"))
    set_against(actor=cast.camille, payment=payment, invoice=invoice, amount=D("15.00"))
    with pytest.raises(RefusedError, match="5,00"):
        set_against(actor=cast.camille, payment=payment, invoice=invoice, amount=D("5.01"))


def test_what_came_back_or_is_another_family_s_settles_nothing(cast: Cast) -> None:
    invoice = an_invoice(cast).entry
    payment = pay(cast, "20.00")
    reject_payment(actor=cast.camille, payment=payment, reason="impayé")
    with pytest.raises(RefusedError, match="annulé"):
        set_against(actor=cast.camille, payment=payment.entry, invoice=invoice, amount=D(1))
    other = LedgerEntry(family=cast.martin.family, kind="payment", credit=D(5))
    with pytest.raises(RefusedError, match="cette famille"):
        set_against(actor=cast.camille, payment=other, invoice=invoice, amount=D(1))
