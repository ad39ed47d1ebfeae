"""Providers of card payment. Nothing outside `payments` imports one.

A gateway reads and writes the provider's protocol; what its words are worth is `acceptance`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from preau.payments.acceptance import Told


class UnreadableError(ValueError):
    """What came is no message of this provider: nothing of it is kept."""


class BankAwayError(RuntimeError):
    """The bank's server does not answer, or not as it should: ask again later."""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A shop with its keys in clear, for one call. Never logged, never kept.

    `keys` by mode, the newest first.
    """

    gateway: str
    mode: str
    site: str
    keys: Mapping[str, Sequence[str]]
    service_url: str = ""
    api_url: str = ""
    api_password: str = ""

    def __repr__(self) -> str:
        return f"<shop {self.gateway} {self.site}>"


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked of the bank at an instant. `return_url` is where the browser comes back."""

    reference: str
    trans_id: str
    amount: Decimal
    return_url: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class BankForm:
    """The form that takes the browser to the bank."""

    url: str
    fields: Mapping[str, str]


class Gateway(Protocol):
    """What each provider's module gives."""

    def start(self, shop: Shop, order: Order) -> BankForm:
        """The signed form of an order."""

    def parse(self, shop: Shop, body: bytes) -> Told:
        """Read a notification. Raises `UnreadableError`."""

    def status(self, shop: Shop, reference: str) -> list[bytes]:
        """Ask the bank what became of an order: one message a transaction.

        Raises `BankAwayError`. Empty when the bank knows nothing of it.
        """

    def parse_status(self, shop: Shop, body: bytes) -> Told:
        """Read a message that `status` gave."""

    def refund(self, shop: Shop, transaction: str, cents: int) -> None:
        """Ask the bank to give money back; its notification tells when it is done."""
