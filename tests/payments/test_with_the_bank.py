"""The ten promises about payments by card, over real HTTP, with the bank and the worker running.

Each test bears the number of its line in the specification of money, section 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest

from preau.demo.bank import acts
from preau.demo.bank.protocol import answer, as_body, for_browser, for_server
from tests.demo.fixtures import _end, _new_portal
from tests.demo.portal import Portal, Prepared, Visitor
from tests.payments.town import Payer, Town, tell, town_of

pytestmark = pytest.mark.real_time
DUE = Decimal("36.07")
NOTIFICATION = "/paiement/notification/systempay/"


@pytest.fixture(scope="module")
def town(prepared: Prepared) -> Iterator[Town]:
    portal: Portal = _new_portal(prepared).launch()
    try:
        portal.wait_until_ready()
        with town_of(portal) as made:
            yield made
    finally:
        _end(portal)


@pytest.fixture
def payer(town: Town) -> Payer:
    return town.payer()


@pytest.mark.parametrize(
    "act",
    [acts.pay, acts.notification_only, acts.return_first, acts.twice, acts.five_at_once],
    ids=lambda act: act.__name__,
)
def test_1_however_the_bank_tells_it_there_is_one_credit(
    town: Town, payer: Payer, act: acts.Button
) -> None:
    order = payer.order()
    act(town.book, order)
    town.wait_until(
        "SELECT count(*) FROM billing_payment WHERE reference = %s",
        order.fields["vads_order_id"],
        equals=1,
    )
    assert payer.settled()
    assert town.book.money(order) == 3607


def test_1_a_return_without_notification_is_found_by_asking_the_bank(
    town: Town, payer: Payer
) -> None:
    order = payer.order()
    acts.return_only(town.book, order)
    reference = order.fields["vads_order_id"]
    page = payer.visitor.get(f"/paiement/retour/{reference}/")
    assert "en cours de confirmation" in page
    assert payer.credits == 0
    # Its twelve minutes pass.
    town.rows.execute(
        "UPDATE payments_paymentattempt SET started_at = started_at - interval '13 min',"
        " expires_at = expires_at - interval '13 min', ask_at = now() WHERE reference = %s",
        [reference],
    )
    town.wait_until(
        "SELECT state FROM payments_paymentattempt WHERE reference = %s",
        reference,
        equals="paid",
        seconds=40,
    )
    assert payer.settled()


def test_1_a_thousand_identical_notifications_are_one_credit(town: Town, payer: Payer) -> None:
    order = payer.order()
    said = answer(order.fields, town.book.move(order))
    body = as_body(for_server(said, order.key))
    with ThreadPoolExecutor(32) as crowd:
        answers = list(crowd.map(lambda _: tell(order.shop.notify, body), range(1000)))
    assert set(answers) == {(200, "OK")}
    assert payer.settled()
    late = as_body(for_server(said, order.key, source="RETRY"))
    assert tell(order.shop.notify, late) == (200, "OK")
    assert payer.settled()


@pytest.mark.parametrize(
    "act",
    [acts.wrong_signature, acts.test_answer, acts.other_currency, acts.wrong_amount],
    ids=lambda act: act.__name__,
)
def test_2_what_does_not_match_settles_nothing_and_is_shown(
    town: Town, payer: Payer, act: acts.Button
) -> None:
    order = payer.order()
    before = town.one("SELECT count(*) FROM payments_banknotification WHERE outcome = 'mismatch'")
    act(town.book, order)
    after = town.one("SELECT count(*) FROM payments_banknotification WHERE outcome = 'mismatch'")
    assert after == before + 1
    assert (payer.balance, payer.credits) == (DUE, 0)
    office = Visitor(town.portal)
    office.sign_in("administration", town.portal.password_of("administration"))
    assert "ne correspond pas" in office.get("/direction/reglements/").lower()


def test_2_the_answer_tells_nothing(town: Town, payer: Payer) -> None:
    """Right, wrong or unknown: the same word."""
    order = payer.order()
    said = answer(order.fields, town.book.move(order))
    right, wrong = for_server(said, order.key), for_server(said, "another key")
    unknown = for_server(said | {"vads_order_id": "Pnobody"}, order.key)
    answers = {tell(order.shop.notify, as_body(each)) for each in (wrong, unknown, right)}
    assert answers == {(200, "OK")}


def test_3_money_for_an_unknown_order_is_kept(town: Town, payer: Payer) -> None:
    order = payer.order()
    orphans = "SELECT count(*) FROM payments_banknotification WHERE outcome = 'orphan'"
    before = town.one(orphans)
    said = answer(order.fields, town.book.move(order)) | {"vads_order_id": "Plost"}
    tell(order.shop.notify, as_body(for_server(said, order.key)))
    assert town.one(orphans) == before + 1


def test_3_money_that_comes_after_its_time_is_credited(town: Town, payer: Payer) -> None:
    order = payer.order()
    town.rows.execute(
        "UPDATE payments_paymentattempt SET state = 'expired' WHERE reference = %s",
        [order.fields["vads_order_id"]],
    )
    acts.pay(town.book, order)
    assert payer.settled()


def test_4_refused_then_paid_is_paid_and_stays_so(town: Town, payer: Payer) -> None:
    order = payer.order()
    acts.refused_then_paid(town.book, order)
    assert payer.settled()
    acts.refuse(town.book, order)
    assert payer.settled()


def test_4_refunds_and_cancellations_go_back_once(town: Town, payer: Payer) -> None:
    order = payer.order()
    acts.pay(town.book, order)
    acts.refund(town.book, order, 1000)
    assert payer.balance == Decimal("10.00")
    acts.refund(town.book, order, town.book.money(order))
    assert payer.balance == DUE
    other = town.payer()
    again = other.order()
    acts.pay(town.book, again)
    acts.cancel(town.book, again)
    assert other.balance == DUE


def test_5_two_real_payments_are_both_credited(town: Town, payer: Payer) -> None:
    order = payer.order()
    acts.paid_twice(town.book, order)
    assert (payer.balance, payer.credits) == (-DUE, 2)
    assert town.one("SELECT count(*) FROM payments_banktransaction WHERE overpaid") == 1


def test_5_a_second_attempt_is_offered_only_if_it_is_meant(town: Town, payer: Payer) -> None:
    first = payer.order()
    page = payer.visitor.post("/famille/compte/payer/", [("amount", "36.07")], form=payer.account())
    assert "Un paiement est déjà en cours" in page
    second = payer.order(("again", "1"))
    for order in (first, second):
        acts.pay(town.book, order)
    assert (payer.balance, payer.credits) == (-DUE, 2)


def test_6_an_amount_is_never_chosen(town: Town, payer: Payer) -> None:
    page = payer.account()
    for forged in ("1.00", "36.06", "-36.07", "1e9"):
        fields = [("amount", forged)]
        assert "a changé" in payer.visitor.post("/famille/compte/payer/", fields, form=page)
    for nonsense in ("NaN", "", "trente"):
        with pytest.raises(HTTPError, match="400"):
            payer.visitor.post("/famille/compte/payer/", [("amount", nonsense)], form=page)
    assert town.one("SELECT count(*) FROM payments_paymentattempt WHERE amount <> 36.07") == 0


def test_6_below_the_threshold_the_page_says_why(town: Town) -> None:
    """The second family of the demonstration owes 29.99, the third exactly 30.00."""
    for number, button in ((2, False), (3, True)):
        visitor = Visitor(town.portal)
        visitor.sign_in(f"famille.{number}", town.portal.password_of(f"famille.{number}"))
        page = visitor.get("/famille/compte/")
        assert ('name="amount"' in page) is button
        assert ("possible à partir de" in page) is not button


ODD = {
    "not UTF-8": (b"vads_ctx_mode=TEST&vads_site_id=\xff&signature=a", 400),
    "a megabyte": (b"a=" + b"b" * 1_000_000, 400),
    "doubled keys": (b"vads_ctx_mode=TEST&vads_site_id=1&signature=a&signature=b", 400),
    "unknown mode": (b"vads_ctx_mode=DEMO&vads_site_id=1&signature=a", 400),
    "nothing": (b"", 400),
    "json": (b'{"vads_ctx_mode": "TEST"}', 400),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("slash", ["/", ""])
def test_7_odd_input_is_refused_without_a_trace(town: Town, odd: str, slash: str) -> None:
    body, status = ODD[odd]
    got, said = tell(f"{town.portal.url}/paiement/notification/systempay{slash}", body)
    assert got == status
    assert not re.search("Traceback|Error|django", said)


def test_7_no_slash_is_no_redirect_and_nobody_is_limited(town: Town, payer: Payer) -> None:
    order = payer.order()
    said = answer(order.fields, town.book.move(order))
    url = f"{town.portal.url}/paiement/notification/systempay"
    assert tell(url, as_body(for_server(said, order.key))) == (200, "OK")
    assert payer.settled()
    assert tell(f"{town.portal.url}/paiement/notification/nobody/", b"a=b")[0] == 404
    assert tell(url, b"", "GET")[0] == 405


def test_8_the_return_page_is_for_anybody_and_shows_nothing(town: Town, payer: Payer) -> None:
    order = payer.order()
    reference = order.fields["vads_order_id"]
    said = answer(order.fields, town.book.move(order))
    stranger = Visitor(town.portal)
    brought = urlencode(for_browser(said, order.key))
    page = stranger.get(f"/paiement/retour/{reference}/?{brought}")
    assert "en cours de confirmation" in page
    assert not re.search(r"36,07|vads|497010|Famille \w+", page)
    assert payer.credits == 0, "what the browser brings is not believed"
    status, _ = tell(f"{town.portal.url}/paiement/retour/{reference}/?{brought}", b"", "GET")
    assert status == 302, "the bank's data leaves the address"
    tell(order.shop.notify, as_body(for_server(said, order.key)))
    assert "Paiement enregistré" in stranger.get(f"/paiement/retour/{reference}/")


def test_9_the_last_evening_of_the_year_belongs_to_it(town: Town, payer: Payer) -> None:
    order = payer.order()
    at = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    said = answer(order.fields, town.book.move(order, at=at))
    tell(order.shop.notify, as_body(for_server(said, order.key)))
    reference = order.fields["vads_order_id"]
    day = town.one("SELECT paid_on::text FROM billing_payment WHERE reference = %s", reference)
    assert day == "2026-12-31"


def test_10_keys_turn_while_payments_are_open(town: Town, payer: Payer) -> None:
    """And the mail that thanks is a row of its own: it fails without undoing anything."""
    order = payer.order()
    town.rows.execute(
        "INSERT INTO payments_cardkey (shop_id, mode, sealed, added_at)"
        " SELECT shop_id, mode, sealed, now() FROM payments_cardkey WHERE mode = 'PRODUCTION'"
    )
    acts.pay(town.book, order)
    assert payer.settled()
    thanks = "SELECT count(*) FROM messaging_mail WHERE event_key LIKE 'card_payment:%%'"
    assert town.one(thanks) > 0


def test_no_card_key_or_person_in_what_is_written_around(town: Town, payer: Payer) -> None:
    """Logs, mails and addresses, after all of the above."""
    acts.pay(town.book, payer.order())
    shop = town.book.shop("12345678")
    assert shop
    secrets = [shop.test, shop.production, shop.password, "497010"]
    written = [town.portal.output]
    written += [
        path.read_text(errors="replace")
        for path in Path(town.portal.data / "courriels").glob("*.eml")
    ]
    for text in written:
        assert not [secret for secret in secrets if secret in text]
    kept = town.rows.execute("SELECT body, why FROM payments_banknotification").fetchall()
    assert kept
    for body, why in kept:
        assert not [secret for secret in secrets if secret in body + why]
    addresses = town.rows.execute("SELECT reference FROM payments_paymentattempt").fetchall()
    assert all(re.fullmatch(r"P[0-9a-f]{24}", reference) for (reference,) in addresses)
