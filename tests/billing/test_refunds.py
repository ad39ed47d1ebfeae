"""Money given back: one person asks, another approves, once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from preau.billing.actions.refunds import approve_refund, ask_refund, decline_refund
from preau.billing.enums import EntryKind, RefundState
from preau.billing.models import LedgerEntry, Refund
from preau.billing.queries.account import balance_of_family
from preau.core.errors import RefusedError
from preau.core.models import AuditEvent
from preau.families.models import Family
from tests.billing.test_papers import an_invoice, pay
from tests.factories import Cast
from tests.kit.together import Meeting, meet_after, together, without_locks

D = Decimal


def ask(cast: Cast, amount: str) -> Refund:
    """Camille asks for money to be given back to Exemple."""
    family = cast.exemple.family
    return ask_refund(actor=cast.camille, family=family, amount=D(amount), reason="départ")


def test_nothing_leaves_before_another_person_approves(cast: Cast) -> None:
    pay(cast, "30.00")
    refund = ask(cast, "30.00")
    assert balance_of_family(cast.exemple.family) == D("-30.00")
    with pytest.raises(RefusedError, match="une autre personne"):
        approve_refund(actor=cast.camille, refund=refund)
    approve_refund(actor=cast.house.charlie, refund=refund)
    assert balance_of_family(cast.exemple.family) == 0
    with pytest.raises(RefusedError, match="déjà reçu"):
        approve_refund(actor=cast.house.charlie, refund=refund)
    said = AuditEvent.objects.filter(act="refund").order_by("pk")
    assert [(each.actor, each.detail.split(" :")[0]) for each in said] == [
        (cast.camille, "demandé"),
        (cast.house.charlie, "approuvé"),
    ]


def test_no_more_is_asked_than_the_family_has(cast: Cast) -> None:
    pay(cast, "30.00")
    with pytest.raises(RefusedError, match="30,00"):
        ask(cast, "30.01")
    ask(cast, "10.00")
    with pytest.raises(RefusedError, match="attend déjà"):
        ask(cast, "10.00")


def test_what_the_family_spent_meanwhile_is_not_given_back(cast: Cast) -> None:
    pay(cast, "90.00")
    refund = ask(cast, "90.00")
    an_invoice(cast)  # 83.45
    with pytest.raises(RefusedError, match="6,55"):
        approve_refund(actor=cast.house.charlie, refund=refund)
    decline_refund(actor=cast.camille, refund=refund)
    assert Refund.objects.get().state == RefundState.DECLINED
    assert balance_of_family(cast.exemple.family) == D("-6.55")


@pytest.mark.django_db(transaction=True)
def test_two_people_who_approve_at_once_give_back_once(committed_cast: Cast) -> None:
    cast = committed_cast
    pay(cast, "30.00")
    refund = ask(cast, "30.00")
    others = [cast.house.charlie, cast.house.andrea, cast.house.sacha] * 2
    results = together(
        *[lambda who=who: approve_refund(actor=who, refund=refund) for who in others]
    )
    assert sum(isinstance(each, LedgerEntry) for each in results) == 1
    assert sum(isinstance(each, RefusedError) for each in results) == len(others) - 1
    assert LedgerEntry.objects.filter(kind=EntryKind.REFUND).count() == 1
    assert balance_of_family(cast.exemple.family) == 0


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_it_would_be_given_back_twice(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = committed_cast
    pay(cast, "30.00")
    refund = ask(cast, "30.00")
    without_locks(monkeypatch, Family, Refund)
    meet_after(monkeypatch, "preau.billing.actions.refunds._check_credit", Meeting())
    others = (cast.house.charlie, cast.house.andrea)
    together(*[lambda who=who: approve_refund(actor=who, refund=refund) for who in others])
    assert LedgerEntry.objects.filter(kind=EntryKind.REFUND).count() == 2
