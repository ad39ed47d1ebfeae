"""What a tariff says badly though it can be read: holes, overlaps, columns nobody uses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from preau.core.money import CENT, number_in_words
from preau.core.wording import listing
from preau.pricing.tariff.document import Tariff
from preau.pricing.tariff.errors import Place, in_words
from preau.pricing.tariff.grids import Bracket, Grid, overlap


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at before publishing. `grave`: families would have no price, or two."""

    place: Place
    sentence: str
    grave: bool = True

    @property
    def where(self) -> str:
        """The place in words: "grids.qf.brackets"."""
        return in_words(self.place)

    def __str__(self) -> str:
        return f"{self.where} : {self.sentence}"


def check_tariff(tariff: Tariff) -> list[Finding]:
    """Everything worth a look, grave things first."""
    found = [finding for grid in tariff.grids.values() for finding in _check_grid(tariff, grid)]
    found += _unused_columns(tariff)
    if not tariff.slots:
        sentence = (
            "sans cette table, les demandes des familles n’auront pas de prix : dites ce que font "
            "matin, midi et après-midi"
        )
        found.append(Finding(("slots",), sentence, grave=False))
    return sorted(found, key=lambda finding: not finding.grave)


def _check_grid(tariff: Tariff, grid: Grid) -> list[Finding]:
    place = ("grids", grid.name, "brackets")
    found = [
        Finding(place, f"le quotient {said} est dans deux tranches, {names}")
        for said, names in _overlaps(grid)
    ]
    small: list[str] = []
    edges = zip([None, *grid.ordered], [*grid.ordered, None], strict=True)
    for before, after in edges:
        hole = _Hole.between(before, after)
        if hole is None:
            continue
        sentence = hole.in_words(whole_only=tariff.decimals != "keep")
        if sentence:
            found.append(Finding(place, sentence))
        elif tariff.decimals == "keep" and not hole.tiny:
            small.append(hole.short)
    if small:
        found.append(Finding(place, _decimals(small), grave=False))
    return found


def _overlaps(grid: Grid) -> list[tuple[str, str]]:
    return [
        (
            number_in_words(after.low or Decimal(0)),
            f"« {before.label} » et « {after.label} » : la première écrite l’emporte",
        )
        for n, after in enumerate(grid.ordered)
        for before in grid.ordered[:n]
        if overlap(before, after)
    ]


def _decimals(small: list[str]) -> str:
    shown = listing(small[:3]) if len(small) <= 3 else f"{', '.join(small[:3])}…"
    return (
        f"un quotient à décimales n’a pas de prix entre {shown} : gardez les entiers avec "
        "« quotient: { decimals: drop } » (ou round)"
    )


@dataclass(frozen=True, slots=True)
class _Hole:
    low: Decimal
    low_in: bool
    high: Decimal | None
    high_in: bool
    names: str

    @classmethod
    def between(cls, before: Bracket | None, after: Bracket | None) -> _Hole | None:
        """What neither bracket holds; None when they touch."""
        if after is None:
            if before is None or before.high is None:
                return None
            after_last = f"après « {before.label} »"
            return cls(before.high, not before.high_in, None, high_in=True, names=after_last)
        low = Decimal(0) if before is None else before.high
        low_in = True if before is None else not before.high_in
        high = after.low or Decimal(0)
        high_in = not after.low_in
        if low is None or low > high or (low == high and not (low_in and high_in)):
            return None
        where = f"entre « {before.label} » et « {after.label} »" if before else "avant la première"
        return cls(low, low_in, high, high_in=high_in, names=where)

    @property
    def tiny(self) -> bool:
        """Whether no quotient to the cent falls in it."""
        return self.high is not None and self.high - self.low <= CENT

    @property
    def short(self) -> str:
        """ "550 et 551"."""
        high = "la suite" if self.high is None else number_in_words(self.high)
        return f"{number_in_words(self.low)} et {high}"

    def in_words(self, *, whole_only: bool) -> str:
        """The whole numbers in it, in a sentence; "" when there is none, only decimals."""
        first = self.low.to_integral_value(ROUND_CEILING)
        first += not self.low_in and first == self.low
        if self.high is None:
            return f"au-delà de {number_in_words(self.low)}, aucune tranche ({self.names})"
        last = self.high.to_integral_value(ROUND_FLOOR)
        last -= not self.high_in and last == self.high
        if last < first:
            return ""
        if first == last:
            more = "" if whole_only else " (ni ses décimales)"
            said = number_in_words(first) + more
            return f"le quotient {said} n’est dans aucune tranche, {self.names}"
        return (
            f"les quotients de {number_in_words(first)} à {number_in_words(last)} ne sont dans "
            f"aucune tranche, {self.names}"
        )


def _unused_columns(tariff: Tariff) -> list[Finding]:
    found = []
    for grid in tariff.grids.values():
        columns = dict.fromkeys(name for row in grid.brackets for name in row.prices)
        for column in columns:
            if column not in grid.used:
                sentence = "aucune prestation ne se sert de cette colonne"
                found.append(Finding(("grids", grid.name, column), sentence, grave=False))
    return found
