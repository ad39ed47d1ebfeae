"""A shop at the test bank, and what that bank says of an attempt, in process and without a wire."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from preau.billing.actions.papers import issue_paper
from preau.billing.enums import Nature, PaperKind
from preau.billing.lines import Line
from preau.billing.models import BillingSettings
from preau.demo.bank.protocol import Fields, Transaction, answer, as_body, for_server
from preau.families.models import Family
from preau.org.models import Centre
from preau.payments.actions.notify import settle, store
from preau.payments.actions.shops import ShopSettings, add_key, set_shop
from preau.payments.actions.start import bank_form, start_payment
from preau.payments.enums import Mode, Outcome
from preau.payments.models import CardShop, PaymentAttempt
from preau.payments.queries.offer import pay_offer
from tests.factories.families import Household
from tests.factories.house import NOW

SITE = "12345678"
LIVE, FALSE = "liveKeyOfTheShop1234", "testKeyOfTheShop1234"
DAY = NOW.date()


def make_shop(*, mode: Mode = Mode.PRODUCTION, live: str = LIVE, false: str = FALSE) -> CardShop:
    """The organisation's shop, open to families, with a key for each mode."""
    shop = set_shop(
        actor=None,
        settings=ShopSettings(
            gateway="systempay",
            mode=mode,
            site=SITE,
            is_open=True,
            key=live if mode == Mode.PRODUCTION else false,
        ),
    )
    other = Mode.TEST if mode == Mode.PRODUCTION else Mode.PRODUCTION
    add_key(actor=None, shop=shop, mode=other, key=false if other == Mode.TEST else live)
    return shop


def owe(family: Family, centre: Centre, amount: str) -> None:
    """An invoice of that amount."""
    BillingSettings.objects.get_or_create(pk=1)
    line = Line(
        centre_id=centre.pk,
        on=DAY,
        wording="Adhésion",
        service="membership",
        nature=Nature.MEMBERSHIP,
        amount=Decimal(amount),
    )
    with transaction.atomic():
        issue_paper(
            actor=None, family=family, kind=PaperKind.INVOICE, lines=[line], title="Adhésion"
        )


def leave(household: Household, *, again: bool = False) -> PaymentAttempt:
    """The family presses the button of its account."""
    assert household.user
    offer = pay_offer(household.family)
    return start_payment(
        actor=household.user, family=household.family, seen_amount=offer.amount, confirmed=again
    )


def moved(attempt: PaymentAttempt, *, at: datetime = NOW, **fields: object) -> Transaction:
    """What the bank did: the whole amount taken, unless `fields` say otherwise."""
    done = Transaction(
        uuid=uuid4().hex,
        operation="DEBIT",
        status="AUTHORISED",
        cents=int(attempt.amount * 100),
        at=at.astimezone(UTC),
    )
    return replace(done, **fields)  # type: ignore[arg-type]


@dataclass
class Words:
    """What the bank is about to say: fields that a test may bend before they are signed."""

    fields: Fields
    key: str = LIVE
    source: str = "PAY"

    @property
    def body(self) -> bytes:
        """The notification, as it travels."""
        return as_body(for_server(self.fields, self.key, source=self.source))


def words(attempt: PaymentAttempt, done: Transaction | None = None, **bent: str) -> Words:
    """What the bank's server says of a transaction of this attempt."""
    order = dict(bank_form(attempt).fields)
    return Words(fields={**answer(order, done or moved(attempt)), **bent})


def hear(shop: CardShop, body: bytes) -> Outcome:
    """Keep it and settle it, as the notification's address does."""
    kept = store(shop, body)
    assert kept is not None
    return settle(kept)
