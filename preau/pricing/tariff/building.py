"""From plain data to a tariff ready to price; every complaint names its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from preau.core.money import CENT, Rounding
from preau.core.wording import listing
from preau.pricing.tariff.adjusting import build_adjustments
from preau.pricing.tariff.case import Case
from preau.pricing.tariff.conditions import build_test, parse_day, parse_hour, plain
from preau.pricing.tariff.document import (
    FactKind,
    Nature,
    Service,
    Stage,
    Tariff,
    TimeRule,
    Zone,
)
from preau.pricing.tariff.errors import Place, PricingError, TariffError
from preau.pricing.tariff.grids import Bracket, Grid
from preau.pricing.tariff.reading import line_of, number, read_text
from preau.pricing.tariff.schema import check_shape
from preau.pricing.tariff.values import build_step, build_value

STAGES: Final = ("price", "unit", "line", "total")
SLOTS: Final = ("morning", "midday", "afternoon")
_USUAL_STAGES: Final[Mapping[str, Stage]] = {"line": (CENT, Rounding.HALF_UP)}


def load_tariff(text: str) -> Tariff:
    """A tariff from its file. TariffError, one French sentence with the line and the place."""
    data = read_text(text)
    try:
        return build_tariff(data)
    except TariffError as error:
        raise error.at_line(line_of(text, error.place)) from error


def build_tariff(data: Any) -> Tariff:
    """A tariff from plain data. TariffError naming the place."""
    if not isinstance(data, dict):
        raise TariffError("un tarif est un ensemble de clés (name, services...)")
    check_shape(data)
    return Builder(data).tariff()


class Builder:
    """What the parts of a tariff need to know of each other while they are built."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.service_names = frozenset(data["services"])
        self.outside = str(data.get("outside", "outside"))
        self.zone_names = {*data.get("zones", {}), self.outside}
        self.facts = {key: _fact(key, value) for key, value in data.get("facts", {}).items()}
        self.grids: dict[str, Grid] = {}
        self.service_being_built = ""
        self._prices: dict[str, Callable[[Case], Decimal]] = {}
        self._being_built: list[str] = []

    def tariff(self) -> Tariff:
        """The whole tariff. TariffError naming the first place that is wrong."""
        data = self.data
        valid_from, valid_to = _day(data, "valid_from"), _day(data, "valid_to")
        if valid_from and valid_to and valid_to < valid_from:
            raise TariffError("le dernier jour est avant le premier", ("valid_to",))
        for name in data.get("grids", {}):
            self.grids[name] = self._grid(name)
        services = {key: self._service(key) for key in data["services"]}
        adjustments = build_adjustments(self, data.get("adjustments", []), services)
        outing = str(data.get("outing", ""))
        if outing:
            self.check_service(outing, ("outing",))
        deposit = data.get("deposit")
        return Tariff(
            name=data["name"],
            valid_from=valid_from,
            valid_to=valid_to,
            day_kinds=tuple(data.get("days", ())),
            centres=tuple(data.get("centres", ())),
            services=services,
            grids=self.grids,
            facts=self.facts,
            zones=tuple(_zone(key, value) for key, value in data.get("zones", {}).items()),
            outside=self.outside,
            decimals=data.get("quotient", {}).get("decimals", "keep"),
            sibling_order=data.get("siblings", {}).get("order", "oldest"),
            year_starts=_year_starts(data.get("year_starts", "01-01")),
            slots=self._slots(),
            outing=outing,
            adjustments=adjustments,
            stages=_stages(data.get("rounding"), ("rounding",)) or _USUAL_STAGES,
            deposit=_needed_number(deposit["percent"], ("deposit", "percent")) if deposit else None,
            document=data,
        )

    def check_service(self, key: str, place: Place) -> None:
        """Refuse the name of a service that the tariff has not."""
        if key not in self.service_names:
            names = listing([f"« {name} »" for name in sorted(self.service_names)])
            raise TariffError(f"prestation inconnue « {key} » ; le tarif a {names}", place)

    def price_of_service(self, key: str, place: Place) -> Callable[[Case], Decimal]:
        """The price of a service, for another that counts on it."""
        if key in self._being_built:
            raise TariffError(f"le prix de « {key} » dépend de lui-même", place)
        if key not in self._prices:
            outer = self.service_being_built
            self._being_built.append(key)
            self.service_being_built = key
            price = build_value(
                self, self.data["services"][key]["price"], ("services", key, "price")
            )
            self._prices[key] = price
            self._being_built.pop()
            self.service_being_built = outer
        return self._prices[key]

    def _service(self, key: str) -> Service:
        data, place = self.data["services"][key], ("services", key)
        nature = Nature(data["nature"])
        rule = _time(data["time"], (*place, "time")) if "time" in data else None
        once = data.get("once")
        return Service(
            key=key,
            label=data.get("label", key),
            nature=nature,
            price=self.price_of_service(key, place),
            holds={
                unit: _needed_number(count, (*place, "holds", unit))
                for unit, count in data.get("holds", {}).items()
            },
            stages=_stages(data.get("rounding"), (*place, "rounding")),
            time=rule,
            once=(once.get("within", "year"), once.get("per", "family")) if once else None,
            counts_days=data.get("counts_days", nature is Nature.CARE),
        )

    def _grid(self, name: str) -> Grid:
        data, place = self.data["grids"][name], ("grids", name)
        settings = self.data.get("quotient", {})
        rows = data["brackets"]
        labels = [row.get("label") or str(n) for n, row in enumerate(rows, start=1)]
        for n, label in enumerate(labels):
            if label in labels[:n]:
                raise TariffError(f"deux tranches s’appellent « {label} »", (*place, "brackets", n))
        brackets = [
            self._bracket(row, labels[n], (*place, "brackets", n)) for n, row in enumerate(rows)
        ]
        missing = settings.get("missing", "top")
        grid = Grid(name, brackets, missing=missing, holes=settings.get("holes", "refuse"))
        if not grid.ordered:
            raise TariffError("il faut au moins une tranche de quotient", (*place, "brackets"))
        return grid

    def _bracket(self, row: Mapping[str, Any], label: str, place: Place) -> Bracket:
        for one, other in (("from", "above"), ("to", "below")):
            if one in row and other in row:
                raise TariffError(f"« {one} » et « {other} » ne vont pas ensemble", place)
        low, high = row.get("from", row.get("above")), row.get("to", row.get("below"))
        found_low = None if low is None else _needed_number(low, place)
        found_high = None if high is None else _needed_number(high, place)
        if found_low is not None and found_high is not None and found_high < found_low:
            raise TariffError(f"la tranche « {label} » finit avant de commencer", place)
        return Bracket(
            label=label,
            low=found_low,
            low_in="above" not in row,
            high=found_high,
            high_in="below" not in row,
            when=build_test(self, row["when"], (*place, "when")) if "when" in row else None,
            prices={
                column: build_value(self, cell, (*place, "prices", column))
                for column, cell in row["prices"].items()
                if cell is not None
            },
        )

    def _slots(self) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
        found = []
        for n, row in enumerate(self.data.get("slots", [])):
            for key in row["services"]:
                self.check_service(key, ("slots", n, "services"))
            found.append((frozenset(row["slots"]), tuple(row["services"])))
        # The whole day before its parts.
        return tuple(sorted(found, key=lambda row: -len(row[0])))


def _stages(data: Any, place: Place) -> dict[str, Stage]:
    stages: dict[str, Stage] = {}
    for key, value in (data or {}).items():
        rule = value if isinstance(value, dict) else {"step": value}
        stages[key] = build_step(rule, (*place, key))
        if key in {"line", "total"} and stages[key][0] < CENT:
            raise TariffError(
                "une ligne et un total s’arrondissent au centime au moins", (*place, key)
            )
    if stages and "line" not in stages and "total" not in stages and place == ("rounding",):
        stages["line"] = (CENT, Rounding.HALF_UP)
    return stages


def _fact(key: str, data: Mapping[str, Any]) -> FactKind:
    kind, choices = data["kind"], tuple(data.get("choices", ()))
    default = data.get("default")
    if kind == "flag":
        default = bool(default)
    elif kind == "number":
        default = None if default is None else _needed_number(default, ("facts", key, "default"))
    elif not choices:
        raise TariffError("un choix a ses mots sous « choices »", ("facts", key))
    return FactKind(kind=kind, label=data.get("label", key), choices=choices, default=default)


def _zone(name: str, data: Mapping[str, Any]) -> Zone:
    communes = frozenset(plain(each) for each in data["communes"])
    return Zone(name=name, communes=communes, counts=data.get("counts", "lives"))


def _time(data: Mapping[str, Any], place: Place) -> TimeRule:
    unit = _needed_number(data["unit"], (*place, "unit"))
    window = data.get("window")
    if window is not None:
        window = tuple(parse_hour(text, (*place, "window", n)) for n, text in enumerate(window))
    return TimeRule(
        unit=unit,
        price_for=_needed_number(data.get("price_for", unit), (*place, "price_for")),
        mode=data.get("round", "up"),
        minimum=_needed_number(data.get("minimum", 0), (*place, "minimum")),
        tolerance=_needed_number(data.get("tolerance", 0), (*place, "tolerance")),
        window=window,
    )


def _needed_number(value: object, place: Place) -> Decimal:
    found = number(value)
    if found is None:
        raise TariffError("un nombre est attendu", place)
    return found


def _day(data: Mapping[str, Any], key: str) -> date | None:
    value = data.get(key)
    return None if value is None else parse_day(value, (key,))


def _year_starts(text: str) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise TariffError('un jour comme "09-01" est attendu', ("year_starts",)) from None
    return day.month, day.day


__all__ = ["Builder", "PricingError", "build_tariff", "load_tariff"]
