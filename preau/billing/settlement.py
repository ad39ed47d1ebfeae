"""Which payment paid for what: pure functions over the history of one account.

Whole cents, so that shares add up. Movements are taken in the order of their days. A credit goes
to the debts it was set against by choice, then to the oldest due; what is left waits for the next
debt. Inside a debt it is shared between its lines in proportion, by largest remainder; a voucher
counts the lines it may pay only, and never gives change. What a
credit note takes back counts as never billed, and a rejected payment as never made: give lines and
payments net of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Debt:
    """Something owed from a day on. `lines`: cents by line, each with a key of the caller's."""

    key: int
    on: date
    due_on: date
    lines: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Credit:
    """A payment, in cents. `chosen`: debts it was set against by hand, in cents by debt.

    `only_lines`: the lines a voucher may pay, by key; None where it may pay any.
    """

    key: int
    on: date
    cents: int
    chosen: Mapping[int, int] = field(default_factory=dict)
    only_lines: frozenset[int] | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """Cents of one line of one debt paid by one credit."""

    credit: int
    debt: int
    line: int
    cents: int


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """`parts` in the order they were settled; `unused` cents by credit; `open` cents by debt."""

    parts: list[Part]
    unused: dict[int, int]
    open: dict[int, int]


def settle(debts: Iterable[Debt], credits_: Iterable[Credit]) -> Settlement:
    """Settle a whole history. The sum of parts and of `unused` is the sum of the credits."""
    books = _Books(list(debts), list(credits_))
    for credit in books.credits:
        for debt_key, cents in credit.chosen.items():
            books.pay(credit, debt_key, cents)
    moves: list[tuple[date, int, Debt | Credit]] = [
        *((debt.on, 0, debt) for debt in books.debts),
        *((credit.on, 1, credit) for credit in books.credits),
    ]
    waiting: list[Credit] = []
    owed: list[Debt] = []
    for _, _, move in sorted(moves, key=lambda item: (item[0], item[1], item[2].key)):
        if isinstance(move, Debt):
            owed.append(move)
            for credit in waiting:
                books.pay(credit, move.key)
        else:
            waiting.append(move)
            for debt in sorted(owed, key=lambda each: (each.due_on, each.on, each.key)):
                books.pay(move, debt.key)
    return books.settlement()


class _Books:
    """What is left of each credit and of each line, while settling."""

    def __init__(self, debts: list[Debt], credits_: list[Credit]) -> None:
        self.debts, self.credits = debts, credits_
        self._lines = {debt.key: dict(debt.lines) for debt in debts}
        self._unused = {credit.key: credit.cents for credit in credits_}
        self._parts: list[Part] = []

    def pay(self, credit: Credit, debt: int, at_most: int | None = None) -> None:
        """Set what is possible of a credit against a debt."""
        lines, allowed = self._lines.get(debt, {}), credit.only_lines
        left = {key: cents for key, cents in lines.items() if allowed is None or key in allowed}
        cents = min(self._unused[credit.key], sum(left.values()))
        cents = cents if at_most is None else min(cents, at_most)
        if cents <= 0:
            return
        for line, share in shared(cents, left).items():
            if share:
                lines[line] -= share
                self._parts.append(Part(credit=credit.key, debt=debt, line=line, cents=share))
        self._unused[credit.key] -= cents

    def settlement(self) -> Settlement:
        owed = {key: sum(lines.values()) for key, lines in self._lines.items()}
        return Settlement(parts=self._parts, unused=self._unused, open=owed)


def shared(cents: int, weights: Mapping[int, int]) -> dict[int, int]:
    """Share `cents` in proportion to `weights`, by largest remainder; no share exceeds its weight.

    `cents` must not exceed the sum of the weights. Of equal remainders the larger weight, then the
    first one given, takes the cent.
    """
    total = sum(weights.values())
    if not 0 <= cents <= total:
        raise ValueError("More is shared than there is")
    if not total:
        return dict.fromkeys(weights, 0)
    shares = {key: cents * weight // total for key, weight in weights.items()}
    missing = cents - sum(shares.values())
    order = sorted(
        enumerate(weights), key=lambda item: _remainder_first(cents, total, weights, *item)
    )
    for _, key in order[:missing]:
        shares[key] += 1
    return shares


def _remainder_first(
    cents: int, total: int, weights: Mapping[int, int], place: int, key: int
) -> tuple[int, int, int]:
    return (-(cents * weights[key] % total), -weights[key], place)


def reduced(payments: Sequence[Credit], refunds: Iterable[tuple[date, int]]) -> list[Credit]:
    """Payments less what was given back: each refund takes from the latest payments before it,
    then, if need be, from later ones."""
    left = {payment.key: payment.cents for payment in payments}
    for on, refunded in sorted(refunds):
        cents = refunded
        before = [p for p in payments if p.on <= on]
        after = [p for p in payments if p.on > on]
        newest_first = sorted(before, key=lambda p: (p.on, p.key), reverse=True)
        for payment in [*newest_first, *sorted(after, key=lambda p: (p.on, p.key))]:
            taken = min(left[payment.key], cents)
            left[payment.key] -= taken
            cents -= taken
    return [replace(p, cents=left[p.key]) for p in payments if left[p.key]]
