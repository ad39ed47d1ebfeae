"""A shop, debts, and the words of a bank, without the bank's pages."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from preau.billing.enums import EntryKind
from preau.billing.models import LedgerEntry
from preau.core import clock
from preau.demo.bank.protocol import Fields, Transaction, answer, as_body, for_server
from preau.families.models import Family
from preau.payments.actions.notify import settle, store
from preau.payments.actions.shops import ShopSettings, add_key, set_shop
from preau.payments.actions.start import bank_form, start_payment
from preau.payments.enums import Mode, Outcome
from preau.payments.models import CardShop, PaymentAttempt
from preau.payments.queries.offer import pay_offer
from tests.factories.families import Household

SITE, TEST_KEY, REAL_KEY = "12345678", "1122334455667788", "8877665544332211"
DUE = Decimal("36.07")


def open_shop(*, mode: Mode = Mode.TEST) -> CardShop:
    """A Systempay shop of that mode, which has the keys of both."""
    key, other = (TEST_KEY, REAL_KEY) if mode == Mode.TEST else (REAL_KEY, TEST_KEY)
    shop = set_shop(
        actor=None,
        settings=ShopSettings(
            gateway="systempay",
            mode=mode,
            site=SITE,
            is_open=True,
            service_url="http://bank.exemple/",
            key=key,
        ),
    )
    add_key(actor=None, shop=shop, mode=_other(mode), key=other)
    return shop


def _other(mode: Mode) -> Mode:
    return Mode.PRODUCTION if mode == Mode.TEST else Mode.TEST


def owe(family: Family, amount: Decimal = DUE) -> None:
    """The family owes so much more."""
    LedgerEntry.objects.create(
        family=family,
        kind=EntryKind.OPENING,
        on=clock.today(),
        wording="Reprise",
        debit=amount,
        due_on=clock.today(),
        recorded_at=clock.now(),
    )


def begin(household: Household, *, confirmed: bool = False) -> PaymentAttempt:
    """The family leaves for the bank with what is due."""
    assert household.user
    seen = pay_offer(household.family).amount
    return start_payment(
        actor=household.user, family=household.family, seen_amount=seen, confirmed=confirmed
    )


def order_of(attempt: PaymentAttempt) -> Fields:
    """The fields that the bank receives."""
    return dict(bank_form(attempt).fields)


def done(attempt: PaymentAttempt, **values: object) -> Transaction:
    """A transaction of the bank: paid, unless `values` say otherwise."""
    given: dict[str, object] = {
        "uuid": uuid4().hex,
        "operation": "DEBIT",
        "status": "AUTHORISED",
        "cents": int(attempt.amount * 100),
        "at": clock.now(),
    }
    return Transaction(**{**given, **values})  # type: ignore[arg-type]


def words(
    attempt: PaymentAttempt,
    transaction: Transaction,
    *,
    key: str = TEST_KEY,
    source: str = "PAY",
    mode: str | None = None,
) -> bytes:
    """What the bank's server sends about it."""
    said = answer(order_of(attempt), transaction, mode=mode)
    return as_body(for_server(said, key, source=source))


def told(attempt: PaymentAttempt, body: bytes) -> Outcome:
    """The bank says it: kept, then settled."""
    kept = store(attempt.shop, body)
    assert kept is not None
    return settle(kept)


def instant(text: str) -> datetime:
    """An instant of the bank, which writes UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
