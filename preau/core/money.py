"""Amounts of euros: THE rounding function of the whole program, and how amounts are written.

Amounts are `Decimal`, never binary floats: 19.425 is 19.43, and a float would say 19.42.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from preau.core.wording import MINUS, NO_BREAK, THIN

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal(0)
# Thirds and sevenths are cut at 60 digits, then closed again here: a third of 3 is 1, and half a
# cent that division left one hair short is still half a cent.
_GUARD: Final = Decimal(1).scaleb(-24)
EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)


class Rounding(StrEnum):
    """To the nearest step, half away from zero (the rule of money); or always up, or down."""

    HALF_UP = "half_up"
    UP = "up"
    DOWN = "down"


_MODES: Final = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.UP: ROUND_CEILING,
    Rounding.DOWN: ROUND_FLOOR,
}


def rounded(amount: Decimal, step: Decimal = CENT, mode: Rounding = Rounding.HALF_UP) -> Decimal:
    """Round to a multiple of `step` (0.01, 0.05, 0.10...), half away from zero unless told.

    The answer always shows cents at least. ValueError when the step is not positive.
    """
    if step == CENT and mode is Rounding.HALF_UP:
        exponent = amount.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -24:
            amount = amount.quantize(_GUARD, ROUND_HALF_UP, EXACT)
        return amount.quantize(CENT, ROUND_HALF_UP, EXACT)
    if step <= 0:
        raise ValueError("A rounding step is positive")
    closed = amount.quantize(_GUARD, ROUND_HALF_UP, EXACT)
    steps = EXACT.divide(closed, step).quantize(_GUARD, ROUND_HALF_UP, EXACT)
    whole = steps.quantize(Decimal(1), _MODES[mode], EXACT)
    result = EXACT.multiply(whole, step)
    return result.quantize(CENT, ROUND_HALF_UP, EXACT) if step >= CENT else result


def in_words(amount: Decimal) -> str:
    """Write an amount of any precision: "10,05 €", "19,425 €", "−1 234,50 €".

    Unlike `wording.euros`, it also shows what is not yet rounded; useless zeros beyond the cents
    are left out, and what never ends is cut at six digits with "…".
    """
    shown = number_in_words(abs(amount), least=2)
    return f"{MINUS if amount < 0 else ''}{shown}{NO_BREAK}€"


@lru_cache(maxsize=4096)  # a run writes the same few prices a hundred thousand times
def number_in_words(value: Decimal, *, least: int = 0) -> str:
    """Write a number as French people do: "1 234,5"; `least` digits after the comma at least."""
    cut = value.quantize(Decimal("0.000001"), ROUND_HALF_UP, EXACT)
    whole, _, decimals = f"{abs(cut):f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    digits = f"{int(whole):,}".replace(",", THIN) + (f",{decimals}" if decimals else "")
    more = "…" if cut != value else ""
    return f"{MINUS if value < 0 else ''}{digits}{more}"
