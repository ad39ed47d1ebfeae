"""What a bank's words are worth. Pure: no database, no library of a provider.

A gateway reads what came into `Told`; `judge` compares it with what we asked for. Nothing is
believed that is not signed, in our mode, for our shop, in euros and of the amount we asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

EUR = "EUR"


class Said(Enum):
    """What the bank says of a transaction."""

    PAID = auto()
    WAITING = auto()
    REFUSED = auto()
    ABANDONED = auto()
    TAKEN_BACK = auto()
    REFUNDED = auto()
    OTHER = auto()


@dataclass(frozen=True, kw_only=True)
class Told:
    """A bank's words about one transaction.

    `reference` is our order, `transaction` the bank's own name for it, `cents` and `currency` what
    moved, `at` when. `signed`: with one of our keys, or learned from the bank's own server.
    """

    reference: str
    transaction: str
    said: Said
    cents: int
    currency: str
    mode: str
    site: str
    at: datetime | None
    signed: bool


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What we expect: the shop, its mode, and the cents of the attempt (None: no such attempt)."""

    site: str
    mode: str
    cents: int | None


class Verdict(Enum):
    """What to do with the words."""

    CREDIT = auto()
    TAKE_BACK = auto()
    REFUND = auto()
    REFUSED = auto()
    ABANDONED = auto()
    WAIT = auto()
    ORPHAN = auto()
    MISMATCH = auto()


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A verdict, and why, in words for the accountant."""

    verdict: Verdict
    why: str


_MEANS = {
    Said.PAID: (Verdict.CREDIT, "paiement accepté"),
    Said.TAKEN_BACK: (Verdict.TAKE_BACK, "paiement annulé par la banque"),
    Said.REFUNDED: (Verdict.REFUND, "remboursement par la banque"),
    Said.REFUSED: (Verdict.REFUSED, "paiement refusé par la banque"),
    Said.ABANDONED: (Verdict.ABANDONED, "paiement abandonné"),
    Said.WAITING: (Verdict.WAIT, "paiement à valider à la banque"),
}
_MOVES_MONEY = {Verdict.CREDIT, Verdict.TAKE_BACK, Verdict.REFUND}


def judge(told: Told, asked: Asked) -> Judgement:
    """Weigh a bank's words against what we asked for."""
    faults = _faults(told, asked)
    if faults:
        return Judgement(verdict=Verdict.MISMATCH, why=", ".join(faults))
    if told.said is Said.OTHER:
        return Judgement(verdict=Verdict.MISMATCH, why="état que Préau ne connaît pas")
    verdict, why = _MEANS[told.said]
    if asked.cents is None:
        if verdict in _MOVES_MONEY:
            return Judgement(verdict=Verdict.ORPHAN, why=f"{why}, pour une commande inconnue")
        return Judgement(verdict=Verdict.WAIT, why=f"{why}, pour une commande inconnue")
    if verdict is Verdict.REFUND and not 0 < told.cents <= asked.cents:
        return Judgement(verdict=Verdict.MISMATCH, why="remboursement de plus que le paiement")
    if verdict in {Verdict.CREDIT, Verdict.TAKE_BACK} and told.cents != asked.cents:
        return Judgement(
            verdict=Verdict.MISMATCH,
            why=f"montant de {told.cents} centimes au lieu de {asked.cents}",
        )
    return Judgement(verdict=verdict, why=why)


def _faults(told: Told, asked: Asked) -> list[str]:
    """What makes words unbelievable, whatever they say."""
    if not told.signed:
        return ["signature fausse"]
    checks = [
        (told.mode == asked.mode, f"mode {told.mode} au lieu de {asked.mode}"),
        (told.site == asked.site, "autre boutique"),
        (told.currency == EUR, f"devise {told.currency}"),
        (told.cents > 0, "montant nul"),
    ]
    return [said for right, said in checks if not right]
