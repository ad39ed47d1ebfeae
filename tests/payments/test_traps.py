"""What a bank says is worth what its signature and its figures say: each trap of eopayment, closed.

Every test that names a trap first shows that eopayment alone calls the message PAID.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import eopayment
import pytest
from eopayment import systempayv2
from hypothesis import example, given
from hypothesis import strategies as st

from preau.demo.bank.protocol import (
    Fields,
    OrderError,
    Transaction,
    answer,
    as_body,
    check_order,
    for_browser,
    for_server,
    sign,
)
from preau.payments.acceptance import Asked, Said, Verdict, judge
from preau.payments.gateways import Order, Shop, UnreadableError, vads

SITE, LIVE, FALSE = "12345678", "liveKeyOfTheShop1234", "testKeyOfTheShop1234"
NOON = datetime(2027, 1, 12, 11, 0, tzinfo=UTC)
SHOP = Shop(
    gateway="systempay",
    mode="PRODUCTION",
    site=SITE,
    keys={"PRODUCTION": [LIVE], "TEST": [FALSE]},
)
ASKED = Asked(site=SITE, mode="PRODUCTION", cents=3607)
OPTIONS = {
    "site_id": SITE,
    "ctx_mode": "PRODUCTION",
    "secret_test": FALSE,
    "secret_production": LIVE,
    "signature_algo": "hmac_sha256",
}


def order(amount: str = "36.07") -> Fields:
    """The form of an order, as our gateway makes it."""
    asked = Order(
        reference="Pabc",
        trans_id="a1b2c3",
        amount=Decimal(amount),
        return_url="https://site.example/paiement/retour/Pabc/",
        at=NOON,
    )
    return dict(vads.start(SHOP, asked).fields)


def said(**bent: Any) -> Fields:
    """What the bank says of 36.07 taken, with parts of the transaction or of the message bent."""
    done: dict[str, Any] = {
        "uuid": "f" * 32,
        "operation": "DEBIT",
        "status": "AUTHORISED",
        "cents": 3607,
    }
    done |= {name: bent.pop(name) for name in list(bent) if name in {*done, "currency"}}
    return {**answer(order(), Transaction(at=NOON, **done)), **bent}


def alone(fields: Fields, key: str = LIVE) -> Any:
    """What eopayment says without us, set up as its documentation shows."""
    body = as_body(for_server(fields, key)).decode()
    return eopayment.Payment("systempayv2", OPTIONS).response(body)


def ours(fields: Fields, key: str = LIVE) -> Verdict:
    """What our layer makes of the same bytes."""
    return judge(vads.parse(SHOP, as_body(for_server(fields, key))), ASKED).verdict


# ---- Signatures


def test_a_signature_computed_by_hand() -> None:
    """Fields sorted by name, their values joined by "+", then the key: written out by hand."""
    fields = {"vads_b": "deux", "vads_a": "un", "other": "no", "vads_c": "été"}
    message = b"un+deux+\xc3\xa9t\xc3\xa9+1122334455667788"
    by_hand = hmac.new(b"1122334455667788", message, hashlib.sha256).digest()
    assert sign(fields, "1122334455667788") == base64.b64encode(by_hand).decode() == VECTOR


VECTOR = "L+8vELGPKKjkY7zqgBL/KxG6mwqi4gBdu+AlGq2Lb/k="
"""By another program: openssl dgst -sha256 -hmac 1122334455667788 -binary | base64."""


def test_our_bank_takes_what_eopayment_signs() -> None:
    fields = order()
    check_order(fields, LIVE)
    assert fields["vads_amount"] == "3607"
    assert fields["vads_trans_date"] == "20270112110000"
    with pytest.raises(OrderError, match="signature"):
        check_order({**fields, "vads_amount": "1"}, LIVE)


@pytest.mark.parametrize("carried", [for_server, for_browser])
def test_eopayment_takes_what_our_bank_signs(carried: Any) -> None:
    body = as_body(carried(said(), LIVE)).decode()
    response = eopayment.Payment("systempayv2", OPTIONS).response(body)
    assert response.signed
    assert response.result == eopayment.PAID


@pytest.mark.parametrize("status", ["AUTHORISED", "CAPTURED"])
def test_a_sound_answer_is_a_credit(status: str) -> None:
    assert ours({**said(), "vads_trans_status": status}) is Verdict.CREDIT


def test_a_former_key_still_verifies() -> None:
    rotated = replace(SHOP, keys={"PRODUCTION": ["n" * 16, LIVE]})
    told = vads.parse(rotated, as_body(for_server(said(), LIVE)))
    assert judge(told, ASKED).verdict is Verdict.CREDIT


# ---- The traps

TRAPS: dict[str, tuple[dict[str, Any], Verdict]] = {
    "another amount": ({"cents": 100}, Verdict.MISMATCH),
    "another currency": ({"currency": "756"}, Verdict.MISMATCH),
    "another site": ({"vads_site_id": "87654321"}, Verdict.MISMATCH),
    "a refund": ({"operation": "CREDIT"}, Verdict.REFUND),
    "a payment to validate": ({"status": "AUTHORISED_TO_VALIDATE"}, Verdict.WAIT),
    "a cancelled payment": ({"status": "CANCELLED"}, Verdict.TAKE_BACK),
    "a capture that failed": ({"vads_trans_status": "CAPTURE_FAILED"}, Verdict.TAKE_BACK),
    "no operation named": ({"vads_operation_type": ""}, Verdict.MISMATCH),
    "a card only checked": ({"vads_operation_type": "VERIFICATION"}, Verdict.MISMATCH),
    "a state nobody knows": ({"vads_trans_status": "NEWSPEAK"}, Verdict.MISMATCH),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_what_eopayment_calls_paid_is_no_credit_here(trap: str) -> None:
    bent, verdict = TRAPS[trap]
    fields = {"vads_auth_result": "00", **said(**bent)}
    response = alone(fields)
    assert response.signed
    assert response.result == eopayment.PAID
    assert ours(fields) is verdict
    assert verdict is not Verdict.CREDIT


def test_a_forged_answer_reads_paid_to_eopayment_and_is_refused_here() -> None:
    response = alone(said(), key="nobody’s key")
    assert response.result == eopayment.PAID
    assert not response.signed
    assert ours(said(), key="nobody’s key") is Verdict.MISMATCH


def test_a_test_key_on_a_production_shop_is_refused() -> None:
    fields = said(vads_ctx_mode="TEST")
    response = alone(fields, key=FALSE)
    assert response.signed
    assert response.result == eopayment.PAID
    assert ours(fields, key=FALSE) is Verdict.MISMATCH
    assert ours(said(), key=FALSE) is Verdict.MISMATCH  # nor does it sign for the other mode


def test_sha_1_is_neither_spoken_nor_taken() -> None:
    """It is what eopayment uses and takes when it is told nothing."""
    fields = said()
    values = "+".join(fields[name] for name in sorted(fields))
    old = hashlib.sha1(f"{values}+{LIVE}".encode()).hexdigest()  # noqa: S324 - the trap itself
    body = urlencode({**fields, "signature": old})
    untold = {name: value for name, value in OPTIONS.items() if name != "signature_algo"}
    assert eopayment.Payment("systempayv2", untold).response(body).signed
    assert not vads.parse(SHOP, body.encode()).signed
    assert len(order()["signature"]) == 44  # 32 bytes in base64, not 40 digits


def test_no_key_is_ever_written_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG eopayment writes the key; through us it writes nothing."""
    with caplog.at_level(logging.DEBUG):
        alone(said())
    assert LIVE in caplog.text
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        order()
        ours(said())
        ours(said(), key="nobody’s key")
    assert not caplog.records
    assert LIVE not in repr(SHOP)


@given(st.integers(min_value=1, max_value=9_999_999))
@example(3607)
@example(2999)
@example(28_550)
def test_no_cent_is_lost_on_the_way(cents: int) -> None:
    assert order(f"{Decimal(cents) / 100:.2f}")["vads_amount"] == str(cents)


def test_an_amount_that_eopayment_would_round_is_refused() -> None:
    """It multiplies by a hundred and rounds as floats do: what is no whole cent goes nowhere."""
    request = systempayv2.Payment(OPTIONS).request
    asked = {field["name"]: field["value"] for field in request(amount=1.015)[2].fields}
    assert asked["vads_amount"] == "101"  # half a cent up is 102
    with pytest.raises(ValueError, match="amount"):
        order("1.019")


def test_the_numbers_of_eopayment_may_come_twice_in_a_day_ours_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It draws among capitals and small letters, which a bank does not tell apart."""
    drawn = {systempayv2.Payment(OPTIONS).make_vads_trans_id() for _ in range(200)}
    assert any(each != each.lower() for each in drawn)
    assert order()["vads_trans_id"] == "a1b2c3"


# ---- Odd input

ODD = {
    "nothing": b"",
    "no form": b"\x00\x01\x02",
    "not UTF-8": b"vads_site_id=\xff\xfe&signature=x&vads_ctx_mode=TEST",
    "percents not UTF-8": b"vads_site_id=%ff&signature=x&vads_ctx_mode=TEST",
    "a field twice": b"vads_site_id=1&vads_site_id=2&signature=x&vads_ctx_mode=TEST",
    "an unknown mode": b"vads_site_id=1&signature=x&vads_ctx_mode=DEMO",
    "no signature": b"vads_site_id=1&vads_ctx_mode=TEST",
    "a NUL": b"vads_site_id=1%00&signature=x&vads_ctx_mode=TEST",
    "a thousand fields": b"&".join(b"vads_%d=1" % n for n in range(1000)),
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_input_is_refused_by_name(odd: str) -> None:
    with pytest.raises(UnreadableError):
        vads.parse(SHOP, ODD[odd])


def test_an_unknown_mode_makes_eopayment_raise_whatever_it_likes() -> None:
    with pytest.raises(AttributeError):
        alone(said(vads_ctx_mode="DEMO"))


@given(
    st.dictionaries(
        st.sampled_from(sorted(for_server(said(), LIVE))), st.text(max_size=30), max_size=6
    )
)
def test_a_message_changed_anywhere_is_never_a_credit(bent: dict[str, str]) -> None:
    sound = for_server(said(), LIVE)
    changed = any(sound[name] != value for name, value in bent.items())
    try:
        told = vads.parse(SHOP, as_body({**sound, **bent}))
    except (UnreadableError, UnicodeEncodeError):
        return
    assert (judge(told, ASKED).verdict is Verdict.CREDIT) == (not changed)


@pytest.mark.parametrize(
    "change",
    [
        {"signed": False},
        {"mode": "TEST"},
        {"site": "0"},
        {"currency": "CHF"},
        {"cents": 3606},
        {"cents": 0},
        {"said": Said.OTHER},
        {"said": Said.WAITING},
    ],
    ids=str,
)
def test_each_fact_alone_is_enough_to_refuse(change: dict[str, Any]) -> None:
    told = vads.parse(SHOP, as_body(for_server(said(), LIVE)))
    assert judge(told, ASKED).verdict is Verdict.CREDIT
    assert judge(replace(told, **change), ASKED).verdict is not Verdict.CREDIT


def test_money_without_an_attempt_is_an_orphan() -> None:
    told = vads.parse(SHOP, as_body(for_server(said(), LIVE)))
    unknown = Asked(site=SITE, mode="PRODUCTION", cents=None)
    assert judge(told, unknown).verdict is Verdict.ORPHAN
