"""Brackets: which one a quotient falls in, with the bounds as they are published."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from preau.core.money import number_in_words
from preau.pricing.tariff.case import Case
from preau.pricing.tariff.errors import PricingError

type Value = Callable[[Case], Decimal]
type Test = Callable[[Case], bool]

_FIRST: Final = (Decimal("-Infinity"), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """One row of a grid. `low` None: from nought; `high` None: no end; `when`: for these families
    whatever their quotient. `low_in` and `high_in` say whether the bound itself is inside."""

    label: str
    low: Decimal | None = None
    low_in: bool = True
    high: Decimal | None = None
    high_in: bool = True
    when: Test | None = None
    prices: Mapping[str, Value]

    @property
    def start(self) -> tuple[Decimal, int]:
        """Where it starts, so that brackets sort and search by it."""
        return _FIRST if self.low is None else (self.low, 0 if self.low_in else 1)

    def holds(self, quotient: Decimal) -> bool:
        """Whether the quotient is inside, as published."""
        if self.start > (quotient, 0):
            return False
        if self.high is None:
            return True
        return quotient <= self.high if self.high_in else quotient < self.high

    @property
    def bounds(self) -> str:
        """ "de 651 à 750", "moins de 450", "plus de 1500"."""
        if self.low is None and self.high is None:
            return "tous quotients"
        if self.high is None:
            word = "à partir de" if self.low_in else "plus de"
            return f"{word} {number_in_words(self.low or Decimal(0))}"
        high = number_in_words(self.high)
        if not self.low and self.low_in:
            return f"jusqu’à {high}" if self.high_in else f"moins de {high}"
        low = number_in_words(self.low or Decimal(0))
        start = f"de {low}" if self.low_in else f"plus de {low}"
        return f"{start} à {high}" if self.high_in else f"{start} à moins de {high}"


class Grid:
    """The brackets of a tariff, searched by halves when they do not overlap."""

    def __init__(self, name: str, brackets: Sequence[Bracket], *, missing: str, holes: str) -> None:
        self.name, self.brackets, self.holes = name, tuple(brackets), holes
        self.used: set[str] = set()
        self.special = [each for each in brackets if each.when is not None]
        self.ordered = sorted((b for b in brackets if b.when is None), key=lambda b: b.start)
        self.starts = [bracket.start for bracket in self.ordered]
        self.overlapping = any(
            overlap(before, after)
            for n, after in enumerate(self.ordered)
            for before in self.ordered[:n]
        )
        self.missing = next((b for b in brackets if b.label == missing), None)

    def bracket_of(self, case: Case) -> Bracket:
        """The row of this family. PricingError when its quotient is in none."""
        for bracket in self.special:
            if bracket.when is not None and bracket.when(case):
                return bracket
        if case.quotient is None:
            return self.missing or self.ordered[-1]
        at = self._position(case.quotient)
        if case.shift:
            at = min(max(at + case.shift, 0), len(self.ordered) - 1)
        return self.ordered[at]

    def _position(self, quotient: Decimal) -> int:
        if self.overlapping:
            # What is published twice: the first written wins.
            for bracket in self.brackets:
                if bracket.when is None and bracket.holds(quotient):
                    return self.ordered.index(bracket)
        at = bisect_right(self.starts, (quotient, 0)) - 1
        if at >= 0 and self.ordered[at].holds(quotient):
            return at
        if self.holes == "lower" and at >= 0:
            return at
        if self.holes == "higher" and at + 1 < len(self.ordered):
            return at + 1
        raise PricingError(
            f"Le quotient {number_in_words(quotient)} n’est dans aucune tranche de la grille "
            f"« {self.name} »."
        )


def overlap(before: Bracket, after: Bracket) -> bool:
    """Whether two brackets, `before` starting first, hold a quotient in common."""
    if before.high is None:
        return True
    low = after.low if after.low is not None else Decimal(0)
    if before.high == low:
        return before.high_in and after.low_in
    return before.high > low
