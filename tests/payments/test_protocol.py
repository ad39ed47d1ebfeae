"""Two sides written apart understand each other: ours, through eopayment, and the bank's."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from eopayment import systempayv2
from hypothesis import given
from hypothesis import strategies as st

from preau.core import clock
from preau.demo.bank.protocol import (
    OrderError,
    Transaction,
    answer,
    as_body,
    check_order,
    for_browser,
    for_server,
    sign,
)
from preau.payments.acceptance import Said
from preau.payments.gateways import Order, Shop, UnreadableError, vads
from tests.factories import NOW
from tests.payments.kit import REAL_KEY, SITE, TEST_KEY

SHOP = Shop(
    gateway="systempay",
    mode="TEST",
    site=SITE,
    keys={"TEST": [TEST_KEY], "PRODUCTION": [REAL_KEY]},
    service_url="https://bank.exemple/",
)
ORDER = Order(
    reference="P0123456789",
    trans_id="a1b2c3",
    amount=Decimal("36.07"),
    return_url="https://famille.exemple/paiement/retour/P0123456789/",
    at=NOW,
)


def test_the_signature_of_the_protocol_is_ours() -> None:
    """The example of the bank's documentation, computed again with a tool that knows neither side:

    printf '%s' 'INTERACTIVE+5124+TEST+978+PAYMENT+SINGLE+12345678+20170129130025+123456+V2+KEY' |
        openssl dgst -sha256 -hmac KEY -binary | base64
    """
    fields = {
        "vads_action_mode": "INTERACTIVE",
        "vads_amount": "5124",
        "vads_ctx_mode": "TEST",
        "vads_currency": "978",
        "vads_page_action": "PAYMENT",
        "vads_payment_config": "SINGLE",
        "vads_site_id": "12345678",
        "vads_trans_date": "20170129130025",
        "vads_trans_id": "123456",
        "vads_version": "V2",
        "signature": "does not sign itself",
        "other": "nor does what is not of the protocol",
    }
    assert sign(fields, "1122334455667788") == "ycA5Do5tNvsnKdc/eP1bj2xa19z9q3iWPy9/rpesfS0="


def test_the_bank_takes_our_order() -> None:
    form = vads.start(SHOP, ORDER)
    assert form.url == "https://bank.exemple/"
    check_order(form.fields, TEST_KEY)
    assert form.fields["vads_amount"] == "3607"
    assert form.fields["vads_trans_id"] == "a1b2c3"
    assert not [name for name in form.fields if "cust" in name and name != "vads_cust_country"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vads_amount", "1"),
        ("vads_currency", "756"),
        ("vads_trans_id", "12345"),
        ("signature", "x"),
    ],
)
def test_the_bank_refuses_an_order_that_was_changed(name: str, value: str) -> None:
    fields = {**vads.start(SHOP, ORDER).fields, name: value}
    with pytest.raises(OrderError):
        check_order(fields, TEST_KEY)


@pytest.mark.parametrize("mode", ["TEST", "PRODUCTION"])
def test_eopayment_itself_accepts_the_answers_of_the_bank(mode: str) -> None:
    order = dict(vads.start(SHOP, ORDER).fields)
    paid = Transaction(
        uuid="u1", operation="DEBIT", status="AUTHORISED", cents=3607, at=clock.now()
    )
    key = TEST_KEY if mode == "TEST" else REAL_KEY
    options = {
        "vads_site_id": SITE,
        "secret_test": TEST_KEY,
        "secret_production": REAL_KEY,
        "signature_algo": "hmac_sha256",
    }
    said = answer(order, paid, mode=mode)
    for fields in (for_browser(said, key), for_server(said, key)):
        response = systempayv2.Payment(options).response(as_body(fields).decode())
        assert response.signed
        assert response.is_paid()
    assert "vads_hash" in for_server(said, key)
    assert "vads_hash" not in for_browser(said, key)


@pytest.mark.parametrize(
    ("operation", "status", "said"),
    [
        ("DEBIT", "AUTHORISED", Said.PAID),
        ("DEBIT", "CAPTURED", Said.PAID),
        ("DEBIT", "AUTHORISED_TO_VALIDATE", Said.WAITING),
        ("DEBIT", "REFUSED", Said.REFUSED),
        ("DEBIT", "ABANDONED", Said.ABANDONED),
        ("DEBIT", "CANCELLED", Said.TAKEN_BACK),
        ("CREDIT", "AUTHORISED", Said.REFUNDED),
        ("CREDIT", "CAPTURED", Said.REFUNDED),
    ],
)
def test_each_state_is_read_for_what_it_is(operation: str, status: str, said: Said) -> None:
    order = dict(vads.start(SHOP, ORDER).fields)
    each = Transaction(uuid="u1", operation=operation, status=status, cents=3607, at=clock.now())
    told = vads.parse(SHOP, as_body(for_server(answer(order, each), TEST_KEY)))
    assert told.signed
    assert told.said is said
    assert (told.reference, told.cents, told.currency) == ("P0123456789", 3607, "EUR")
    assert told.at == clock.now().replace(microsecond=0)


def test_a_key_that_was_replaced_still_verifies() -> None:
    turned = Shop(
        gateway="systempay",
        mode="TEST",
        site=SITE,
        keys={"TEST": ["a newer key", TEST_KEY], "PRODUCTION": []},
    )
    order = dict(vads.start(SHOP, ORDER).fields)
    paid = Transaction(uuid="u1", operation="DEBIT", status="CAPTURED", cents=1, at=clock.now())
    assert vads.parse(turned, as_body(for_server(answer(order, paid), TEST_KEY))).signed


@given(amount=st.decimals(min_value="0.01", max_value="99999.99", places=2))
def test_no_cent_is_lost_on_the_way(amount: Decimal) -> None:
    order = replace(ORDER, amount=amount)
    assert vads.start(SHOP, order).fields["vads_amount"] == str(int(amount * 100))


@given(body=st.binary(max_size=300))
def test_any_bytes_are_a_message_or_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        vads.parse(SHOP, body)
