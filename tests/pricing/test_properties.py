"""What holds for every tariff and every family."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from preau.core import money
from preau.pricing.tariff import build_tariff, quote, read_basket, read_text, write_text
from preau.pricing.tariff.case import Step

cents = st.integers(0, 5000).map(lambda n: Decimal(n) / 100)
quotients = st.decimals("0", "3000", places=2)


@st.composite
def prices(draw: st.DrawFn) -> Any:
    """A price that grows with the quotient: brackets, a rate, a straight line."""
    kind = draw(st.sampled_from(["grid", "rate", "line"]))
    if kind == "grid":
        return {"grid": "qf", "column": "a"}
    if kind == "rate":
        least = draw(cents)
        return {"rate": draw(st.integers(1, 400)) / Decimal(10000), "min": least, "max": least + 30}
    ends = sorted([draw(cents), draw(cents)])
    return {"line": [[Decimal(300), ends[0]], [Decimal(1207), ends[1]]]}


@st.composite
def adjustments(draw: st.DrawFn) -> dict[str, Any]:
    operation = draw(st.sampled_from(["add", "percent", "at_least", "at_most", "aid"]))
    per = draw(st.sampled_from(["unit", "line", "week", "basket"]))
    if operation == "aid":
        return {"label": "Aide", "aid": {"payer": "La CAF", "amount": draw(cents)}}
    value = draw(st.integers(-120, 60)) if operation in {"add", "percent"} else draw(cents)
    return {"label": operation, operation: Decimal(value), "per": per}


@st.composite
def tariffs(draw: st.DrawFn, *, adjusted: bool = True) -> dict[str, Any]:
    columns = sorted(draw(st.lists(cents, min_size=3, max_size=3)))
    bounds = [{"below": 450}, {"from": 450, "to": 900}, {"above": 900}]
    rows = [
        {**bound, "label": f"T{n}", "prices": {"a": price}}
        for n, (bound, price) in enumerate(zip(bounds, columns, strict=True))
    ]
    rounding = draw(st.sampled_from([{"line": "0.01"}, {"total": "0.01"}, {"line": "0.05"}]))
    return {
        "name": "Exemple",
        "grids": {"qf": {"brackets": rows}},
        "services": {"day": {"nature": "care", "price": draw(prices())}},
        "adjustments": draw(st.lists(adjustments(), max_size=4)) if adjusted else [],
        "rounding": rounding,
    }


def question(quotient: Decimal | None, quantities: list[int]) -> dict[str, Any]:
    lines = [
        {"service": "day", "quantity": n, "day": f"2026-10-{19 + i}", "child": "ab"[i % 2]}
        for i, n in enumerate(quantities)
    ]
    return {"family": {"quotient": quotient}, "lines": lines}


def replayed(steps: tuple[Step, ...]) -> Decimal:
    """The amount, computed again from the explanation alone."""
    amount = Decimal(0)
    for step in steps:
        if step.operation in {"price", "set", "round"}:
            amount = step.operand
        elif step.operation == "add":
            amount += step.operand
        elif step.operation == "percent":
            amount += money.EXACT.divide(amount * step.operand, Decimal(100))
        elif step.operation == "times":
            amount = money.EXACT.multiply(amount, step.operand)
        elif step.operation == "floor":
            amount = max(amount, step.operand)
        elif step.operation == "cap":
            amount = min(amount, step.operand)
    return money.rounded(amount)


@settings(max_examples=50)
@given(tariffs(), st.none() | quotients, st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_a_price_is_never_negative_and_its_explanation_recomputes_to_it(
    data: dict[str, Any], quotient: Decimal | None, quantities: list[int]
) -> None:
    tariff = build_tariff(data)
    found = quote(tariff, read_basket(question(quotient, quantities), tariff))
    assert all(line.amount >= 0 for line in found.lines)
    assert sum(line.amount for line in found.lines) == found.total
    for line, explained in zip(found.lines, found.explained, strict=True):
        assert replayed(explained.steps) == line.amount == explained.amount
    said = re.sub(r"[^0-9,]", "", found.explanation[-1]).replace(",", ".")
    assert Decimal(said) == found.total


@settings(max_examples=50)
@given(tariffs(), quotients, quotients)
@example({"name": "x", "services": {"day": {"nature": "care", "price": {"rate": "2 %", "max": 9}}}},
         Decimal(450), Decimal("450.01"))  # fmt: skip
def test_a_higher_quotient_never_pays_less(
    data: dict[str, Any], one: Decimal, other: Decimal
) -> None:
    tariff = build_tariff(data)
    low, high = (
        quote(tariff, read_basket(question(each, [2]), tariff)).total
        for each in sorted([one, other])
    )
    assert low <= high
    assert high <= quote(tariff, read_basket(question(None, [2]), tariff)).total


@settings(max_examples=50)
@given(tariffs())
def test_export_then_import_is_the_identity(data: dict[str, Any]) -> None:
    written = write_text(data)
    assert write_text(read_text(written)) == written
    assert numbers_as_text(read_text(written)) == numbers_as_text(data)


def numbers_as_text(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: numbers_as_text(value) for key, value in data.items()}
    if isinstance(data, list):
        return [numbers_as_text(value) for value in data]
    return str(data)
