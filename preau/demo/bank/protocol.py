"""The vads form protocol as the bank speaks it: signing, checking an order, answering. Pure.

The signature is the base64 of HMAC-SHA-256, by the shop's key, over the values of all `vads_`
fields sorted by name, joined by "+", then "+" and the key. A notification to the server has two
fields more than what the browser brings back: `vads_url_check_src` and `vads_hash`.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

EURO = "978"
Fields = dict[str, str]

# What a real bank answers for each state of a transaction.
_RESULTS = {
    "AUTHORISED": ("00", "00"),
    "AUTHORISED_TO_VALIDATE": ("00", "00"),
    "CAPTURED": ("00", "00"),
    "REFUSED": ("05", "05"),
    "ABANDONED": ("17", ""),
    "CANCELLED": ("00", "00"),
}


class OrderError(ValueError):
    """The bank does not take this order. The message is a French sentence."""


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One transaction of the bank. `operation` is DEBIT or CREDIT, `at` an instant."""

    uuid: str
    operation: str
    status: str
    cents: int
    at: datetime
    currency: str = EURO


def sign(fields: Mapping[str, str], key: str) -> str:
    """The signature of these fields; those that do not begin with `vads_` do not count."""
    values = [fields[name] for name in sorted(fields) if name.startswith("vads_")]
    message = "+".join([*values, key]).encode()
    return b64encode(hmac.digest(key.encode(), message, hashlib.sha256)).decode()


def check_order(fields: Mapping[str, str], key: str) -> None:
    """Refuse an order that a real bank would refuse. Raises `OrderError`."""
    if not hmac.compare_digest(sign(fields, key), fields.get("signature", "")):
        raise OrderError("La signature de la commande est fausse.")
    wanted = {"vads_version": "V2", "vads_page_action": "PAYMENT", "vads_currency": EURO}
    for name, value in wanted.items():
        if fields.get(name) != value:
            raise OrderError(f"Le champ {name} vaut {fields.get(name)!r}.")
    amount, number = fields.get("vads_amount", ""), fields.get("vads_trans_id", "")
    if not (amount.isdigit() and int(amount) > 0):
        raise OrderError("Le montant n’est pas un nombre de centimes.")
    if not (len(number) == 6 and number.isalnum() and number.isascii()):
        raise OrderError("Le numéro de transaction n’a pas six lettres ou chiffres.")


def answer(order: Mapping[str, str], done: Transaction, *, mode: str | None = None) -> Fields:
    """What the bank says of a transaction, without its signature."""
    result, authorisation = _RESULTS[done.status]
    said = {
        **{name: order[name] for name in _REPEATED if name in order},
        "vads_ctx_mode": mode or order["vads_ctx_mode"],
        "vads_amount": str(done.cents),
        "vads_effective_amount": str(done.cents),
        "vads_currency": done.currency,
        "vads_operation_type": done.operation,
        "vads_trans_status": done.status,
        "vads_trans_uuid": done.uuid,
        "vads_result": result,
        "vads_auth_mode": "FULL",
        "vads_auth_number": "3fe3f9" if authorisation == "00" else "",
        "vads_sequence_number": "1",
        "vads_card_brand": "CB",
        "vads_card_number": "497010XXXXXX0014",
        "vads_effective_creation_date": done.at.astimezone(UTC).strftime("%Y%m%d%H%M%S"),
        "vads_language": "fr",
    }
    # The answer to a card: a refund has none.
    return said | ({"vads_auth_result": authorisation} if done.operation == "DEBIT" else {})


_REPEATED = (
    "vads_site_id", "vads_order_id", "vads_trans_id", "vads_trans_date", "vads_version",
    "vads_page_action", "vads_action_mode", "vads_payment_config",
)  # fmt: skip


def for_browser(said: Mapping[str, str], key: str) -> Fields:
    """What the browser brings back to the shop."""
    return {**said, "signature": sign(said, key)}


def for_server(said: Mapping[str, str], key: str, *, source: str = "PAY") -> Fields:
    """What the bank's server tells the shop's. `source`: PAY, RETRY, MERCH_BO (back office)."""
    once = hashlib.sha256(f"{said['vads_trans_uuid']}{source}".encode()).hexdigest()
    full = {**said, "vads_url_check_src": source, "vads_hash": once}
    return {**full, "signature": sign(full, key)}


def as_body(fields: Mapping[str, str]) -> bytes:
    """A form, as it travels."""
    return urlencode(fields).encode()
