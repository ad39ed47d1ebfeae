"""What becomes of a bank's words in the account of a family."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from preau.billing.models import LedgerEntry, Payment
from preau.billing.queries.account import balance_of_family
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.messaging.models import Mail
from preau.payments.actions import notify
from preau.payments.actions.notify import settle, settle_waiting, store
from preau.payments.actions.shops import ShopSettings, add_key, set_shop
from preau.payments.actions.start import AlreadyStartedError, bank_form, start_payment
from preau.payments.actions.treat import credit_by_hand, replay, set_aside
from preau.payments.enums import AttemptState, Mode, Outcome
from preau.payments.models import BankNotification, BankTransaction, CardShop, PaymentAttempt
from preau.payments.queries.offer import Pay, pay_offer
from tests.factories import NOW, Cast, paris
from tests.factories.bank import FALSE, LIVE, hear, leave, make_shop, moved, owe, words

D = Decimal


@pytest.fixture
def shop(cast: Cast) -> CardShop:
    """A shop in production; the first family owes 36.07, the second exactly 30.00."""
    owe(cast.exemple.family, cast.house.tilleuls, "36.07")
    owe(cast.martin.family, cast.house.tilleuls, "30.00")
    return make_shop()


def due(cast: Cast) -> Decimal:
    return balance_of_family(cast.exemple.family)


# ---- Leaving


@pytest.mark.parametrize(
    ("owed", "pay"),
    [("29.99", Pay.BELOW), ("30.00", Pay.OFFERED), ("30.01", Pay.OFFERED), ("0.01", Pay.BELOW)],
)
def test_the_threshold_counts_itself(cast: Cast, owed: str, pay: Pay) -> None:
    make_shop()
    owe(cast.exemple.family, cast.house.tilleuls, owed)
    assert pay_offer(cast.exemple.family).pay is pay
    if pay is Pay.BELOW:
        with pytest.raises(RefusedError):
            leave(cast.exemple)
        assert not PaymentAttempt.objects.exists()


@pytest.mark.parametrize("amount", ["36.06", "0.01", "-36.07", "NaN", "sNaN", "Infinity"])
def test_no_other_amount_can_be_paid(cast: Cast, shop: CardShop, amount: str) -> None:
    family, user = cast.exemple.family, cast.exemple.user
    assert user
    with pytest.raises(RefusedError, match="36,07"):
        start_payment(actor=user, family=family, seen_amount=D(amount))
    assert not PaymentAttempt.objects.exists()


def test_a_family_in_credit_or_without_debt_pays_nothing(cast: Cast, shop: CardShop) -> None:
    hear(shop, words(leave(cast.exemple)).body)
    with pytest.raises(RefusedError):
        leave(cast.exemple)


def test_a_second_departure_must_be_meant_for_twelve_minutes(cast: Cast, shop: CardShop) -> None:
    leave(cast.exemple)
    with pytest.raises(AlreadyStartedError):
        leave(cast.exemple)
    leave(cast.exemple, again=True)
    with clock.pinned(NOW + timedelta(minutes=12)):
        leave(cast.exemple)


def test_the_form_says_nothing_of_the_family(cast: Cast, shop: CardShop) -> None:
    sent = " ".join(bank_form(leave(cast.exemple)).fields.values()).lower()
    for personal in ("exemple.fr", cast.exemple.family.name.lower(), "zoé", "alex"):
        assert personal not in sent


# ---- Coming back


def test_money_is_credited_once_however_often_it_is_told(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    done = moved(attempt)
    said = words(attempt, done)
    assert hear(shop, said.body) == Outcome.CREDITED
    said.source = "RETRY"
    with clock.pinned(NOW + timedelta(days=40)):
        assert hear(shop, said.body) == Outcome.KNOWN
    assert hear(shop, words(attempt, done).body) == Outcome.CREDITED  # the same row
    assert due(cast) == 0
    assert Payment.objects.get().receipt == "R2027-00001"
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.PAID


def test_money_wins_over_the_clock(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    PaymentAttempt.objects.update(state=AttemptState.EXPIRED)
    assert hear(shop, words(attempt).body) == Outcome.CREDITED
    assert due(cast) == 0


def test_refused_then_paid_is_paid_and_a_late_refusal_changes_nothing(
    cast: Cast, shop: CardShop
) -> None:
    attempt = leave(cast.exemple)
    hear(shop, words(attempt, moved(attempt, status="REFUSED")).body)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.REFUSED
    hear(shop, words(attempt).body)
    hear(shop, words(attempt, moved(attempt, status="REFUSED")).body)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.PAID
    assert due(cast) == 0


def test_a_payment_to_validate_is_no_money_yet(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    done = moved(attempt, status="AUTHORISED_TO_VALIDATE")
    assert hear(shop, words(attempt, done).body) == Outcome.NOTHING
    assert due(cast) == D("36.07")
    assert hear(shop, words(attempt, moved(attempt, uuid=done.uuid)).body) == Outcome.CREDITED


def test_refunds_are_one_debit_each(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    hear(shop, words(attempt).body)
    half = moved(attempt, operation="CREDIT", cents=1800)
    for source in ("MERCH_BO", "RETRY"):
        said = words(attempt, half)
        said.source = source
        hear(shop, said.body)
    assert due(cast) == D("18.00")
    hear(shop, words(attempt, moved(attempt, operation="CREDIT", cents=1807)).body)
    assert due(cast) == D("36.07")
    more = words(attempt, moved(attempt, operation="CREDIT", cents=1)).body
    assert hear(shop, more) == Outcome.MISMATCH
    assert due(cast) == D("36.07")


def test_a_cancelled_payment_is_reversed_once(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    done = moved(attempt)
    hear(shop, words(attempt, done).body)
    for status in ("CANCELLED", "CAPTURE_FAILED"):
        hear(shop, words(attempt, done, vads_trans_status=status).body)
    assert due(cast) == D("36.07")
    assert LedgerEntry.objects.filter(kind="rejection").count() == 1


def test_a_payment_told_after_its_cancellation_is_nothing(cast: Cast, shop: CardShop) -> None:
    """The bank's first message was lost; it comes again after the one that undoes it."""
    attempt = leave(cast.exemple)
    done = moved(attempt)
    hear(shop, words(attempt, done, vads_trans_status="CANCELLED").body)
    assert hear(shop, words(attempt, done).body) == Outcome.NOTHING
    assert due(cast) == D("36.07")


def test_two_real_payments_are_both_credited_and_flagged(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    hear(shop, words(attempt).body)
    hear(shop, words(attempt).body)
    assert due(cast) == D("-36.07")
    assert BankTransaction.objects.filter(overpaid=True).count() == 1
    assert Mail.objects.filter(subject__contains="à vérifier").count() == 1


def test_an_invoice_issued_meanwhile_stays_due(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    owe(cast.exemple.family, cast.house.tilleuls, "10.00")
    hear(shop, words(attempt).body)
    assert due(cast) == D("10.00")


def test_new_years_eve_in_paris_belongs_to_the_year_that_ends(cast: Cast, shop: CardShop) -> None:
    with clock.pinned(paris("2027-12-31 23:20")):
        attempt = leave(cast.exemple)
        said = words(attempt, moved(attempt, at=paris("2027-12-31 23:30")))
    with clock.pinned(paris("2028-01-01 00:10")):
        hear(shop, said.body)
    assert str(Payment.objects.get().paid_on) == "2027-12-31"


# ---- What does not fit

WRONG = {
    "signature": {},
    "mode": {"vads_ctx_mode": "TEST"},
    "site": {"vads_site_id": "87654321"},
    "currency": {"vads_currency": "756"},
    "amount": {"vads_amount": "3606"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_fit_is_kept_told_and_settles_nothing(
    cast: Cast, shop: CardShop, wrong: str
) -> None:
    attempt = leave(cast.exemple)
    said = words(attempt, None, **WRONG[wrong])
    said.key = {"signature": "forged", "mode": FALSE}.get(wrong, LIVE)
    assert hear(shop, said.body) == Outcome.MISMATCH
    assert due(cast) == D("36.07")
    row = BankNotification.objects.get()
    assert row.why
    alert = Mail.objects.get(subject__contains="à vérifier")
    assert str(cast.exemple.family) not in alert.text + alert.subject
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.OPEN
    # Then the true one comes: nothing of the false one stands in its way.
    assert hear(shop, words(attempt).body) == Outcome.CREDITED


def test_forged_words_are_tied_to_nobody(cast: Cast, shop: CardShop) -> None:
    said = words(leave(cast.exemple))
    said.key = "forged"
    hear(shop, said.body)
    assert BankNotification.objects.get().attempt is None


def test_a_flood_of_forged_words_does_not_fill_the_disk(
    cast: Cast, shop: CardShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "MOST_UNSIGNED", 3)
    attempt = leave(cast.exemple)
    for number in range(6):
        said = words(attempt, None, vads_extra=str(number))
        said.key = "forged"
        if (kept := store(shop, said.body)) is not None:
            settle(kept)
    assert BankNotification.objects.count() == 3
    assert hear(shop, words(attempt).body) == Outcome.CREDITED


def test_an_orphan_is_kept_and_given_to_a_family_by_hand(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    said = words(attempt, None, vads_order_id="P0000").body
    assert hear(shop, said) == Outcome.ORPHAN
    row = BankNotification.objects.get()
    credit_by_hand(actor=cast.camille, notification=row, family=cast.exemple.family, note="")
    assert due(cast) == 0
    with pytest.raises(StaleError):
        credit_by_hand(actor=cast.camille, notification=row, family=cast.martin.family, note="")
    assert Payment.objects.count() == 1


def test_forged_money_is_credited_by_nobody(cast: Cast, shop: CardShop) -> None:
    said = words(leave(cast.exemple))
    said.key = "forged"
    hear(shop, said.body)
    row = BankNotification.objects.get()
    with pytest.raises(RefusedError, match="prouvé"):
        credit_by_hand(actor=cast.camille, notification=row, family=cast.exemple.family, note="")
    with pytest.raises(RefusedError, match="pourquoi"):
        set_aside(actor=cast.camille, notification=row, note=" ")
    set_aside(actor=cast.camille, notification=row, note="Essai de fraude signalé.")


def test_another_amount_is_credited_by_hand_as_the_bank_took_it(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    hear(shop, words(attempt, moved(attempt, cents=3000)).body)
    row = BankNotification.objects.get()
    credit_by_hand(actor=cast.camille, notification=row, family=cast.exemple.family, note="")
    assert due(cast) == D("6.07")


# ---- Keys and banks change


def test_what_left_under_a_former_key_is_understood(cast: Cast, shop: CardShop) -> None:
    said = words(leave(cast.exemple))
    add_key(actor=None, shop=shop, mode=Mode.PRODUCTION, key="newKeyOfTheShop5678")
    assert hear(shop, said.body) == Outcome.CREDITED


def test_a_change_of_bank_leaves_what_is_under_way_alone(cast: Cast, shop: CardShop) -> None:
    said = words(leave(cast.exemple))
    other = set_shop(
        actor=None,
        settings=ShopSettings(
            gateway="payzen",
            mode=Mode.PRODUCTION,
            site="55555555",
            is_open=True,
            key="payzenKeyOfTheShop99",
        ),
    )
    assert pay_offer(cast.martin.family).shop == other
    assert hear(shop, said.body) == Outcome.CREDITED


def test_a_key_that_comes_late_explains_what_was_kept(cast: Cast, shop: CardShop) -> None:
    said = words(leave(cast.exemple))
    said.key = "keyNobodyTypedYet77"
    assert hear(shop, said.body) == Outcome.MISMATCH
    add_key(actor=None, shop=shop, mode=Mode.PRODUCTION, key=said.key)
    assert replay(notification=BankNotification.objects.get()) == Outcome.CREDITED
    assert due(cast) == 0


def test_false_cards_settle_nothing_where_money_is_real(cast: Cast) -> None:
    owe(cast.exemple.family, cast.house.tilleuls, "36.07")
    shop = make_shop(mode=Mode.TEST)
    attempt = leave(cast.exemple)  # of a demonstration
    said = words(attempt)
    said.key = FALSE
    with override_settings(FALSE_CARDS_SETTLE=False):
        assert pay_offer(cast.exemple.family).pay is Pay.CLOSED
        assert hear(shop, said.body) == Outcome.MISMATCH
    assert due(cast) == D("36.07")


# ---- Mails


def test_a_mail_that_cannot_be_written_undoes_no_credit(
    cast: Cast, shop: CardShop, caplog: pytest.LogCaptureFixture
) -> None:
    attempt = leave(cast.exemple)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE messaging_mail ADD CONSTRAINT no_mail CHECK (false) NOT VALID")
    assert hear(shop, words(attempt).body) == Outcome.CREDITED
    assert due(cast) == 0
    assert not Mail.objects.exists()
    assert "IntegrityError" in caplog.text


# ---- What was left by a crash


def test_what_was_kept_and_not_read_is_settled_by_the_worker(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    store(shop, words(attempt).body)
    assert due(cast) == D("36.07")
    with clock.pinned(NOW + timedelta(seconds=6)):
        assert settle_waiting() == 1
        assert settle_waiting() == 0
    assert due(cast) == 0


def test_one_bad_message_does_not_keep_the_others_waiting(
    cast: Cast, shop: CardShop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = leave(cast.exemple), leave(cast.martin)
    bad = store(shop, words(first).body)
    store(shop, words(second).body)
    true_settle = notify.settle

    def settle_or_fail(number: int) -> Outcome:
        if number == bad:
            raise ZeroDivisionError("a fault of ours")
        return true_settle(number)

    monkeypatch.setattr(notify, "settle", settle_or_fail)
    with clock.pinned(NOW + timedelta(seconds=6)):
        assert settle_waiting() == 1
    assert balance_of_family(cast.martin.family) == 0
    assert "ZeroDivisionError" in caplog.text


def test_replaying_everything_moves_nothing(cast: Cast, shop: CardShop) -> None:
    attempt = leave(cast.exemple)
    done = moved(attempt)
    hear(shop, words(attempt, done).body)
    hear(shop, words(attempt, moved(attempt, operation="CREDIT", cents=1000)).body)
    hear(shop, words(attempt, moved(attempt, status="REFUSED")).body)
    before = list(LedgerEntry.objects.order_by("pk").values())
    call_command("replay_notifications")
    assert list(LedgerEntry.objects.order_by("pk").values()) == before
    assert set(BankNotification.objects.values_list("outcome", flat=True)) == {
        Outcome.CREDITED,
        Outcome.DEBITED,
        Outcome.NOTHING,
    }


def test_what_the_bank_said_is_kept_sealed(cast: Cast, shop: CardShop) -> None:
    hear(shop, words(leave(cast.exemple)).body)
    assert "497010" not in BankNotification.objects.get().body
