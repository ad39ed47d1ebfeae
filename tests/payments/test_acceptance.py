"""What a bank's words are worth, fault by fault; and what eopayment alone would have believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eopayment import systempayv2

from preau.core import clock
from preau.demo.bank.protocol import (
    Fields,
    Transaction,
    answer,
    as_body,
    for_server,
)
from preau.payments.acceptance import Asked, Said, Told, Verdict, judge
from preau.payments.gateways import UnreadableError, vads
from tests.payments.kit import REAL_KEY, SITE, TEST_KEY
from tests.payments.test_protocol import ORDER, SHOP

GOOD = Told(
    reference="P1",
    transaction="u1",
    said=Said.PAID,
    cents=3607,
    currency="EUR",
    mode="TEST",
    site=SITE,
    at=None,
    signed=True,
)
ASKED = Asked(site=SITE, mode="TEST", cents=3607)


@pytest.mark.parametrize(
    ("told", "asked", "verdict"),
    [
        (GOOD, ASKED, Verdict.CREDIT),
        (replace(GOOD, signed=False), ASKED, Verdict.MISMATCH),
        (replace(GOOD, mode="PRODUCTION"), ASKED, Verdict.MISMATCH),
        (GOOD, replace(ASKED, mode="PRODUCTION"), Verdict.MISMATCH),
        (replace(GOOD, site="87654321"), ASKED, Verdict.MISMATCH),
        (replace(GOOD, currency="CHF"), ASKED, Verdict.MISMATCH),
        (replace(GOOD, cents=3606), ASKED, Verdict.MISMATCH),
        (replace(GOOD, cents=0), ASKED, Verdict.MISMATCH),
        (GOOD, replace(ASKED, cents=None), Verdict.ORPHAN),
        (replace(GOOD, said=Said.REFUSED), replace(ASKED, cents=None), Verdict.WAIT),
        (replace(GOOD, said=Said.WAITING), ASKED, Verdict.WAIT),
        (replace(GOOD, said=Said.OTHER), ASKED, Verdict.MISMATCH),
        (replace(GOOD, said=Said.REFUSED), ASKED, Verdict.REFUSED),
        (replace(GOOD, said=Said.ABANDONED), ASKED, Verdict.ABANDONED),
        (replace(GOOD, said=Said.TAKEN_BACK), ASKED, Verdict.TAKE_BACK),
        (replace(GOOD, said=Said.REFUNDED, cents=100), ASKED, Verdict.REFUND),
        (replace(GOOD, said=Said.REFUNDED, cents=3608), ASKED, Verdict.MISMATCH),
    ],
)
def test_words_are_weighed(told: Told, asked: Asked, verdict: Verdict) -> None:
    assert judge(told, asked).verdict is verdict
    assert judge(told, asked).why


def _paid(**values: object) -> Fields:
    order = dict(vads.start(SHOP, ORDER).fields)
    given: dict[str, object] = {
        "uuid": "u1",
        "operation": "DEBIT",
        "status": "AUTHORISED",
        "cents": 3607,
        "at": clock.now(),
    }
    return answer(order, Transaction(**{**given, **values}))  # type: ignore[arg-type]


def _in_production() -> bytes:
    return as_body(for_server(_paid(), TEST_KEY))


TRAPS = {
    "forged": as_body(for_server(_paid(), "another key")),
    "test answers on a production shop": as_body(for_server(_paid(), TEST_KEY)),
    "another amount": as_body(for_server(_paid(cents=1), TEST_KEY)),
    "another currency": as_body(for_server(_paid(currency="756"), TEST_KEY)),
    "another shop": as_body(for_server(_paid() | {"vads_site_id": "87654321"}, TEST_KEY)),
    "to be validated": as_body(for_server(_paid(status="AUTHORISED_TO_VALIDATE"), TEST_KEY)),
    "a refund": as_body(
        for_server(_paid(operation="CREDIT") | {"vads_auth_result": "00"}, TEST_KEY)
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_what_eopayment_calls_paid_is_not_credited(trap: str) -> None:
    """By-passed, our layer would let each of these settle an account."""
    body = TRAPS[trap]
    options = {"secret_test": TEST_KEY, "secret_production": REAL_KEY}
    alone = systempayv2.Payment(options | {"signature_algo": "hmac_sha256"})
    assert alone.response(body.decode()).is_paid(), "the trap is there"
    told = vads.parse(SHOP, body)
    mode = "PRODUCTION" if trap == "test answers on a production shop" else "TEST"
    judged = judge(told, Asked(site=SITE, mode=mode, cents=3607))
    assert judged.verdict is not Verdict.CREDIT


def test_eopayment_would_sign_with_sha1(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its default; our orders are signed as the bank wants them, and nothing else verifies."""
    assert systempayv2.Payment({"secret_test": TEST_KEY}).signature_algo == "sha1"
    signature = vads.start(SHOP, ORDER).fields["signature"]
    assert len(signature) == 44, "base64 of 32 bytes"
    weak = systempayv2.Payment({"secret_test": TEST_KEY})
    said = for_server(_paid(), TEST_KEY)
    forged = {**said, "signature": weak.signature(said)}
    assert not vads.parse(SHOP, as_body(forged)).signed


def test_no_log_holds_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG, eopayment writes it down."""
    with caplog.at_level("DEBUG"):
        loud = systempayv2.Payment({"secret_test": TEST_KEY, "vads_site_id": SITE})
        loud.signature(_paid())
        assert TEST_KEY in caplog.text, "the trap is there"
        caplog.clear()
        vads.start(SHOP, ORDER)
        vads.parse(SHOP, _in_production())
    assert TEST_KEY not in caplog.text
    assert TEST_KEY not in repr(SHOP)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"vads_ctx_mode=TEST",
        b"\xff\xfe\x00",
        b"vads_ctx_mode=TEST&vads_site_id=1&signature=a&signature=b",
        b"vads_ctx_mode=DEMO&vads_site_id=1&signature=a",
        b"vads_ctx_mode=TEST&vads_site_id=%00&signature=a",
        b"vads_ctx_mode=TEST&vads_site_id=%ff&signature=a",
        b"&".join(b"vads_%d=1" % n for n in range(300)),
    ],
)
def test_odd_input_is_unreadable_and_raises_nothing_else(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        vads.parse(SHOP, body)
