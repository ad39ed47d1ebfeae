"""What a family may pay on line, or why it may not (S6, S8). The one definition of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from django.db.models import Sum

from preau.billing.identity import billing_settings
from preau.billing.queries.account import balance_of_family
from preau.core import clock
from preau.core.money import ZERO
from preau.families.models import Family
from preau.payments.enums import AttemptState
from preau.payments.models import CardShop, Instalment, InstalmentPlan, PaymentAttempt
from preau.payments.shops import open_shop


class Pay(Enum):
    """Whether the button is there. The values are read by the templates."""

    OFFERED = "offered"
    NOTHING_DUE = "nothing_due"
    BELOW = "below"
    LATER = "later"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class PayOffer:
    """`amount` is the only one that can be paid; the whole balance, less what a plan puts off.

    `open_attempt` was begun and has no answer yet: paying again must be meant. `next_part` is the
    next instalment of the plan in force.
    """

    pay: Pay
    amount: Decimal
    minimum: Decimal
    shop: CardShop | None
    plan: InstalmentPlan | None
    next_part: Instalment | None
    open_attempt: PaymentAttempt | None


def pay_offer(family: Family, balance: Decimal | None = None) -> PayOffer:
    """What this family may pay now. `balance` spares the sum to who knows it already."""
    today = clock.today()
    due = balance_of_family(family) if balance is None else balance
    shop = open_shop()
    plan = InstalmentPlan.objects.filter(family=family, ended_at=None).first()
    later = _put_off(plan, today) if plan else ZERO
    amount = max(due - later, ZERO)
    minimum = billing_settings().online_minimum
    return PayOffer(
        pay=_state(shop, plan, due=due, amount=amount, minimum=minimum),
        amount=amount,
        minimum=minimum,
        shop=shop,
        plan=plan,
        next_part=plan.parts.filter(due_on__gt=today).first() if plan else None,
        open_attempt=open_attempt(family),
    )


def open_attempt(family: Family) -> PaymentAttempt | None:
    """A payment begun less than twelve minutes ago, of which the bank said nothing."""
    waiting = family.card_attempts.filter(state=AttemptState.OPEN, expires_at__gt=clock.now())
    return waiting.first()


def _put_off(plan: InstalmentPlan, today: date) -> Decimal:
    return plan.parts.filter(due_on__gt=today).aggregate(sum=Sum("amount"))["sum"] or ZERO


def _state(
    shop: CardShop | None,
    plan: InstalmentPlan | None,
    *,
    due: Decimal,
    amount: Decimal,
    minimum: Decimal,
) -> Pay:
    if due <= ZERO:
        return Pay.NOTHING_DUE
    if shop is None:
        return Pay.CLOSED
    if plan:
        return Pay.OFFERED if amount > ZERO else Pay.LATER
    return Pay.OFFERED if amount >= minimum else Pay.BELOW
