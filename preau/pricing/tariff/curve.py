"""The price of a service by quotient, as points and as an inline SVG with its jumps visible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from preau.core.money import ZERO, in_words, number_in_words
from preau.pricing.tariff.compare import price_of_one
from preau.pricing.tariff.document import Tariff
from preau.pricing.tariff.facts import Family

_SAMPLES: Final = 240
_WIDTH, _HEIGHT, _EDGE = 640, 220, 4
# Two neighbours this far apart are a step, not a slope.
_JUMP: Final = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Point:
    """A quotient and its price; None: no price there."""

    quotient: Decimal
    price: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Curve:
    """What the template draws: paths of the line, jumps, holes, and the two scales."""

    label: str
    path: str
    jumps: str
    holes: list[tuple[str, str]]
    x_marks: list[tuple[str, str]]
    y_marks: list[tuple[str, str]]
    summary: str


def sample(tariff: Tariff, service: str, family: Family) -> list[Point]:
    """Prices at regular quotients, and on both sides of every bound the tariff names."""
    bounds = _bounds(tariff)
    most = max([*bounds, Decimal(1500)]) * Decimal("1.15")
    regular = {(most * n / _SAMPLES).quantize(Decimal(1)) for n in range(_SAMPLES + 1)}
    near = {bound + shift for bound in bounds for shift in (-1, 0, 1) if bound + shift >= 0}
    return [
        Point(at, price_of_one(tariff, service, replace(family, quotient=at)))
        for at in sorted(regular | near)
    ]


def _bounds(tariff: Tariff) -> list[Decimal]:
    found = [
        bound
        for grid in tariff.grids.values()
        for row in grid.ordered
        for bound in (row.low, row.high)
        if bound is not None
    ]
    found += [x for x in _points(tariff.document) if x < 20_000]
    return sorted(set(found))


def _points(data: Any) -> list[Decimal]:
    """Quotients at which straight lines bend."""
    if isinstance(data, dict):
        line = data.get("line")
        here = (
            [each[0] for each in line if isinstance(each[0], Decimal)]
            if isinstance(line, list)
            else []
        )
        return here + [x for value in data.values() for x in _points(value)]
    return [x for value in data for x in _points(value)] if isinstance(data, list) else []


def draw(label: str, points: Sequence[Point]) -> Curve | None:
    """The curve of these points; None when nothing has a price."""
    prices = [point.price for point in points if point.price is not None]
    if not prices:
        return None
    scale = _Scale(points[-1].quotient, max(*prices, Decimal(1)))
    path, jumps = _paths(points, scale)
    holes = [
        (f"{scale.x(point.quotient)}", number_in_words(point.quotient))
        for point in points
        if point.price is None
    ]
    low, high = in_words(min(prices)), in_words(max(prices))
    return Curve(
        label=label,
        path=path,
        jumps=jumps,
        holes=holes[:6],
        x_marks=[(f"{scale.x(at)}", number_in_words(at)) for at in scale.x_marks()],
        y_marks=[(f"{scale.y(at)}", in_words(at)) for at in scale.y_marks()],
        summary=f"{label} : de {low} à {high} selon le quotient",
    )


def _paths(points: Sequence[Point], scale: _Scale) -> tuple[str, str]:
    line, jumps = [], []
    before: Point | None = None
    for point in points:
        if point.price is None:
            # The line goes on to the last price before the hole.
            line += [f"H{scale.x(before.quotient)}"] if before else []
            before = None
            continue
        x, y = scale.x(point.quotient), scale.y(point.price)
        if before is None or before.price is None:
            line.append(f"M{x} {y}")
        elif point.price == before.price and point is not points[-1]:
            before = point
            continue
        elif _is_jump(before, point):
            jumps.append(f"M{x} {scale.y(before.price or ZERO)}V{y}")
            line.append(f"H{x}M{x} {y}")
        else:
            line.append(f"H{scale.x(before.quotient)}L{x} {y}")
        before = point
    return "".join(line), "".join(jumps)


def _is_jump(before: Point, point: Point) -> bool:
    if before.price is None or point.price is None or point.quotient - before.quotient > 1:
        return False
    return abs(point.price - before.price) >= _JUMP


class _Scale:
    """From quotients and prices to the places of the drawing, whole steps of both scales wide."""

    def __init__(self, right: Decimal, top: Decimal) -> None:
        self.wide = Decimal(500) if right > 1200 else Decimal(200)
        steps = [Decimal(text) for text in ("0.5", "1", "2", "5", "10", "20", "50", "100", "200")]
        self.high = next((each for each in steps if top / each <= 5), steps[-1])
        self.columns = (right / self.wide).to_integral_value(ROUND_CEILING)
        self.rows = (top / self.high).to_integral_value(ROUND_CEILING)

    def x(self, quotient: Decimal) -> str:
        """The place of a quotient, from the left."""
        return f"{_WIDTH * quotient / (self.columns * self.wide):.1f}"

    def y(self, price: Decimal) -> str:
        """The place of a price, from the top."""
        at = _HEIGHT - _EDGE - (_HEIGHT - 2 * _EDGE) * price / (self.rows * self.high)
        return f"{at:.1f}"

    def x_marks(self) -> list[Decimal]:
        """Quotients written under the drawing, evenly."""
        return [self.wide * n for n in range(int(self.columns) + 1)]

    def y_marks(self) -> list[Decimal]:
        """Prices written beside it, evenly."""
        return [self.high * n for n in range(int(self.rows) + 1)]
