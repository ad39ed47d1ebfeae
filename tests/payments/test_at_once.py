"""The same money told by many at once: shown doubled without our guards, single with them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection, connections

from preau.billing.models import Payment
from preau.billing.queries.account import balance_of_family
from preau.families.models import Family
from preau.payments.actions import notify
from preau.payments.actions.start import AlreadyStartedError
from preau.payments.models import BankNotification, BankTransaction, CardShop, PaymentAttempt
from tests.factories import Cast
from tests.factories.bank import hear, leave, make_shop, moved, owe, words
from tests.kit.together import Meeting, meet_after, together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_till(committed_cast: Cast) -> CardShop:
    """The shop, for people on connections of their own."""
    owe(committed_cast.exemple.family, committed_cast.house.tilleuls, "36.07")
    return make_shop()


def two_messages(cast: Cast, shop: CardShop) -> list[object]:
    """The bank's server tells one payment by two different messages at the same moment."""
    attempt = leave(cast.exemple)
    done = moved(attempt)
    bodies = []
    for source in ("PAY", "RETRY"):
        said = words(attempt, done)
        said.source = source
        bodies.append(said.body)
    return together(*(partial(hear, shop, body) for body in bodies))


def test_without_lock_and_constraint_the_money_is_counted_twice(
    committed_cast: Cast, open_till: CardShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'u'"
            " AND conrelid IN ('billing_payment'::regclass, 'payments_banktransaction'::regclass)"
            " AND conname LIKE '%%key%%'"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
    without_locks(monkeypatch, Family, PaymentAttempt)
    meet_after(monkeypatch, "preau.payments.actions.notify.bank_key", Meeting())
    two_messages(committed_cast, open_till)
    assert Payment.objects.count() == 2
    assert balance_of_family(committed_cast.exemple.family) == Decimal("-36.07")


def test_without_the_lock_the_database_refuses_the_second(
    committed_cast: Cast, open_till: CardShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(monkeypatch, Family, PaymentAttempt)
    meet_after(monkeypatch, "preau.payments.actions.notify.bank_key", Meeting())
    said = two_messages(committed_cast, open_till)
    assert sum(isinstance(each, Exception) for each in said) == 1
    assert Payment.objects.count() == 1


def test_two_messages_of_one_payment_are_one_credit(
    committed_cast: Cast, open_till: CardShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting()
    meet_after(monkeypatch, "preau.payments.actions.notify.bank_key", meeting)
    said = two_messages(committed_cast, open_till)
    assert sorted(map(str, said)) == ["credited", "known"]
    assert not meeting.met
    assert Payment.objects.count() == BankTransaction.objects.count() == 1


def test_eight_of_the_same_are_one_row(committed_cast: Cast, open_till: CardShop) -> None:
    body = words(leave(committed_cast.exemple)).body
    said = together(*[partial(hear, open_till, body)] * 8)
    assert {str(each) for each in said} == {"credited"}
    assert BankNotification.objects.count() == Payment.objects.count() == 1


def test_two_parents_leave_at_once(committed_cast: Cast, open_till: CardShop) -> None:
    """One departs; the other is told, and may go all the same if that is meant."""
    said = together(*[partial(leave, committed_cast.exemple)] * 2)
    assert sum(isinstance(each, AlreadyStartedError) for each in said) == 1
    first = PaymentAttempt.objects.get()
    second = leave(committed_cast.exemple, again=True)
    together(*(partial(hear, open_till, words(each).body) for each in (first, second)))
    assert balance_of_family(committed_cast.exemple.family) == Decimal("-36.07")
    assert BankTransaction.objects.filter(overpaid=True).count() == 1


def test_a_notice_that_finds_the_account_held_is_kept(
    committed_cast: Cast, open_till: CardShop
) -> None:
    """Whoever holds the account too long delays the credit, and loses nothing."""
    from django.db import transaction

    from preau.billing.actions.ledger import lock_account
    from preau.core.errors import RefusedError

    body = words(leave(committed_cast.exemple)).body
    with ThreadPoolExecutor(1) as other, transaction.atomic():
        lock_account(committed_cast.exemple.family)

        def hear_then_close() -> object:
            try:
                return hear(open_till, body)
            finally:
                connections.close_all()

        with pytest.raises(RefusedError):
            other.submit(copy_context().run, hear_then_close).result()
    assert BankNotification.objects.get().outcome == "waiting"
    assert hear(open_till, body) == "credited"
    assert notify.settle_waiting() == 0
