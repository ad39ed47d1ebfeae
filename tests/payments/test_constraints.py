"""What the database of payments refuses, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from preau.core import clock
from preau.messaging.models import MailBatch
from preau.payments.models import (
    BankNotification,
    BankTransaction,
    CardShop,
    Instalment,
    InstalmentPlan,
    PaymentAttempt,
    Reminder,
    ReminderBatch,
    ReminderPause,
)
from tests.factories import Cast
from tests.kit.constraints import constraints_of, refused_by
from tests.payments.kit import begin, done, told, words

TRIED: dict[str, Callable[[Cast], object]] = {
    "card_shop_one_open": lambda _: CardShop.objects.create(
        slug="other", gateway="payzen", site="87654321", is_open=True
    ),
    "card_shop_known_mode": lambda _: CardShop.objects.update(mode="DEMO"),
    "attempt_amount_positive": lambda _: PaymentAttempt.objects.update(amount=0),
    "attempt_expires_after_it_starts": lambda _: PaymentAttempt.objects.update(
        expires_at=F("started_at")
    ),
    "attempt_has_a_known_state": lambda _: PaymentAttempt.objects.update(state="gone"),
    "attempt_trans_id_once_a_day": lambda _: _again(PaymentAttempt.objects.get()),
    "notification_has_a_known_outcome": lambda _: BankNotification.objects.update(outcome="?"),
    "notification_treated_by_somebody": lambda _: BankNotification.objects.update(
        treated_at=clock.now()
    ),
    "bank_transaction_of_money": lambda _: _copy(cents=0),
    "bank_transaction_known_move": lambda _: _copy(move="gone"),
    "plan_one_a_family": lambda cast: [_plan(cast) for _ in range(2)],
    "reminder_once_a_batch": lambda cast: [_reminder(cast, batch) for batch in [_batch(cast)] * 2],
    "reminder_of_something": lambda cast: _reminder(cast, _batch(cast), overdue=0),
    "reminder_pause_says_why": lambda cast: ReminderPause.objects.create(
        family=cast.exemple.family,
        until=clock.today(),
        reason="",
        made_at=clock.now(),
        made_by=cast.camille,
    ),
    "instalment_amount_positive": lambda cast: Instalment.objects.create(
        plan=_plan(cast), due_on=clock.today(), amount=0
    ),
    "instalment_once_a_day": lambda cast: Instalment.objects.bulk_create(
        [Instalment(plan=plan, due_on=clock.today(), amount=1) for plan in [_plan(cast)] * 2]
    ),
}


def _again(attempt: PaymentAttempt) -> None:
    attempt.pk, attempt.reference, attempt.trans_id = None, "P2", attempt.trans_id.upper()
    attempt.save()


def _copy(**values: object) -> None:
    row = BankTransaction.objects.get()
    row.pk, row.key, row.entry = None, "another", None
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def _plan(cast: Cast) -> InstalmentPlan:
    return InstalmentPlan.objects.create(
        family=cast.exemple.family, made_at=clock.now(), made_by=cast.camille
    )


def _batch(cast: Cast) -> ReminderBatch:
    mails = MailBatch.objects.create(purpose="rappels", created_at=clock.now())
    return ReminderBatch.objects.create(sent_at=clock.now(), sent_by=cast.camille, mails=mails)


def _reminder(cast: Cast, batch: ReminderBatch, *, overdue: int = 1) -> Reminder:
    return Reminder.objects.create(
        batch=batch,
        family=cast.exemple.family,
        overdue=overdue,
        since=clock.today(),
        by_letter=False,
    )


@pytest.fixture
def paid(cast: Cast, shop: CardShop) -> BankTransaction:
    attempt = begin(cast.exemple)
    told(attempt, words(attempt, done(attempt)))
    return BankTransaction.objects.get()


@pytest.mark.parametrize("name", TRIED)
def test_the_database_refuses(cast: Cast, paid: BankTransaction, name: str) -> None:
    with refused_by(name):
        TRIED[name](cast)


def test_every_constraint_is_tried(db: None) -> None:
    assert TRIED.keys() == constraints_of("payments")


ORDERS = ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE")


@pytest.mark.parametrize("table", ["payments_banktransaction", "payments_instalment"])
@pytest.mark.parametrize("order", ORDERS)
def test_what_moved_is_never_rewritten(
    cast: Cast, paid: BankTransaction, table: str, order: str
) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    Instalment.objects.create(plan=_plan(cast), due_on=tomorrow, amount=1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(order.format(table))


def test_one_bank_transaction_writes_one_entry(paid: BankTransaction) -> None:
    """The credit of the ledger cannot be told twice either."""
    with pytest.raises(DatabaseError), transaction.atomic():
        BankTransaction.objects.create(
            key="another",
            move="paid",
            cents=1,
            happened_at=clock.now(),
            notification=paid.notification,
            entry=paid.entry,
        )
