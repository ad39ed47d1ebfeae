"""A line before it is printed: what a run prepares, what an issued paper keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from preau.core.money import ZERO, rounded


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one line says. `amount` is positive euros; in a credit note it takes off.

    `fact` names the billed thing and `revision` how often it was billed before; `corrects` is the
    id of the line that a credit note takes back.
    """

    centre_id: int
    on: date
    wording: str
    service: str
    nature: str
    amount: Decimal
    child_id: int | None = None
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    fact: str | None = None
    revision: int = 0
    corrects: int | None = None
    explanation: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For a draft: amounts and dates as text."""
        return {
            **vars(self),
            "on": self.on.isoformat(),
            "amount": str(self.amount),
            "quantity": str(self.quantity),
            "unit_price": None if self.unit_price is None else str(self.unit_price),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Line:
        """The other way round."""
        return cls(
            **{
                **stored,
                "on": date.fromisoformat(stored["on"]),
                "amount": Decimal(stored["amount"]),
                "quantity": Decimal(stored["quantity"]),
                "unit_price": Decimal(stored["unit_price"]) if stored["unit_price"] else None,
            }
        )


def total_of(lines: Iterable[Line]) -> Decimal:
    """Their sum, to the cent."""
    return rounded(sum((line.amount for line in lines), ZERO))
