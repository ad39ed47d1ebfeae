"""Two versions of a tariff side by side, and what it changes for families."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from preau.core.money import ZERO, number_in_words
from preau.pricing.tariff.document import Tariff
from preau.pricing.tariff.engine import quote
from preau.pricing.tariff.errors import Place, PricingError, in_words
from preau.pricing.tariff.facts import Basket, Family, Line


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs; an empty side means it is not there."""

    place: str
    before: str
    after: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every place where two documents differ, in the order of the second."""
    old, new = dict(_leaves(before, ())), dict(_leaves(after, ()))
    places = list(dict.fromkeys([*new, *old]))
    return [
        Difference(in_words(place), old.get(place, ""), new.get(place, ""))
        for place in places
        if old.get(place) != new.get(place)
    ]


def _leaves(data: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from _leaves(value, (*place, key))
    elif isinstance(data, list) and data:
        for n, value in enumerate(data):
            # Rows of a grid are known by their name: a row added is not all rows changed.
            label = value.get("label") if isinstance(value, Mapping) else None
            yield from _leaves(value, (*place, str(label) if label else n))
    else:
        yield place, number_in_words(data) if isinstance(data, Decimal) else str(data)


@dataclass(kw_only=True)
class ServiceChange:
    """What becomes of the price of a service: how many families pay more, less, or the same."""

    label: str
    more: int = 0
    less: int = 0
    same: int = 0
    unpriced: int = 0
    largest_rise: Decimal = ZERO
    largest_fall: Decimal = ZERO


def changes_for(
    before: Tariff, after: Tariff, families: Iterable[tuple[Family, int]]
) -> list[ServiceChange]:
    """For each service of both, the price of one unit for these families (each with its number)."""
    counted = list(families)
    found = []
    for key in before.services.keys() & after.services.keys():
        change = ServiceChange(label=after.services[key].label)
        for family, number in counted:
            _count(
                change, price_of_one(before, key, family), price_of_one(after, key, family), number
            )
        found.append(change)
    return sorted(found, key=lambda change: list(after.services).index(_key_of(after, change)))


def _key_of(tariff: Tariff, change: ServiceChange) -> str:
    return next(key for key, each in tariff.services.items() if each.label == change.label)


def _count(change: ServiceChange, was: Decimal | None, will: Decimal | None, number: int) -> None:
    if was is None or will is None:
        change.unpriced += number
    elif will == was:
        change.same += number
    elif will > was:
        change.more += number
        change.largest_rise = max(change.largest_rise, will - was)
    else:
        change.less += number
        change.largest_fall = max(change.largest_fall, was - will)


def price_of_one(tariff: Tariff, service: str, family: Family) -> Decimal | None:
    """One unit of a service for a family, None where the tariff does not say (a cost, a hole)."""
    line = Line(service=service)
    try:
        return quote(tariff, Basket(family=family, lines=(line,))).total
    except PricingError:
        return None
