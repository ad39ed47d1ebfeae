"""Amounts of a tariff as functions of a case: numbers, grids, choices, rates, lines, packages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from preau.core.money import EXACT, ZERO, Rounding, in_words, number_in_words, rounded
from preau.core.wording import listing
from preau.pricing.tariff.case import NUMBER_NAMES, SCOPES, Case, NoQuotientError
from preau.pricing.tariff.conditions import build_test
from preau.pricing.tariff.errors import Place, PricingError, TariffError
from preau.pricing.tariff.reading import number

if TYPE_CHECKING:
    from preau.pricing.tariff.building import Builder
    from preau.pricing.tariff.grids import Grid

type Value = Callable[[Case], Decimal]

# What may stand beside the main key of an amount.
_BESIDES: Final[Mapping[str, frozenset[str]]] = {
    "grid": frozenset({"column"}),
    "choose": frozenset(),
    "line": frozenset({"of"}),
    "rate": frozenset({"of"}),
    "percent": frozenset({"of"}),
    "sum": frozenset(),
    "product": frozenset(),
    "difference": frozenset(),
    "divide": frozenset(),
    "lowest": frozenset(),
    "highest": frozenset(),
    "round": frozenset({"step", "mode"}),
    "service": frozenset(),
    "package": frozenset({"extra", "repeat", "within", "for"}),
}
_CLAMPS: Final = frozenset({"min", "max"})
_HUNDRED: Final = Decimal(100)


def build_value(build: Builder, data: Any, place: Place) -> Value:
    """An amount from its data. TariffError naming the place."""
    fixed = number(data)
    if fixed is not None:
        return lambda _: fixed
    if isinstance(data, str):
        return _named(build, data, place)
    if not isinstance(data, dict):
        raise TariffError("un montant est un nombre ou un ensemble de clés", place)
    mains = [key for key in data if key in _BUILDERS]
    if len(mains) != 1:
        names = listing([f"« {name} »" for name in _BUILDERS])
        raise TariffError(f"il faut une de ces clés, et une seule : {names}", place)
    for key in data:
        if key != mains[0] and key not in _BESIDES[mains[0]] | _CLAMPS:
            raise TariffError(f"cette clé ne va pas avec « {mains[0]} »", (*place, key))
    value = _BUILDERS[mains[0]](build, data, place)
    return _clamped(build, value, data, place)


def _named(build: Builder, name: str, place: Place) -> Value:
    fact = build.facts.get(name)
    if name in NUMBER_NAMES or (fact is not None and fact.kind == "number"):
        return lambda case: case.number(name)
    known = listing([f"« {each} »" for each in NUMBER_NAMES])
    raise TariffError(
        f"« {name} » n’est ni un nombre, ni un fait de ce tarif, ni un de ces noms : {known}", place
    )


def _clamped(build: Builder, value: Value, data: Mapping[str, Any], place: Place) -> Value:
    """Floor (`min`) and cap (`max`); without quotient, the cap is the top price."""
    least = build_value(build, data["min"], (*place, "min")) if "min" in data else None
    most = build_value(build, data["max"], (*place, "max")) if "max" in data else None
    if least is None and most is None:
        return value

    def clamped(case: Case) -> Decimal:
        try:
            found = value(case)
        except NoQuotientError:
            if most is None:
                raise
            top = most(case)
            case.note(f"sans quotient connu : le plafond, {in_words(top)}")
            return top
        if least is not None and found < (low := least(case)):
            case.note(f"pas moins que le plancher, {in_words(low)}")
            return low
        if most is not None and found > (high := most(case)):
            case.note(f"pas plus que le plafond, {in_words(high)}")
            return high
        return found

    return clamped


def _grid(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    grid: Grid | None = build.grids.get(str(data["grid"]))
    if grid is None:
        names = listing([f"« {name} »" for name in build.grids]) or "aucune"
        raise TariffError(
            f"grille inconnue « {data['grid']} » ; grilles du tarif : {names}", (*place, "grid")
        )
    column = str(data.get("column", build.service_being_built))
    if not any(column in bracket.prices for bracket in grid.brackets):
        raise TariffError(f"la grille n’a pas de colonne « {column} »", (*place, "column"))
    grid.used.add(column)

    def look(case: Case) -> Decimal:
        bracket = grid.bracket_of(case)
        value = bracket.prices.get(column)
        if value is None:
            raise PricingError(
                f"La grille « {grid.name} » ne donne pas de prix « {column} » pour la tranche "
                f"« {bracket.label} »."
            )
        found = value(case)
        if case.steps is not None:
            case.note(_bracket_in_words(case, bracket.label, bracket.bounds, bracket.when is None))
        return found

    return look


def _bracket_in_words(case: Case, label: str, bounds: str, by_quotient: bool) -> str:
    if not by_quotient:
        return f"tranche « {label} »"
    if case.quotient is None:
        return f"quotient inconnu ou périmé : tranche la plus haute, « {label} » ({bounds})"
    shifted = ", décalée" if case.shift else ""
    return f"quotient {number_in_words(case.quotient)} : tranche « {label} » ({bounds}){shifted}"


def _choose(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    here = (*place, "choose")
    options = data["choose"]
    if not isinstance(options, list) or not options:
        raise TariffError("une liste de choix est attendue", here)
    choices, otherwise = [], None
    for n, option in enumerate(options):
        if not isinstance(option, dict) or "price" not in option or set(option) - {"when", "price"}:
            raise TariffError(
                "un choix s’écrit { when:, price: }, le dernier { price: }", (*here, n)
            )
        value = build_value(build, option["price"], (*here, n, "price"))
        if "when" in option:
            choices.append((build_test(build, option["when"], (*here, n, "when")), value))
        elif n + 1 < len(options):
            raise TariffError("un choix sans « when » vient en dernier", (*here, n))
        else:
            otherwise = value

    def choose(case: Case) -> Decimal:
        for test, value in choices:
            if test(case):
                return value(case)
        if otherwise is None:
            raise PricingError(
                f"La prestation « {case.service.label} » n’a pas de prix dans cette situation."
            )
        return otherwise(case)

    return choose


def _line(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    here = (*place, "line")
    points: list[tuple[Decimal, Decimal]] = []
    for n, point in enumerate(data["line"] if isinstance(data["line"], list) else []):
        pair = [number(each) for each in point] if isinstance(point, list) else []
        if len(pair) != 2 or pair[0] is None or pair[1] is None:
            raise TariffError("un point s’écrit [quotient, prix]", (*here, n))
        if points and pair[0] <= points[-1][0]:
            raise TariffError("les points vont du plus petit au plus grand", (*here, n))
        points.append((pair[0], pair[1]))
    if len(points) < 2:
        raise TariffError("une droite a au moins deux points [quotient, prix]", here)
    of = build_value(build, data.get("of", "quotient"), (*place, "of"))
    starts = [x for x, _ in points]

    def between(case: Case) -> Decimal:
        try:
            x = of(case)
        except NoQuotientError:
            top = max(y for _, y in points)
            case.note(f"sans quotient connu : le prix le plus haut, {in_words(top)}")
            return top
        at = bisect_right(starts, x)
        if at == 0 or at == len(points):
            return points[0 if at == 0 else -1][1]
        (x0, y0), (x1, y1) = points[at - 1], points[at]
        rise = EXACT.multiply(x - x0, y1 - y0)
        found = EXACT.add(y0, EXACT.divide(rise, x1 - x0))
        if case.steps is not None:
            ends = [f"{number_in_words(x)} ({in_words(y)})" for x, y in points[at - 1 : at + 1]]
            case.note(f"{number_in_words(of(case))} sur la droite entre {' et '.join(ends)}")
        return found

    return between


def _rate(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    rate = build_value(build, data["rate"], (*place, "rate"))
    of = build_value(build, data.get("of", "quotient"), (*place, "of"))

    def times(case: Case) -> Decimal:
        base, factor = of(case), rate(case)
        if case.steps is not None:
            case.note(f"taux {_small(factor)} × {number_in_words(base)}")
        return EXACT.multiply(base, factor)

    return times


def _small(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _percent(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    percent = build_value(build, data["percent"], (*place, "percent"))
    if "of" not in data:
        raise TariffError("il manque « of » : de quoi prendre ce pourcentage (cost...)", place)
    of = build_value(build, data["of"], (*place, "of"))

    def part(case: Case) -> Decimal:
        whole, share = of(case), percent(case)
        if case.steps is not None:
            case.note(f"{number_in_words(share)} % de {in_words(whole)}")
        return EXACT.divide(EXACT.multiply(whole, share), _HUNDRED)

    return part


def _many(key: str, most: int = 50) -> Callable[[Builder, Mapping[str, Any], Place], list[Value]]:
    def build_all(build: Builder, data: Mapping[str, Any], place: Place) -> list[Value]:
        parts = data[key]
        if not isinstance(parts, list) or not 2 <= len(parts) <= most:
            number_said = "deux montants" if most == 2 else "une liste d’au moins deux montants"
            raise TariffError(f"{number_said} : [a, b]", (*place, key))
        return [build_value(build, each, (*place, key, n)) for n, each in enumerate(parts)]

    return build_all


def _sum(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    parts = _many("sum")(build, data, place)

    def total(case: Case) -> Decimal:
        found = [part(case) for part in parts]
        if case.steps is not None:
            case.note(" + ".join(in_words(each) for each in found))
        return sum(found, ZERO)

    return total


def _product(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    parts = _many("product")(build, data, place)

    def product(case: Case) -> Decimal:
        found = [part(case) for part in parts]
        result = found[0]
        for each in found[1:]:
            result = EXACT.multiply(result, each)
        if case.steps is not None:
            case.note(" × ".join(_small(each) for each in found))
        return result

    return product


def _difference(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    first, second = _many("difference", 2)(build, data, place)
    return lambda case: first(case) - second(case)


def _divide(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    first, second = _many("divide", 2)(build, data, place)

    def divided(case: Case) -> Decimal:
        below = second(case)
        if below == 0:
            raise PricingError("Ce tarif divise par zéro dans cette situation.")
        return EXACT.divide(first(case), below)

    return divided


def _lowest(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    parts = _many("lowest")(build, data, place)
    return lambda case: min(part(case) for part in parts)


def _highest(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    parts = _many("highest")(build, data, place)
    return lambda case: max(part(case) for part in parts)


def _round(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    value = build_value(build, data["round"], (*place, "round"))
    step, mode = build_step(data, place)
    return lambda case: rounded(value(case), step, mode)


def build_step(data: Mapping[str, Any], place: Place) -> tuple[Decimal, Rounding]:
    """The `step` and `mode` of a rounding. TariffError naming the place."""
    step = number(data.get("step", Decimal("0.01")))
    if step is None or not Decimal("0.0001") <= step <= 100:
        raise TariffError("un pas d’arrondi va de 0.0001 à 100", (*place, "step"))
    mode = data.get("mode", Rounding.HALF_UP.value)
    if mode not in set(Rounding):
        raise TariffError("half_up, up ou down est attendu", (*place, "mode"))
    return step, Rounding(mode)


def _service(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    key = str(data["service"])
    build.check_service(key, (*place, "service"))
    return build.price_of_service(key, (*place, "service"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """The price of n units together. Each line gets its part, so that lines add up to it."""

    totals: Mapping[int, Value]
    beyond: Value | None
    repeat: bool
    within: str
    whose: str

    def total(self, case: Case, count: Decimal) -> Decimal:
        """The price of `count` units: the largest package that fits, then extra units."""
        amount, left = ZERO, count
        for size in sorted(self.totals, reverse=True):
            while left >= size and (self.repeat or left == count):
                amount += self.totals[size](case)
                left -= size
        if left and self.beyond is None:
            raise PricingError(
                f"« {case.service.label} » : ce tarif n’a pas de forfait pour "
                f"{number_in_words(count)}."
            )
        beyond = self.beyond(case) if self.beyond and left else ZERO
        return amount + EXACT.multiply(left, beyond)

    def counted(self, case: Case) -> tuple[Decimal, Decimal]:
        """Units of this service before this basket, and in it, in the same stretch of time."""
        if self.within == "line":
            return ZERO, case.quantity
        before, now = ZERO, ZERO
        for each in case.shared.together(case.line, self.within, self.whose):
            if each.line.service == case.line.service:
                units = each.service.quantity_of(each.line)
                before, now = (before + units, now) if each.past else (before, now + units)
        scope = case.shared.scope_of(case.line, self.within)
        child = case.line.child if self.whose == "child" else ""
        case.group = ("package", case.line.service, child, *scope)
        return before, now

    def share(self, case: Case) -> Decimal:
        """The average price of a unit in what the package adds to what was before."""
        before, now = self.counted(case)
        if not now:
            return ZERO
        whole = self.total(case, before + now)
        if before:
            whole -= self.total(case, before)
        if case.steps is not None:
            said = f"forfait pour {number_in_words(before + now)} : {in_words(whole)}"
            case.note(f"{said} en tout" if not before else f"{said} de plus")
        return EXACT.divide(max(whole, ZERO), now)


def _package(build: Builder, data: Mapping[str, Any], place: Place) -> Value:
    here, table = (*place, "package"), data["package"]
    if not isinstance(table, dict) or not table:
        raise TariffError("un forfait s’écrit { 1: prix, 2: prix de deux... }", here)
    totals: dict[int, Value] = {}
    for key, price in table.items():
        count = number(key)
        if count is None or count % 1 or not 1 <= count <= 1000:
            raise TariffError("un nombre d’unités entier est attendu", (*here, key))
        totals[int(count)] = build_value(build, price, (*here, key))
    within, whose = data.get("within", "basket"), data.get("for", "child")
    if within not in SCOPES or whose not in {"child", "family"}:
        raise TariffError(
            "within est line, day, week, month, year ou basket ; for est child ou family", place
        )
    return _Package(
        totals=totals,
        beyond=build_value(build, data["extra"], (*place, "extra")) if "extra" in data else None,
        repeat=data.get("repeat", False) is True,
        within=within,
        whose=whose,
    ).share


_BUILDERS: Final[Mapping[str, Callable[[Any, Any, Place], Value]]] = {
    "grid": _grid,
    "choose": _choose,
    "line": _line,
    "rate": _rate,
    "percent": _percent,
    "sum": _sum,
    "product": _product,
    "difference": _difference,
    "divide": _divide,
    "lowest": _lowest,
    "highest": _highest,
    "round": _round,
    "service": _service,
    "package": _package,
}
VALUE_NAMES: Final = tuple(_BUILDERS)
