"""Sixteen published tariffs in our format: every worked example, exact to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from preau.core import money
from preau.pricing import tariff as pricing
from preau.pricing.tariff import Quote, Tariff, load_tariff, read_basket, read_text
from preau.pricing.tariff import engine as engine_module

HERE = Path(__file__).parent
EXAMPLES: dict[str, list[dict[str, Any]]] = read_text((HERE / "examples.yaml").read_text())
CASES = [
    pytest.param(name, n, id=f"{name} {each['case']}")
    for name, examples in EXAMPLES.items()
    for n, each in enumerate(examples)
]


@cache
def tariff_of(name: str) -> Tariff:
    return load_tariff((HERE / "tariffs" / f"{name}.yaml").read_text())


def quoted(name: str, question: Any) -> Quote:
    tariff = tariff_of(name)
    return pricing.quote(tariff, read_basket(question, tariff))


def figure(found: Quote, of: str | None) -> Decimal | None:
    """The total, or what the example speaks of: the deposit, or what the town pays."""
    if of == "deposit":
        return found.deposit
    return sum(found.shares.values()) if of == "shares" else found.total  # type: ignore[return-value]


def test_all_of_the_corpus_is_here() -> None:
    assert len(EXAMPLES) == 16
    assert sum(len(examples) for examples in EXAMPLES.values()) == 76
    assert {path.stem for path in (HERE / "tariffs").glob("*.yaml")} == set(EXAMPLES)


@pytest.mark.parametrize(("name", "n"), CASES)
def test_a_published_example_is_exact(name: str, n: int) -> None:
    example = EXAMPLES[name][n]
    found = quoted(name, example["input"])
    assert figure(found, example.get("of")) == Decimal(example["expected"])
    assert sum(line.amount for line in found.lines) == found.total
    assert found.explanation[-1] == f"Total : {money.in_words(found.total)}."


def test_bankers_rounding_misses_published_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    def bankers(amount: Decimal, *_: object) -> Decimal:
        return amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)

    monkeypatch.setattr(engine_module, "rounded", bankers)
    wrong = [
        example["expected"]
        for name in ("froidfond_ifac", "oudon_touchatouts")
        for example in EXAMPLES[name]
        if quoted(name, example["input"]).total != Decimal(example["expected"])
    ]
    assert sorted(wrong) == ["10.29", "19.43", "3.33", "5.01", "77.72", "8.13"]


def test_binary_floats_miss_published_prices() -> None:
    """The 21 prices of Froidfond, computed as a spreadsheet script would."""
    hourly = (0.36, 0.41, 0.69, 0.95, 1.43, 1.61, 1.88)
    lasting = ((3.5, 0), (4.5, 3.85), (8, 3.85))
    published = [example["expected"] for example in EXAMPLES["froidfond_ifac"]]
    found = [f"{round(price * hours + meal, 2):.2f}" for price in hourly for hours, meal in lasting]
    missed = {right for right, wrong in zip(published, found, strict=True) if right != wrong}
    assert missed == {"1.44", "3.33", "8.13", "5.01"}


def test_half_a_cent_goes_up() -> None:
    """Oudon publishes 19.43 for 19.425."""
    assert money.rounded(Decimal("19.425")) == Decimal("19.43")
    assert money.rounded(Decimal("-19.425")) == Decimal("-19.43")
    third = money.EXACT.divide(Decimal(1), Decimal(3))
    assert money.rounded(money.EXACT.multiply(third, Decimal("0.015"))) == Decimal("0.01")
