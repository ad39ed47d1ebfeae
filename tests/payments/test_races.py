"""Two tabs that begin a payment, and a crash in the middle of a credit."""

from __future__ import annotations

from collections import Counter

import pytest

from preau.billing.models import LedgerEntry, Payment
from preau.families.models import Family
from preau.payments.actions import notify
from preau.payments.actions.notify import settle, store
from preau.payments.actions.start import AlreadyStartedError
from preau.payments.enums import Outcome
from preau.payments.models import CardShop, PaymentAttempt
from tests.factories import Cast
from tests.kit.together import Meeting, meet_after, together, without_locks
from tests.payments.kit import begin, done, open_shop, owe, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    owe(committed_cast.exemple.family)
    open_shop()
    return committed_cast


@pytest.fixture
def two(cast: Cast) -> list[int]:
    """A notification and its retry, kept and not settled."""
    attempt = begin(cast.exemple)
    paid = done(attempt)
    shop = CardShop.objects.get()
    kept = [store(shop, words(attempt, paid, source=source)) for source in ("PAY", "RETRY")]
    return [each for each in kept if each is not None]


def test_two_tabs_begin_one_payment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_after(monkeypatch, "preau.payments.actions.start.pay_offer", Meeting())
    got = together(lambda: begin(cast.exemple), lambda: begin(cast.exemple))
    kinds = Counter(type(each) for each in got)
    assert kinds == {PaymentAttempt: 1, AlreadyStartedError: 1}


def test_without_the_lock_two_tabs_would_begin_two(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(monkeypatch, Family)
    meet_after(monkeypatch, "preau.payments.actions.start.pay_offer", Meeting())
    got = together(lambda: begin(cast.exemple), lambda: begin(cast.exemple))
    assert Counter(type(each) for each in got) == {PaymentAttempt: 2}


def test_a_crash_while_crediting_leaves_nothing_half_done(
    cast: Cast, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*args: object, **kwargs: object) -> None:
        raise SystemError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(notify, "thank_family", dies)
        with pytest.raises(SystemError):
            settle(two[0])
    assert not Payment.objects.exists()
    assert settle(two[0]) == Outcome.CREDITED
    assert LedgerEntry.objects.filter(kind="payment").count() == 1
