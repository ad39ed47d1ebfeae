"""Systempay, PayZen and the shops of the same family: the "vads" form protocol.

Through eopayment, which builds and signs the form and verifies signatures. Its own verdict is
never read: it says PAID for forged, test and refund answers (money.md, section 3).
"""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from eopayment import payzen, systempayv2
from eopayment.common import PaymentException

from preau.payments.acceptance import EUR, Said, Told
from preau.payments.gateways import BankAwayError, BankForm, Order, Shop, UnreadableError

MOST_FIELDS = 200
_PATIENCE = 8  # seconds granted to the bank's own server
_CLASSES = {"systempay": systempayv2.Payment, "payzen": payzen.Payment}
_MODES = ("TEST", "PRODUCTION")
_CURRENCIES = {"978": EUR}
# https://paiement.systempay.fr/doc/fr-FR/form-payment/reference/vads-trans-status.html
_DEBITS = {
    "AUTHORISED": Said.PAID,
    "CAPTURED": Said.PAID,
    "AUTHORISED_TO_VALIDATE": Said.WAITING,
    "WAITING_AUTHORISATION": Said.WAITING,
    "WAITING_AUTHORISATION_TO_VALIDATE": Said.WAITING,
    "UNDER_VERIFICATION": Said.WAITING,
    "INITIAL": Said.WAITING,
    "REFUSED": Said.REFUSED,
    "ABANDONED": Said.ABANDONED,
    "CANCELLED": Said.TAKEN_BACK,
    "CAPTURE_FAILED": Said.TAKEN_BACK,
    "EXPIRED": Said.TAKEN_BACK,
}
_CREDITS = {
    "AUTHORISED": Said.REFUNDED,
    "CAPTURED": Said.REFUNDED,
    "AUTHORISED_TO_VALIDATE": Said.WAITING,
    "WAITING_AUTHORISATION": Said.WAITING,
    "INITIAL": Said.WAITING,
    "REFUSED": Said.WAITING,
}
# Before a card was given there is no operation; a card that is only checked pays nothing.
_NO_OPERATION = {"REFUSED": Said.REFUSED, "ABANDONED": Said.ABANDONED}
_OPERATIONS = {"DEBIT": _DEBITS, "CREDIT": _CREDITS, "": _NO_OPERATION}

# At DEBUG, eopayment writes the shop's key down: it is given a logger that writes nothing.
_SILENT = logging.getLogger("preau.payments.silent")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_SILENT.setLevel(logging.CRITICAL + 1)


def start(shop: Shop, order: Order) -> BankForm:
    """The signed form of an order. The amount goes in cents, through no float."""
    payment = _payment(shop, shop.keys[shop.mode][0], shop.mode)
    payment.normal_return_url = order.return_url
    payment._vads_trans_id = order.trans_id  # noqa: SLF001 - its one way to be told
    # The day of the number is the one that was written down: it is unique for that day.
    day = order.at.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    _, _, form = payment.request(amount=order.amount, orderid=order.reference, vads_trans_date=day)
    fields = {field["name"]: field["value"] for field in form.fields}
    if fields["vads_amount"] != str(int(order.amount * 100)):
        raise ValueError("the form does not ask for the amount of the order")
    return BankForm(url=shop.service_url or payment.service_url, fields=fields)


def parse(shop: Shop, body: bytes) -> Told:
    """Read a notification, its signature tried with every key of the mode it claims."""
    fields = _fields(body)
    mode = fields["vads_ctx_mode"]
    signed = any(_signed(shop, key, mode, body) for key in shop.keys.get(mode, ()))
    operation = fields.get("vads_operation_type", "")
    status = fields.get("vads_trans_status", "")
    return Told(
        reference=fields.get("vads_order_id", "")[:32],
        transaction=_transaction(fields),
        said=_said(operation, status),
        cents=_cents(fields.get("vads_amount", "")),
        currency=_CURRENCIES.get(fields.get("vads_currency", ""), "inconnue"),
        mode=mode,
        site=fields.get("vads_site_id", ""),
        at=_instant(fields),
        signed=signed,
    )


def _payment(shop: Shop, key: str, mode: str) -> Any:
    """eopayment's object for one key: HMAC-SHA-256, where it would take SHA-1."""
    options = {
        "site_id": shop.site,
        "ctx_mode": mode,
        "signature_algo": "hmac_sha256",
        f"secret_{mode.lower()}": key,
    }
    if shop.service_url:
        options["service_url"] = shop.service_url
    return _CLASSES[shop.gateway](options, logger=_SILENT)


def _fields(body: bytes) -> dict[str, str]:
    """The fields of a form, each once. Raises `UnreadableError` for anything else."""
    try:
        text = body.decode("utf-8")
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict",
            max_num_fields=MOST_FIELDS,
        )  # fmt: skip
    except ValueError as error:
        raise UnreadableError("not a form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise UnreadableError("a field comes twice")
    if not fields.keys() >= {"signature", "vads_ctx_mode", "vads_site_id"}:
        raise UnreadableError("fields are missing")
    if fields["vads_ctx_mode"] not in _MODES:
        raise UnreadableError("unknown mode")
    if "\x00" in text or "\x00" in "".join(fields.values()):
        raise UnreadableError("a NUL byte")
    return fields


def _signed(shop: Shop, key: str, mode: str, body: bytes) -> bool:
    text = body.decode("utf-8")
    # It asks for this field before it looks at the signature; a refund has none.
    wanted = "" if "vads_auth_result=" in text else "&vads_auth_result="
    payment = _payment(shop, key, mode)
    try:
        if wanted:
            return bool(payment.signature(_fields(body)) == _fields(body)["signature"])
        return bool(payment.response(text).signed)
    except (PaymentException, KeyError, ValueError, AttributeError, TypeError):
        return False


def _said(operation: str, status: str) -> Said:
    return _OPERATIONS.get(operation, {}).get(status, Said.OTHER)


def _transaction(fields: dict[str, str]) -> str:
    """The bank's own name of the transaction; older shops have none and say day and number."""
    if uuid := fields.get("vads_trans_uuid"):
        return uuid[:64]
    parts = ("vads_trans_date", "vads_trans_id", "vads_operation_type", "vads_sequence_number")
    return "_".join(fields.get(name, "") for name in parts)[:64]


def _cents(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0


def _instant(fields: dict[str, str]) -> datetime | None:
    """When it happened: the bank writes UTC."""
    text = fields.get("vads_effective_creation_date") or fields.get("vads_trans_date", "")
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


# ---- The bank's own server, for what no notification told (REST API V4)


def status(shop: Shop, reference: str) -> list[bytes]:
    """Ask what became of an order. Each transaction of the answer becomes a message."""
    if not shop.api_url:
        return []
    answer = _ask(shop, "Order/Get", {"orderId": reference})
    if answer is None:
        return []
    details = answer.get("orderDetails", {})
    kept = ("uuid", "amount", "currency", "detailedStatus", "operationType", "creationDate")
    return [
        json.dumps(
            {name: one.get(name) for name in kept}
            | {"reference": reference, "mode": details.get("mode"), "site": answer.get("shopId")},
            sort_keys=True,
        ).encode()
        for one in answer.get("transactions", [])
    ]


def parse_status(shop: Shop, body: bytes) -> Told:  # noqa: ARG001 - as every gateway
    """Read a message of `status`: the bank's own server said it, over a line of its own."""
    said = json.loads(body)
    try:
        at: datetime | None = datetime.fromisoformat(str(said["creationDate"]))
    except ValueError:
        at = None
    return Told(
        reference=str(said["reference"]),
        transaction=str(said["uuid"])[:64],
        said=_said(str(said["operationType"]), str(said["detailedStatus"])),
        cents=_cents(str(said["amount"])),
        currency=str(said["currency"]),
        mode=str(said["mode"]),
        site=str(said["site"]),
        at=at if at and at.tzinfo else None,
        signed=True,
    )


def refund(shop: Shop, transaction: str, cents: int) -> None:
    """Ask for money to be given back. Its notification tells when it is done."""
    asked = {"uuid": transaction, "amount": cents, "currency": EUR}
    if _ask(shop, "Transaction/CancelOrRefund", asked) is None:
        raise BankAwayError("the bank does not know this transaction")


def _ask(shop: Shop, service: str, asked: dict[str, Any]) -> dict[str, Any] | None:
    """The answer of the bank's server, None when it knows nothing of what is asked."""
    credentials = b64encode(f"{shop.site}:{shop.api_password}".encode()).decode()
    request = urllib.request.Request(  # noqa: S310 - the address is a setting, of https or our own
        f"{shop.api_url.rstrip('/')}/api-payment/V4/{service}",
        data=json.dumps(asked).encode(),
        headers={"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            said = json.loads(answer.read(1_000_000))
        if said["status"] == "SUCCESS":
            return dict(said["answer"])
        if said["answer"]["errorCode"] == "PSP_010":  # no such order
            return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BankAwayError(type(error).__name__) from error
    raise BankAwayError("refused by the bank's server")
