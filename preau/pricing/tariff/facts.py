"""What a price is asked about: a family, its children, and a basket of lines. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType
from typing import Final

type Fact = bool | Decimal | str

NO_FACTS: Final[Mapping[str, Fact]] = MappingProxyType({})
ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What prices look at in a family. `quotient` is None when unknown or expired: top price.

    `communes` are where it lives, `works_in` where a parent works; `zone` says the answer itself.
    """

    quotient: Decimal | None = None
    scheme: str = ""
    communes: tuple[str, ...] = ()
    works_in: tuple[str, ...] = ()
    zone: str = ""
    children_count: int = 0
    facts: Mapping[str, Fact] = NO_FACTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A child of the family. `rank` 0: counted from the birth dates, else from the order given."""

    key: str
    name: str = ""
    birth_date: date | None = None
    age: int | None = None
    rank: int = 0
    facts: Mapping[str, Fact] = NO_FACTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing to price: a service for a child on a day, `quantity` times.

    `minutes` (or the hours `start` and `end`) serve services that count time; `cost` those that
    take a part of a real cost, in euros. `key` is the asker's own, and comes back in the answer.
    """

    service: str
    child: str = ""
    day: date | None = None
    quantity: Decimal = ONE
    minutes: Decimal | None = None
    start: time | None = None
    end: time | None = None
    cost: Decimal | None = None
    rank: int = 0
    age: int | None = None
    day_kind: str = ""
    late: bool = False
    absent: bool = False
    unbooked: bool = False
    cancelled_days_before: int | None = None
    facts: Mapping[str, Fact] = NO_FACTS
    key: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """Lines priced together. `history`: earlier lines that count (packages, yearly ceilings);
    `used`: units of an aid already used this year, by the aid's label then unit."""

    family: Family = field(default_factory=Family)
    children: tuple[Child, ...] = ()
    lines: tuple[Line, ...] = ()
    history: tuple[Line, ...] = ()
    used: Mapping[str, Mapping[str, Decimal]] = MappingProxyType({})
