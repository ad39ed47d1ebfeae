"""What the bank says is counted once, whatever it says, in whatever order (S7)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from preau.billing.models import LedgerEntry, Payment
from preau.billing.queries.account import balance_of_family
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.messaging.models import Mail
from preau.payments.actions import treat
from preau.payments.actions.notify import settle, settle_waiting, store
from preau.payments.actions.shops import add_key
from preau.payments.enums import AttemptState, Mode, Outcome
from preau.payments.models import BankNotification, BankTransaction, CardShop, PaymentAttempt
from preau.payments.queries.watch import overpayments, troubles
from tests.factories import Cast
from tests.payments.kit import (
    DUE,
    REAL_KEY,
    TEST_KEY,
    begin,
    done,
    instant,
    open_shop,
    owe,
    told,
    words,
)


def balance(cast: Cast) -> Decimal:
    return balance_of_family(cast.exemple.family)


def state(attempt: PaymentAttempt) -> AttemptState:
    attempt.refresh_from_db()
    return AttemptState(attempt.state)


def test_a_payment_settles_the_account_once(cast: Cast, shop: CardShop) -> None:
    attempt = begin(cast.exemple)
    paid = done(attempt)
    assert told(attempt, words(attempt, paid)) == Outcome.CREDITED
    for source in ("PAY", "RETRY", "MERCH_BO"):
        outcome = told(attempt, words(attempt, paid, source=source))
        assert outcome in {Outcome.CREDITED, Outcome.KNOWN}
    assert balance(cast) == 0
    payment = Payment.objects.get()
    assert (payment.amount, payment.means, payment.paid_on) == (DUE, "card", clock.today())
    assert payment.receipt
    assert state(attempt) == AttemptState.PAID
    assert BankNotification.objects.count() == 3, "the same words are one row"
    thanks = Mail.objects.get(subject="Votre paiement est enregistré")
    assert "36" not in thanks.text
    assert "Zoé" not in thanks.text


@pytest.mark.parametrize("weeks", [1, 60])
def test_a_retry_weeks_later_changes_nothing(cast: Cast, shop: CardShop, weeks: int) -> None:
    attempt = begin(cast.exemple)
    paid = done(attempt)
    told(attempt, words(attempt, paid))
    with clock.pinned(clock.now() + timedelta(weeks=weeks)):
        assert told(attempt, words(attempt, paid, source="RETRY")) == Outcome.KNOWN
    assert balance(cast) == 0


def test_money_that_comes_after_its_time_is_credited(cast: Cast, shop: CardShop) -> None:
    attempt = begin(cast.exemple)
    with clock.pinned(clock.now() + timedelta(days=3)):
        assert told(attempt, words(attempt, done(attempt))) == Outcome.CREDITED
    assert balance(cast) == 0


def test_refused_then_paid_is_paid_and_paid_then_refused_stays_paid(
    cast: Cast, shop: CardShop
) -> None:
    attempt = begin(cast.exemple)
    refused = done(attempt, status="REFUSED")
    assert told(attempt, words(attempt, refused)) == Outcome.NOTHING
    assert state(attempt) == AttemptState.REFUSED
    assert told(attempt, words(attempt, done(attempt))) == Outcome.CREDITED
    assert told(attempt, words(attempt, refused, source="RETRY")) == Outcome.NOTHING
    assert state(attempt) == AttemptState.PAID
    assert balance(cast) == 0


def test_a_payment_to_be_validated_counts_when_it_is(cast: Cast, shop: CardShop) -> None:
    attempt = begin(cast.exemple)
    waits = done(attempt, status="AUTHORISED_TO_VALIDATE")
    assert told(attempt, words(attempt, waits)) == Outcome.NOTHING
    assert balance(cast) == DUE
    validated = done(attempt, uuid=waits.uuid)
    assert told(attempt, words(attempt, validated, source="BO")) == Outcome.CREDITED
    captured = done(attempt, uuid=waits.uuid, status="CAPTURED")
    assert told(attempt, words(attempt, captured, source="BATCH")) == Outcome.KNOWN
    assert balance(cast) == 0


def test_two_real_payments_are_both_credited_and_the_office_knows(
    cast: Cast, shop: CardShop
) -> None:
    attempt = begin(cast.exemple)
    for _ in range(2):
        assert told(attempt, words(attempt, done(attempt))) == Outcome.CREDITED
    assert balance(cast) == -DUE
    assert [each.overpaid for each in BankTransaction.objects.order_by("pk")] == [False, True]
    assert overpayments(type(cast.exemple.family).objects.all()).count() == 1
    assert Mail.objects.filter(to="accueil@exemple.fr").count() == 1


def test_two_parents_who_pay_at_once_are_both_credited(cast: Cast, shop: CardShop) -> None:
    first, second = begin(cast.exemple), begin(cast.exemple, confirmed=True)
    assert told(first, words(first, done(first))) == Outcome.CREDITED
    assert told(second, words(second, done(second))) == Outcome.CREDITED
    assert balance(cast) == -DUE


def test_refunds_are_one_debit_each_and_never_more_than_was_paid(
    cast: Cast, shop: CardShop
) -> None:
    attempt = begin(cast.exemple)
    told(attempt, words(attempt, done(attempt)))
    part = done(attempt, operation="CREDIT", cents=1000)
    assert told(attempt, words(attempt, part)) == Outcome.DEBITED
    assert told(attempt, words(attempt, part, source="RETRY")) == Outcome.KNOWN
    assert balance(cast) == Decimal("10.00")
    rest = done(attempt, operation="CREDIT", cents=2607)
    assert told(attempt, words(attempt, rest)) == Outcome.DEBITED
    assert balance(cast) == DUE
    more = done(attempt, operation="CREDIT", cents=1)
    assert told(attempt, words(attempt, more)) == Outcome.MISMATCH
    assert balance(cast) == DUE


def test_a_cancelled_payment_is_reversed_once(cast: Cast, shop: CardShop) -> None:
    attempt = begin(cast.exemple)
    paid = done(attempt)
    told(attempt, words(attempt, paid))
    gone = done(attempt, uuid=paid.uuid, status="CANCELLED")
    assert told(attempt, words(attempt, gone)) == Outcome.DEBITED
    assert told(attempt, words(attempt, gone, source="RETRY")) == Outcome.KNOWN
    assert balance(cast) == DUE
    reversal = LedgerEntry.objects.get(kind="rejection")
    assert reversal.reverses
    assert reversal.reverses.payment == Payment.objects.get()


def test_a_cancellation_of_nothing_changes_nothing(cast: Cast, shop: CardShop) -> None:
    attempt = begin(cast.exemple)
    gone = done(attempt, status="CANCELLED")
    assert told(attempt, words(attempt, gone)) == Outcome.NOTHING
    assert balance(cast) == DUE


def test_an_invoice_that_comes_meanwhile_stays_due(cast: Cast, shop: CardShop) -> None:
    attempt = begin(cast.exemple)
    owe(cast.exemple.family, Decimal("12.00"))
    assert told(attempt, words(attempt, done(attempt))) == Outcome.CREDITED
    assert balance(cast) == Decimal("12.00")


def test_the_last_evening_of_the_year_belongs_to_it(cast: Cast, shop: CardShop) -> None:
    attempt = begin(cast.exemple)
    paid = done(attempt, at=instant("2026-12-31 22:30"))  # 23:30 in Paris
    told(attempt, words(attempt, paid))
    assert Payment.objects.get().paid_on == date(2026, 12, 31)


BAD = {
    "signature": {"key": "another key"},
    "mode": {"key": REAL_KEY, "mode": "PRODUCTION"},
}


@pytest.mark.parametrize("fault", BAD)
def test_words_that_cannot_be_believed_settle_nothing_and_are_seen(
    cast: Cast, shop: CardShop, fault: str
) -> None:
    attempt = begin(cast.exemple)
    body = words(attempt, done(attempt), **BAD[fault])
    assert told(attempt, body) == Outcome.MISMATCH
    assert balance(cast) == DUE
    assert state(attempt) == AttemptState.OPEN
    assert [each.outcome for each in troubles()] == [Outcome.MISMATCH]
    assert Mail.objects.filter(to="accueil@exemple.fr").count() == 1


@pytest.mark.parametrize("values", [{"cents": 3606}, {"currency": "756"}])
def test_another_amount_or_currency_settles_nothing(
    cast: Cast, shop: CardShop, values: dict[str, object]
) -> None:
    attempt = begin(cast.exemple)
    assert told(attempt, words(attempt, done(attempt, **values))) == Outcome.MISMATCH
    assert balance(cast) == DUE


def test_a_test_answer_pays_nothing_in_a_real_shop(cast: Cast) -> None:
    owe(cast.exemple.family)
    open_shop(mode=Mode.PRODUCTION)
    attempt = begin(cast.exemple)
    body = words(attempt, done(attempt), key=TEST_KEY, mode="TEST")
    assert told(attempt, body) == Outcome.MISMATCH
    real = words(attempt, done(attempt), key=REAL_KEY)
    assert told(attempt, real) == Outcome.CREDITED


def test_money_for_an_unknown_order_waits_for_somebody(cast: Cast, shop: CardShop) -> None:
    """Its family is found by the accountant; a second click finds it done."""
    attempt = begin(cast.exemple)
    body = words(attempt, done(attempt))
    PaymentAttempt.objects.filter(pk=attempt.pk).update(reference="P-lost")
    assert told(attempt, body) == Outcome.ORPHAN
    assert balance(cast) == DUE
    (orphan,) = troubles()
    charlie = cast.house.charlie
    payment = treat.credit_by_hand(
        actor=charlie, notification=orphan, family=cast.exemple.family, note=""
    )
    assert payment.amount == DUE
    assert balance(cast) == 0
    with pytest.raises(StaleError):
        treat.credit_by_hand(actor=charlie, notification=orphan, family=cast.martin.family, note="")
    assert not troubles()
    PaymentAttempt.objects.filter(pk=attempt.pk).update(reference=attempt.reference)
    assert told(attempt, body.replace(b"PAY&", b"PAY&vads_x=1&")) != Outcome.CREDITED


def test_nobody_can_credit_what_is_not_proved(cast: Cast, shop: CardShop) -> None:
    attempt = begin(cast.exemple)
    told(attempt, words(attempt, done(attempt), key="another key"))
    (forged,) = troubles()
    with pytest.raises(RefusedError, match="prouvé"):
        treat.credit_by_hand(
            actor=cast.house.charlie,
            notification=forged,
            family=cast.exemple.family,
            note="it looked right",
        )
    with pytest.raises(RefusedError, match="pourquoi"):
        treat.set_aside(actor=cast.house.charlie, notification=forged, note=" ")
    treat.set_aside(actor=cast.house.charlie, notification=forged, note="message forgé")
    assert not troubles()


def test_a_message_is_read_again_once_its_key_is_known(cast: Cast, shop: CardShop) -> None:
    """The bank turned its key before the office did."""
    attempt = begin(cast.exemple)
    assert told(attempt, words(attempt, done(attempt), key="newkey")) == Outcome.MISMATCH
    add_key(actor=cast.house.charlie, shop=shop, mode=Mode.TEST, key="newkey")
    (kept,) = troubles()
    assert treat.replay(notification=kept) == Outcome.CREDITED
    assert balance(cast) == 0


def test_an_attempt_outlives_a_change_of_key_and_of_provider(cast: Cast, shop: CardShop) -> None:
    attempt = begin(cast.exemple)
    body = words(attempt, done(attempt))
    add_key(actor=cast.house.charlie, shop=shop, mode=Mode.TEST, key="newkey")
    CardShop.objects.filter(pk=shop.pk).update(is_open=False)
    assert told(attempt, body) == Outcome.CREDITED


def test_what_was_kept_and_not_read_is_read_by_the_worker(cast: Cast, shop: CardShop) -> None:
    """The web died between keeping and crediting."""
    attempt = begin(cast.exemple)
    store(shop, words(attempt, done(attempt)))
    assert balance(cast) == DUE
    assert settle_waiting() == 0, "the web may still be at it"
    with clock.pinned(clock.now() + timedelta(seconds=6)):
        assert settle_waiting() == 1
        assert settle_waiting() == 0
    assert balance(cast) == 0


def test_a_mail_that_cannot_leave_undoes_no_credit(cast: Cast, shop: CardShop) -> None:
    attempt = begin(cast.exemple)
    told(attempt, words(attempt, done(attempt)))
    Mail.objects.update(state="sending", claimed_at=clock.now())
    Mail.objects.update(state="failed")
    assert balance(cast) == 0


def test_the_words_of_the_bank_are_kept_sealed(cast: Cast, shop: CardShop) -> None:
    """They hold the masked number of a card."""
    attempt = begin(cast.exemple)
    kept = store(shop, words(attempt, done(attempt)))
    assert kept
    row = BankNotification.objects.get(pk=kept)
    assert "497010" not in row.body
    assert "vads" not in row.body
    settle(kept)
    assert "497010" not in str(Payment.objects.values().get())


def test_forged_words_fill_no_disk(
    cast: Cast, shop: CardShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.payments.actions.notify.MOST_UNSIGNED", 3)
    attempt = begin(cast.exemple)
    for number in range(5):
        body = words(attempt, done(attempt), key=f"guess {number}")
        kept = store(shop, body)
        if kept:
            settle(kept)
    assert BankNotification.objects.count() == 3
    assert told(attempt, words(attempt, done(attempt))) == Outcome.CREDITED, "the bank is heard"
