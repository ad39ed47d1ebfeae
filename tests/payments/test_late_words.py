"""Words of a bank that come in another order than things happened, or to nobody's attention."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.test import Client

from preau.billing.queries.account import balance_of_family
from preau.core import clock
from preau.payments.actions.notify import settle_waiting
from preau.payments.enums import Outcome
from preau.payments.models import CardShop
from preau.payments.queries.watch import troubles
from tests.factories import Cast, sign_in
from tests.payments.kit import begin, done, told, words


def test_a_refund_told_before_its_payment_counts_after_it(cast: Cast, shop: CardShop) -> None:
    """The bank could not reach us, and sends its messages again in another order."""
    attempt = begin(cast.exemple)
    paid, part = done(attempt), done(attempt, operation="CREDIT", cents=1000)
    assert told(attempt, words(attempt, part)) == Outcome.MISMATCH
    assert told(attempt, words(attempt, paid)) == Outcome.CREDITED
    with clock.pinned(clock.now() + timedelta(seconds=6)):
        settle_waiting()
    assert balance_of_family(cast.exemple.family) == Decimal("10.00")
    assert not troubles()


def test_what_is_paid_is_asked_again_a_day_later(cast: Cast, shop: CardShop) -> None:
    """A second payment, or a refund, may have been told to nobody."""
    attempt = begin(cast.exemple)
    told(attempt, words(attempt, done(attempt)))
    attempt.refresh_from_db()
    assert attempt.ask_at == clock.now() + timedelta(days=1)


def test_the_home_of_who_keeps_the_money_says_that_somebody_must_look(
    cast: Cast, shop: CardShop, client: Client
) -> None:
    attempt = begin(cast.exemple)
    told(attempt, words(attempt, done(attempt), key="another key"))
    for person, seen in ((cast.house.charlie, True), (cast.camille, False)):
        sign_in(client, person)
        page = client.get("/direction/").text
        assert ("1\u00a0message de la banque attend une décision" in page) is seen
