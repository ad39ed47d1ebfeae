"""docs/tarifs.md is how strangers write tariffs: what it shows works, what it names exists."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from preau.pricing.tariff import load_tariff, quote, read_basket, read_text
from preau.pricing.tariff.case import NUMBER_NAMES
from preau.pricing.tariff.conditions import CONDITION_NAMES
from preau.pricing.tariff.values import VALUE_NAMES
from tests.architecture.source import ROOT

TEXT = (ROOT / "docs" / "tarifs.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
WEEK = ["2026-10-19", "2026-10-20", "2026-10-21", "2026-10-22", "2026-10-23"]


def price(block: int, family: dict[str, Any], *lines: dict[str, Any]) -> Decimal:
    tariff = load_tariff(BLOCKS[block])
    return quote(tariff, read_basket({"family": family, "lines": list(lines)}, tariff)).total


@pytest.mark.parametrize(
    ("block", "family", "lines", "total"),
    [
        (0, {"quotient": "500.80", "commune": "Nantes"}, [{"service": "journee"}], "11.20"),
        (0, {"quotient": 700, "works_in": "St Exemple"}, [{"service": "journee"}], "11.50"),
        (0, {"zone": "habitant"}, [{"slots": ["morning"], "rank": 2}], "6.75"),
        (0, {"zone": "outside"}, [{"service": "adhesion"}, {"service": "adhesion"}], "12.00"),
        (1, {"quotient": 1050}, [{"service": "journee", "days": WEEK}], "77.72"),
        (1, {"quotient": 100}, [{"service": "journee"}], "4.00"),
        (1, {}, [{"service": "journee"}], "27.50"),
        # 35 minutes: three quarters begun, each a quarter of 1.1025 rounded to 0.28.
        (1, {"quotient": 1050}, [{"service": "soir", "start": "16:30", "end": "17:05"}], "0.84"),
        (2, {"quotient": 600}, [{"slots": ["morning", "midday", "afternoon"]}], "6.95"),
        (2, {"quotient": 600}, [{"service": "sortie", "cost": "15.55"}], "9.33"),
        (2, {"quotient": 900, "scheme": "Other"}, [{"service": "repas"}], "2.35"),
    ],
)
def test_a_commented_example_prices(
    block: int, family: dict[str, Any], lines: list[dict[str, Any]], total: str
) -> None:
    assert price(block, family, *lines) == Decimal(total)


def test_the_yearly_ceiling_counts_what_came_before() -> None:
    tariff = load_tariff(BLOCKS[2])
    line = {"service": "journee", "child": "lea", "day": "2026-10-21"}
    question = {"family": {"quotient": 800}, "lines": [line]}
    ceiling = {"used": {"Aide de la ville": {"half_day": 119}}}
    assert quote(tariff, read_basket(question, tariff)).total == Decimal("4.60")
    assert quote(tariff, read_basket(question | ceiling, tariff)).total == Decimal("6.10")
    shared = {"family": {"quotient": 800, "facts": {"garde_alternee": True}}, "lines": [line]}
    before = {"history": [{**line, "day": "2026-09-02", "quantity": 30}]}
    assert quote(tariff, read_basket(shared | before, tariff)).total == Decimal("7.60")


def test_every_word_of_the_format_is_documented() -> None:
    for name in (*VALUE_NAMES, *CONDITION_NAMES, *NUMBER_NAMES):
        assert f"`{name}`" in TEXT or re.search(rf"\b{name}:", TEXT), name


def test_every_hint_that_is_a_price_can_be_read() -> None:
    """The last table: each `{ ... }` is YAML that the reader takes."""
    rows = re.findall(r"^\| [^|]+ \| (.+) \|$", TEXT.split("## Comment écrire")[1], re.MULTILINE)
    shown = [part for row in rows for part in re.findall(r"`(\{[^`]*\})`", row)]
    assert len(shown) >= 24
    for part in shown:
        assert isinstance(read_text(part.replace("...", "1")), dict), part
