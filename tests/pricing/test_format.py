"""Refusals name their place; checks name holes and overlaps; grids are read as published."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from preau.pricing.tariff import TariffError, load_tariff, quote, read_basket
from preau.pricing.tariff.checks import check_tariff
from preau.pricing.tariff.compare import differences
from preau.pricing.tariff.curve import draw, sample
from preau.pricing.tariff.editing import grid_of, parse_table, read_bounds, table_of, write_bounds
from preau.pricing.tariff.facts import Family

TARIFFS = Path(__file__).parent / "tariffs"


ONE = "services: {a: {nature: care, price: 1}}"
PRICED = "name: A\nservices: {a: {nature: care, price: %s}}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [", "ligne 1"),
        ("name: A\nname: B", "ligne 2"),
        ("name: A\nservices: {a: &x {nature: care, price: 1}, b: *x}", "renvois"),
        ("- 1", "ensemble de clés"),
        ("name: A", "il manque « services »"),
        ("name: A\nservices:\n  a: { nature: caer, price: 1 }", "ligne 3, services.a.nature"),
        ("name: A\nservices:\n  a: { nature: care, prix: 1 }", "clé inconnue « prix »"),
        (PRICED % "douze", "ligne 2, services.a.price"),
        (f"name: A\nvalid_from: 2026-02-30\n{ONE}", "ligne 2"),
        (PRICED % "{grid: qf}", "grille inconnue « qf »"),
        (PRICED % "{service: a}", "dépend de lui-même"),
        (PRICED % "{rate: 1, percent: 2}", "une seule"),
        (f"name: A\n{ONE}\nslots: [{{slots: [morning], services: [b]}}]", "inconnue « b »"),
        (f"name: A\n{ONE}\nadjustments: [{{when: {{zon: x}}, add: 1}}]", "[1].when.zon"),
        (PRICED % ".nan", "services.a.price"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(TariffError) as refusal:
        load_tariff(text)
    assert said.casefold() in str(refusal.value).casefold()


def test_the_saffre_grid_has_a_hole_at_450_by_name() -> None:
    tariff = load_tariff((TARIFFS / "saffre_copains_dabord.yaml").read_text())
    (grave,) = [finding for finding in check_tariff(tariff) if finding.grave]
    assert "le quotient 450 n’est dans aucune tranche" in grave.sentence
    with pytest.raises(ValueError, match="450 n’est dans aucune tranche"):
        quote(
            tariff,
            read_basket({"family": {"quotient": 450}, "lines": [{"service": "day"}]}, tariff),
        )
    curve = draw("Journée", sample(tariff, "day", Family(zone="resident")))
    assert curve is not None
    assert [words for _, words in curve.holes] == ["450"]
    assert curve.jumps.count("M") == 12  # thirteen steps seen, one of them hidden by the hole


def test_an_overlap_is_named_and_the_first_bracket_wins() -> None:
    tariff = load_tariff(
        "name: A\nservices: {a: {nature: care, price: {grid: g}}}\ngrids: {g: {brackets: ["
        "{label: B, from: 1200, prices: {a: 2}}, {label: A, to: 1200, prices: {a: 1}}]}}"
    )
    said = [finding.sentence for finding in check_tariff(tariff)]
    assert any("1\u202f200 est dans deux tranches, « A » et « B »" in each for each in said)
    line = {"family": {"quotient": 1200}, "lines": [{"service": "a"}]}
    assert quote(tariff, read_basket(line, tariff)).total == 2


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("< 450", {"below": 450}),
        ("QF < 450 €", {"below": 450}),
        ("451 à 550", {"from": 451, "to": 550}),
        ("de 308,01 à 500", {"from": Decimal("308.01"), "to": 500}),
        ("0-300", {"from": 0, "to": 300}),
        ("1 951 et plus", {"from": 1951}),
        ("plus de 1950", {"above": 1950}),
        ("jusqu’à 400", {"to": 400}),
        ("1001 à moins de 1200", {"from": 1001, "below": 1200}),
        ("si { ccas: true }", {"when": {"ccas": True}}),
    ],
)
def test_bounds_are_read_as_published_and_written_back(
    text: str, bounds: dict[str, object]
) -> None:
    assert read_bounds(text) == bounds
    assert read_bounds(write_bounds(bounds)) == bounds


def test_a_grid_comes_back_from_its_table() -> None:
    for path in TARIFFS.glob("*.yaml"):
        for grid in load_tariff(path.read_text()).document.get("grids", {}).values():
            again = grid_of(table_of(grid))
            rows = [[row[1:] for row in table_of(each).rows] for each in (again, grid)]
            assert rows[0] == rows[1]


def test_a_pasted_table_may_have_no_column_of_names() -> None:
    table = parse_table("Quotient;Journée;1/2 journée\n< 450;7,20 €;3,60\n450 et plus;8;4\n")
    assert table.columns == ("journee", "demi_journee")
    assert [row[:2] for row in table.rows] == [("T1", "< 450"), ("T2", "450 et plus")]
    with pytest.raises(TariffError, match="n’est pas un quotient"):
        grid_of(parse_table("T\tQF\tPrix\nA\tpeu\t1\nB\tbeaucoup\t2"))


def test_differences_name_the_bracket() -> None:
    text = (TARIFFS / "fleury_ligue.yaml").read_text()
    before, after = load_tariff(text), load_tariff(text.replace("day: 23.50 }", "day: 24 }"))
    (found,) = differences(before.document, after.document)
    assert (found.place, found.before, found.after) == (
        "grids.qf.brackets.T3.prices.day", "23,5", "24",
    )  # fmt: skip


def test_the_command_answers_as_promised(tmp_path: Path) -> None:
    out = StringIO()
    question = '{"family": {"quotient": 1050, "zone": "resident"}, "lines": [{"service": "day"}]}'
    file = str(TARIFFS / "oudon_touchatouts.yaml")
    call_command("quote", file, input=question, json=True, stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["total"] == "19.43"
    assert answer["lines"] == [{"service": "day", "amount": "19.43", "nature": "care"}]
    assert answer["explanation"][-1] == "Total : 19,43\u00a0€."


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("{", "JSON lisible"),
        ('{"lines": []}', "« lines »"),
        ('{"lines": [{"service": "x"}]}', "« lines[1].service »"),
        ('{"lines": [{"service": "day", "day": "2026-13-01"}]}', "« lines[1].day »"),
        ('{"lines": [{"service": "day", "quantity": -1}]}', "« lines[1].quantity »"),
        ('{"lines": [{"service": "day", "day": "2020-01-01"}]}', "ne vaut pas le"),
        ('{"family": {"zone": "mars"}, "lines": [{"service": "day"}]}', "« family.zone »"),
        ('{"family": {"quotient": 1e400}, "lines": [{"service": "day"}]}', "« family.quotient »"),
        ("/nulle/part.json", "ne se lit pas"),
    ],
)
def test_a_bad_question_is_one_french_sentence(question: str, said: str) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("quote", str(TARIFFS / "oudon_touchatouts.yaml"), input=question, json=True)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
