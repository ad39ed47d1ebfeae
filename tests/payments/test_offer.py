"""What may be paid on line: the whole balance, from 30 €, or what a plan says (S6, S8)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.billing.models import BillingSettings
from preau.core import clock
from preau.core.errors import RefusedError
from preau.families.models import Family
from preau.payments.actions.start import AlreadyStartedError, start_payment
from preau.payments.models import CardShop, Instalment, InstalmentPlan, PaymentAttempt
from preau.payments.queries.offer import Pay, pay_offer
from tests.factories import Cast
from tests.payments.kit import begin, done, open_shop, owe, told, words


def plan(cast: Cast, *parts: tuple[int, str]) -> InstalmentPlan:
    """A plan: days from today, and amounts."""
    made = InstalmentPlan.objects.create(
        family=cast.exemple.family, made_at=clock.now(), made_by=cast.camille
    )
    Instalment.objects.bulk_create(
        Instalment(plan=made, due_on=clock.today() + timedelta(days=days), amount=Decimal(amount))
        for days, amount in parts
    )
    return made


@pytest.mark.parametrize(
    ("due", "pay"),
    [
        ("30.00", Pay.OFFERED),
        ("29.99", Pay.BELOW),
        ("36.07", Pay.OFFERED),
        ("0.01", Pay.BELOW),
        (None, Pay.NOTHING_DUE),
    ],
)
def test_from_thirty_euros_exactly(cast: Cast, due: str | None, pay: Pay) -> None:
    open_shop()
    if due:
        owe(cast.exemple.family, Decimal(due))
    offer = pay_offer(cast.exemple.family)
    assert offer.pay is pay
    assert offer.amount == Decimal(due or 0)


def test_without_a_shop_nothing_is_offered(cast: Cast) -> None:
    owe(cast.exemple.family)
    assert pay_offer(cast.exemple.family).pay is Pay.CLOSED


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cents=st.integers(-10_000, 10_000), minimum=st.integers(0, 5_000))
def test_the_amount_is_the_balance_and_nothing_else(cast: Cast, cents: int, minimum: int) -> None:
    from preau.payments.queries import offer as module

    chosen = BillingSettings(pk=1, online_minimum=Decimal(minimum) / 100)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "open_shop", CardShop)
        patch.setattr(module, "billing_settings", lambda: chosen)
        found = pay_offer(cast.exemple.family, Decimal(cents) / 100)
    assert found.amount == max(Decimal(cents) / 100, Decimal(0))
    assert (found.pay is Pay.OFFERED) == (cents > 0 and cents >= minimum)


def test_a_plan_offers_what_is_due_today_without_threshold(cast: Cast, shop: CardShop) -> None:
    """36.07 owed: 10.00 today, the rest later."""
    plan(cast, (0, "10.00"), (30, "13.00"), (60, "13.07"))
    offer = pay_offer(cast.exemple.family)
    assert (offer.pay, offer.amount) == (Pay.OFFERED, Decimal("10.00"))
    assert offer.next_part
    assert offer.next_part.amount == Decimal("13.00")
    attempt = begin(cast.exemple)
    told(attempt, words(attempt, done(attempt)))
    assert pay_offer(cast.exemple.family).pay is Pay.LATER
    with clock.pinned(clock.now() + timedelta(days=30)):
        assert pay_offer(cast.exemple.family).amount == Decimal("13.00")


def test_no_other_amount_can_be_chosen(cast: Cast, shop: CardShop) -> None:
    """A forged form, or an account that changed since the page was read."""
    assert cast.exemple.user
    for seen in ("1.00", "36.06", "360.70"):
        with pytest.raises(RefusedError, match="a changé"):
            start_payment(
                actor=cast.exemple.user, family=cast.exemple.family, seen_amount=Decimal(seen)
            )
    assert not PaymentAttempt.objects.exists()


def test_below_the_threshold_or_in_credit_the_server_refuses_too(cast: Cast) -> None:
    open_shop()
    assert cast.exemple.user
    family: Family = cast.exemple.family
    for due in (None, "29.99"):
        if due:
            owe(family, Decimal(due))
        with pytest.raises(RefusedError, match="Rien ne peut être réglé"):
            start_payment(actor=cast.exemple.user, family=family, seen_amount=Decimal(due or 0))


def test_a_second_payment_is_meant(cast: Cast, shop: CardShop) -> None:
    """For twelve minutes; then the bank's page is closed."""
    begin(cast.exemple)
    with pytest.raises(AlreadyStartedError):
        begin(cast.exemple)
    begin(cast.exemple, confirmed=True)
    with clock.pinned(clock.now() + timedelta(minutes=12)):
        begin(cast.exemple)
    assert PaymentAttempt.objects.count() == 3


def test_numbers_of_a_day_are_unique_whatever_the_capitals(
    cast: Cast, shop: CardShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter(["abcdef", "ABCDEF", "abcdeg"])
    monkeypatch.setattr("preau.payments.actions.start._trans_id", lambda: next(numbers))
    first, second = begin(cast.exemple), begin(cast.exemple, confirmed=True)
    assert (first.trans_id, second.trans_id) == ("abcdef", "abcdeg")
