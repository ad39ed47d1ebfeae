"""How fast prices are: quotes of a bracket tariff with adjustments, against a plain look-up."""

from __future__ import annotations

from decimal import Decimal
from time import perf_counter

from preau.pricing.tariff import Basket, Family, Line, Tariff, build_tariff, quote

QUOTES = 100_000
_PRICES = [Decimal(700 + 130 * n) / 100 for n in range(14)]


def bracket_tariff() -> Tariff:
    """Fourteen brackets, a surcharge for those who live elsewhere, a shift for large families."""
    rows = [
        {"label": f"T{n}", "from": 150 * n, "to": 150 * n + 149, "prices": {"day": price}}
        for n, price in enumerate(_PRICES)
    ]
    del rows[-1]["to"]
    return build_tariff(
        {
            "name": "Mesure",
            "zones": {"resident": {"communes": ["Exempleville"]}},
            "grids": {"qf": {"brackets": rows}},
            "services": {"day": {"nature": "care", "price": {"grid": "qf"}}},
            "adjustments": [
                {"label": "3 enfants", "when": {"children_count": {"from": 3}}, "shift": -1},
                {"label": "Hors commune", "when": {"zone": "outside"}, "add": 2},
                {"label": "2e enfant", "when": {"rank": 2}, "percent": -10},
            ],
        }
    )


def measure() -> dict[str, float | int]:
    """Seconds for `quotes` quotes one after another, and for as many dictionary look-ups.

    `quotes`, `seconds`, `per_second`, `lookup_seconds`, `ratio` (quote to look-up).
    """
    tariff = bracket_tariff()
    baskets = [
        Basket(
            family=Family(
                quotient=Decimal(n),
                communes=("Exempleville" if n % 2 else "Ailleurs",),
                children_count=1 + n % 4,
            ),
            lines=(Line(service="day", rank=1 + n % 2),),
        )
        for n in range(2000)
    ]
    plain = {n: _PRICES[min(n // 150, 13)] for n in range(2000)}
    rounds = QUOTES // len(baskets)
    started = perf_counter()
    for _ in range(rounds):
        for n in range(len(baskets)):
            plain[n]
    looked_up = perf_counter() - started
    started = perf_counter()
    for _ in range(rounds):
        for basket in baskets:
            _ = quote(tariff, basket).total
    seconds = perf_counter() - started
    return {
        "quotes": QUOTES,
        "seconds": round(seconds, 3),
        "per_second": round(QUOTES / seconds),
        "lookup_seconds": round(looked_up, 4),
        "ratio": round(seconds / looked_up),
    }
