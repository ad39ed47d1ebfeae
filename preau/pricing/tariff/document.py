"""A tariff once built: services, adjustments, grids, ready to price in a few microseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from preau.core.money import EXACT, ZERO, Rounding
from preau.pricing.tariff.case import Case
from preau.pricing.tariff.conditions import plain
from preau.pricing.tariff.facts import Fact, Family, Line
from preau.pricing.tariff.grids import Grid

type Value = Callable[[Case], Decimal]
type Test = Callable[[Case], bool]
type Stage = tuple[Decimal, Rounding]


class Nature(StrEnum):
    """What a service is, which the attestation needs to know."""

    CARE = "care"
    MEAL = "meal"
    OUTING = "outing"
    MEMBERSHIP = "membership"
    PENALTY = "penalty"
    OTHER = "other"


NATURES_IN_WORDS: Final = {
    Nature.CARE: "accueil",
    Nature.MEAL: "repas",
    Nature.OUTING: "sortie",
    Nature.MEMBERSHIP: "adhésion",
    Nature.PENALTY: "pénalité",
    Nature.OTHER: "autre",
}
# A reduction that names no service leaves these alone.
_APART: Final = {Nature.MEMBERSHIP, Nature.PENALTY}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRule:
    """How time becomes units: `unit` minutes each, `price` being for `price_for` minutes."""

    unit: Decimal
    price_for: Decimal
    mode: str = "up"
    minimum: Decimal = ZERO
    tolerance: Decimal = ZERO
    window: tuple[time, time] | None = None

    def units(self, minutes: Decimal) -> Decimal:
        """Units billed for so many minutes."""
        if minutes <= 0:
            return ZERO
        counted = max(minutes - self.tolerance, ZERO)
        whole, rest = divmod(counted, self.unit)
        more = (self.mode == "up" and rest > 0) or (
            self.mode == "nearest" and rest * 2 >= self.unit
        )
        if self.mode == "exact":
            return max(EXACT.divide(counted, self.unit), EXACT.divide(self.minimum, self.unit))
        least = EXACT.divide(self.minimum, self.unit).to_integral_value(ROUND_CEILING)
        return max(whole + more, least)


@dataclass(slots=True, kw_only=True)
class Service:
    """What is priced (prestation). `holds` says what it contains: half-days, meals, hours."""

    key: str
    label: str
    nature: Nature
    price: Value
    holds: Mapping[str, Decimal]
    stages: Mapping[str, Stage]
    time: TimeRule | None = None
    once: tuple[str, str] | None = None
    counts_days: bool = True
    adjustments: Sequence[Adjustment] = ()

    def minutes_of(self, line: Line) -> Decimal | None:
        """Minutes of the line that this service counts, None when the line says none."""
        window = self.time.window if self.time else None
        if line.start is None or line.end is None:
            return line.minutes
        start, end = line.start, line.end
        if window is not None:
            start, end = max(start, window[0]), min(end, window[1])
        lasting = (end.hour - start.hour) * 60 + end.minute - start.minute
        return Decimal(max(lasting, 0))

    def quantity_of(self, line: Line) -> Decimal:
        """Units of the line: as given, or from its time."""
        if self.time is None:
            return line.quantity
        minutes = self.minutes_of(line)
        return line.quantity if minutes is None else self.time.units(minutes) * line.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Aid:
    """A part that somebody else pays: so much a unit of the line, or of what the service holds."""

    payer: str
    amount: Value | None = None
    percent: Value | None = None
    units: Mapping[str, Value] = field(default_factory=dict)
    yearly: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A reduction, surcharge, aid or limit, applied in the order of the tariff."""

    label: str
    operation: str
    value: Value | None
    when: Test | None
    per: str = "unit"
    whose: str = "child"
    number: int = 0
    step: Stage | None = None
    aid: Aid | None = None

    def holds(self, case: Case) -> bool:
        """Whether it applies to this line."""
        return self.when is None or self.when(case)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactKind:
    """A fact that the tariff declares: a flag, a number, or one word of a list."""

    kind: str
    label: str
    choices: tuple[str, ...] = ()
    default: Fact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Communes that share a price. `counts`: for those who live there, work there, or either."""

    name: str
    communes: frozenset[str]
    counts: str = "lives"

    def holds(self, family: Family) -> bool:
        """Whether this family belongs to it."""
        lives = any(plain(name) in self.communes for name in family.communes)
        works = any(plain(name) in self.communes for name in family.works_in)
        return (lives and self.counts != "works") or (works and self.counts != "lives")


@dataclass(slots=True, kw_only=True)
class Tariff:
    """A tariff ready to price."""

    name: str
    valid_from: date | None
    valid_to: date | None
    day_kinds: tuple[str, ...]
    centres: tuple[str, ...]
    services: dict[str, Service]
    grids: dict[str, Grid]
    facts: dict[str, FactKind]
    zones: tuple[Zone, ...]
    outside: str
    decimals: str
    sibling_order: str
    year_starts: tuple[int, int]
    slots: tuple[tuple[frozenset[str], tuple[str, ...]], ...]
    outing: str
    adjustments: tuple[Adjustment, ...]
    stages: Mapping[str, Stage]
    deposit: Decimal | None
    document: Mapping[str, Any]
    adjusts_together: bool = False

    def __post_init__(self) -> None:
        self.adjusts_together = any(each.per not in ("unit", "line") for each in self.adjustments)

    def zones_of(self, family: Family) -> frozenset[str]:
        """Every zone the family belongs to; the outside one when there is none."""
        if family.zone:
            return frozenset({family.zone})
        found = frozenset(zone.name for zone in self.zones if zone.holds(family))
        return found or frozenset({self.outside})

    def quotient_as_read(self, quotient: Decimal | None) -> Decimal | None:
        """The quotient with its decimals kept, dropped or rounded, as the tariff says."""
        if quotient is None or self.decimals == "keep":
            return quotient
        mode = ROUND_DOWN if self.decimals == "drop" else ROUND_HALF_UP
        return quotient.quantize(Decimal(1), mode)

    def covers(self, day: date | None) -> bool:
        """Whether this tariff prices that day of care."""
        if day is None:
            return True
        after = self.valid_from is None or day >= self.valid_from
        return after and (self.valid_to is None or day <= self.valid_to)

    def services_for(self, slots: frozenset[str]) -> tuple[str, ...] | None:
        """What parts of a day make: the row with the most slots first, then the rest; None when
        the table does not say."""
        found: list[str] = []
        left = slots
        for needed, services in self.slots:
            if needed and needed <= left:
                found += services
                left -= needed
        return None if left else tuple(found)


def leaves_alone(nature: Nature) -> bool:
    """Whether adjustments that name no service spare this nature."""
    return nature in _APART
