"""One line while it is being priced, and what it may ask about the others of its basket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from preau.core.money import EXACT, ZERO
from preau.pricing.tariff.errors import PricingError
from preau.pricing.tariff.facts import Basket, Child, Fact, Family, Line

if TYPE_CHECKING:
    from preau.pricing.tariff.document import Service, Tariff

SCOPES: Final = ("line", "day", "week", "month", "year", "basket")
type ScopeKey = tuple[object, ...]
type DayKey = tuple[date | None, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an amount: `operation` on the amount before with `operand` gives `result`.

    Operations: price (the operand is the price of a unit), add, percent (of the amount before),
    times, floor, cap, set, round (gives the operand), note (changes nothing).
    """

    operation: str
    operand: Decimal
    result: Decimal
    text: str


@dataclass(slots=True)
class Entry:
    """A line of the basket or of its history, as counting sees it."""

    line: Line
    service: Service
    past: bool
    days: tuple[DayKey, ...]


class Shared:
    """What the lines of one basket share. Counted once, and only when a rule asks."""

    __slots__ = ("_entries", "_order", "_years", "basket", "cases", "tariff", "used")

    def __init__(self, tariff: Tariff, basket: Basket) -> None:
        self.tariff, self.basket = tariff, basket
        self.cases: list[Case] = []
        self.used: dict[tuple[str, str, ScopeKey], Decimal] = {}
        self._entries: list[Entry] | None = None
        self._order: dict[str, int] | None = None

    @property
    def entries(self) -> list[Entry]:
        """Every line, past ones first, in order of day then as given."""
        if self._entries is None:
            units: dict[tuple[str, str], int] = {}
            past = [(line, True) for line in self.basket.history]
            present = [(case.line, False) for case in self.cases]
            self._entries = [
                Entry(line, service, was, _days_of(line, service, units))
                for line, was in past + present
                if (service := self.tariff.services.get(line.service)) is not None
            ]
        return self._entries

    def scope_of(self, line: Line, within: str) -> ScopeKey:
        """What lines must share to count together: the same week, month..."""
        day = line.day
        if within == "basket" or day is None:
            return ()
        if within == "day":
            return (day,)
        if within == "week":
            return tuple(day.isocalendar()[:2])
        if within == "month":
            return (day.year, day.month)
        return (day.year - ((day.month, day.day) < self.tariff.year_starts),)

    def together(self, line: Line, within: str, whose: str = "child") -> Iterator[Entry]:
        """Entries of the same child (or of the whole family) in the same stretch of time."""
        scope = self.scope_of(line, within)
        for entry in self.entries:
            same = whose == "family" or entry.line.child == line.child
            # The basket is what is asked now: what is past is not in it.
            if entry.past and within == "basket":
                continue
            if same and self.scope_of(entry.line, within) == scope:
                yield entry

    def days_within(self, line: Line, within: str, whose: str = "child") -> set[tuple[DayKey, str]]:
        """Distinct days of care of the child in the stretch of time of `line`."""
        return {
            (day, entry.line.child if whose == "family" else "")
            for entry in self.together(line, within, whose)
            if entry.service.counts_days
            for day in entry.days
        }

    @property
    def order(self) -> dict[str, int]:
        """Position of each child among brothers and sisters, from 1, as the tariff orders them."""
        if self._order is None:
            known = list(self.basket.children)
            named = {child.key for child in known}
            lines = [*self.basket.history, *self.basket.lines]
            seen = dict.fromkeys(line.child for line in lines if line.child not in named)
            known += [Child(key=key) for key in seen]
            births = [child.birth_date for child in known]
            how = self.tariff.sibling_order
            if how != "given" and all(births):
                known.sort(
                    key=lambda child: child.birth_date or date.min, reverse=how == "youngest"
                )
            self._order = {child.key: n for n, child in enumerate(known, start=1)}
        return self._order

    def children_within(self, line: Line, within: str) -> list[str]:
        """Children of the family cared for in the same stretch of time, in order."""
        keys = {
            entry.line.child
            for entry in self.together(line, within, "family")
            if entry.service.counts_days
        } | {line.child}
        return sorted(keys, key=lambda key: self.order.get(key, 0))


def _days_of(line: Line, service: Service, units: dict[tuple[str, str], int]) -> tuple[DayKey, ...]:
    """The days a line makes. Five units of one day stand for five days, unless time is counted;
    without a date, each unit of a service is another day."""
    number = 1 if service.time else max(int(line.quantity), 1)
    if line.day is not None:
        return tuple((line.day, n) for n in range(number))
    first = units.get((line.child, line.service), 0)
    units[line.child, line.service] = first + number
    return tuple((None, first + n) for n in range(number))


class Case:
    """One line being priced. `unit` is the price of one, until `amount` replaces it."""

    __slots__ = (
        "_age",
        "_zones",
        "amount",
        "child",
        "family",
        "group",
        "line",
        "quantity",
        "quotient",
        "service",
        "shared",
        "shares",
        "shift",
        "steps",
        "unit",
    )

    def __init__(
        self, shared: Shared, line: Line, service: Service, child: Child, *, explain: bool
    ) -> None:
        self.shared, self.line, self.service, self.child = shared, line, service, child
        self.family: Family = shared.basket.family
        self.quotient = shared.tariff.quotient_as_read(self.family.quotient)
        self.quantity = service.quantity_of(line)
        self.unit = self.amount = ZERO
        self.shift = 0
        self.group: ScopeKey | None = None
        self.shares: list[tuple[str, Decimal]] = []
        self.steps: list[Step] | None = [] if explain else None
        self._zones: frozenset[str] | None = None

    def say(self, operation: str, operand: Decimal, result: Decimal, text: str) -> None:
        """Keep a step of the explanation; called only when one is wanted."""
        if self.steps is not None:
            self.steps.append(Step(operation, operand, result, text))

    def note(self, text: str) -> None:
        """Keep a sentence that changes no amount."""
        if self.steps is not None:
            self.steps.append(Step("note", ZERO, ZERO, text))

    @property
    def scheme(self) -> str:
        """The scheme in small letters; without quotient nor scheme, "other"."""
        return self.family.scheme or ("other" if self.family.quotient is None else "")

    @property
    def zones(self) -> frozenset[str]:
        """Zones of the tariff this family belongs to; the outside one when it is in none."""
        if self._zones is None:
            self._zones = self.shared.tariff.zones_of(self.family)
        return self._zones

    @property
    def age(self) -> int | None:
        """Whole years of the child on the day of care."""
        if self.line.age is not None:
            return self.line.age
        birth, day = self.child.birth_date, self.line.day
        if self.child.age is not None or birth is None or day is None:
            return self.child.age
        return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))

    def rank(self, within: str = "") -> int:
        """Rank among brothers and sisters: of the family, or of those there the same day..."""
        if self.line.rank:
            return self.line.rank
        if within:
            return self.shared.children_within(self.line, within).index(self.line.child) + 1
        return self.child.rank or self.shared.order.get(self.line.child, 1)

    def children_count(self, within: str = "") -> int:
        """How many children: of the family, or of those there the same day, week..."""
        if within:
            return len(self.shared.children_within(self.line, within))
        ranks = [child.rank for child in self.shared.basket.children]
        return self.family.children_count or max(1, len(self.shared.order), self.line.rank, *ranks)

    def fact(self, name: str) -> Fact | None:
        """A fact declared by the tariff: of the line, else of the child, else of the family."""
        for facts in (self.line.facts, self.child.facts, self.family.facts):
            if name in facts:
                return facts[name]
        return self.shared.tariff.facts[name].default

    def minutes(self) -> Decimal:
        """The time of the line. PricingError when it has none."""
        found = self.service.minutes_of(self.line)
        if found is None:
            raise PricingError(
                f"La prestation « {self.service.label} » compte du temps : il manque les minutes "
                "(ou les heures de début et de fin)."
            )
        return found

    def number(self, name: str) -> Decimal:
        """A number by its name in a tariff: cost, hours, age, a declared fact..."""
        return _NUMBERS[name](self) if name in _NUMBERS else self._declared(name)

    def _declared(self, name: str) -> Decimal:
        value = self.fact(name)
        if not isinstance(value, Decimal):
            raise PricingError(f"Il manque « {name} » pour calculer ce prix.")
        return value

    def known_quotient(self) -> Decimal:
        """The quotient. PricingError without one: only a cap can then say the top price."""
        if self.quotient is None:
            raise NoQuotientError(
                "Sans quotient familial, ce tarif ne dit pas de prix : il lui faut un plafond "
                "(max) ou un prix sans quotient."
            )
        return self.quotient


class NoQuotientError(PricingError):
    """The price needs a quotient and none is known."""


def _cost(case: Case) -> Decimal:
    if case.line.cost is None:
        raise PricingError(
            f"La prestation « {case.service.label} » dépend d’un coût : il manque « cost »."
        )
    return case.line.cost


def _age(case: Case) -> Decimal:
    if case.age is None:
        raise PricingError("Il manque l’âge ou la date de naissance de l’enfant.")
    return Decimal(case.age)


_NUMBERS: Final[Mapping[str, Callable[[Case], Decimal]]] = {
    "quotient": Case.known_quotient,
    "cost": _cost,
    "age": _age,
    "minutes": Case.minutes,
    "hours": lambda case: EXACT.divide(case.minutes(), Decimal(60)),
    "quantity": lambda case: case.quantity,
    "rank": lambda case: Decimal(case.rank()),
    "children_count": lambda case: Decimal(case.children_count()),
}
NUMBER_NAMES: Final = tuple(_NUMBERS)
