"""The deadlines organisers have published come out to the minute."""

import json
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from preau.activities.deadlines import describe, first_refused, in_words, parse_rule
from preau.activities.management.commands.deadline import answer

CORPUS = yaml.safe_load(
    Path(__file__).with_name("deadline_corpus.yaml").read_text(encoding="utf-8")
)
GUIDE = (Path(__file__).parents[2] / "docs" / "regles.md").read_text(encoding="utf-8")
UNCOUNTED = "(sans compter les samedis, dimanches et jours de fermeture)"
RULES = {
    (organiser["id"], name): rule
    for organiser in CORPUS["organisers"]
    for name, rule in organiser["rules"].items()
}


def plain(text: str) -> str:
    """Write the spaces that never break as a person types them."""
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("vector", CORPUS["vectors"], ids=lambda vector: str(vector["id"]))
def test_a_published_deadline_comes_out_to_the_minute(vector: dict[str, Any]) -> None:
    rule = parse_rule(RULES[vector["id"], vector["rule"]] | vector.get("other", {}))
    days: dict[str, Any] = {
        key: date.fromisoformat(vector[key])
        for key in ("day", "period_start", "first_booked")
        if key in vector
    }
    start = time.fromisoformat(vector["start"]) if "start" in vector else None
    refused = first_refused(rule, **days, start=start)
    assert refused.isoformat() == vector["refused"]
    assert plain(in_words(refused)) == vector["text"]
    typed = {key: vector[key] for key in (*days, "start") if key in vector}
    assert answer(json.dumps(rule.as_json()), **typed) == {
        "first_refused": refused.isoformat(),
        "text": in_words(refused),
    }


@pytest.mark.parametrize("rule", RULES.values(), ids=map(str, RULES))
def test_every_published_rule_can_be_stored_and_explained(rule: dict[str, Any]) -> None:
    parsed = parse_rule(rule)
    assert parse_rule(json.loads(json.dumps(parsed.as_json()))) == parsed
    assert describe(parsed)


def test_each_organiser_says_where_its_rules_were_read() -> None:
    assert all(organiser["source"] for organiser in CORPUS["organisers"])


def test_the_guide_shows_every_published_rule_as_it_is_tested() -> None:
    for organiser in CORPUS["organisers"]:
        for name, rule in organiser["rules"].items():
            written = json.dumps(rule, ensure_ascii=False)
            assert f"| {organiser['organiser']} | {name} | `{written}` |" in GUIDE


def test_a_meal_table_and_its_three_working_days_say_the_same() -> None:
    counted, listed = (
        parse_rule(RULES["villes_soeurs", name]) for name in ("repas", "repas, en tableau")
    )
    for number in range(12, 17):
        day = date(2026, 1, number)
        assert first_refused(counted, day=day) == first_refused(listed, day=day)


def test_the_portal_counting_two_days_agrees_with_its_own_table() -> None:
    table = {"monday": "Thursday 12:00", "tuesday": "Friday 12:00"}
    table |= {"thursday": "Tuesday 12:00", "friday": "Wednesday 12:00"}
    listed = parse_rule({"kind": "table", "table": table})
    counted = parse_rule(RULES["cruas", "périscolaire"])
    for number in (12, 13, 15, 16):
        day = date(2026, 1, number)
        assert first_refused(counted, day=day) == first_refused(listed, day=day)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (("lec_c3g", "mercredis, réserver ou annuler"), "le lundi précédent avant 10 h"),
        (("lec_manual", "vacances, annuler"), "15 jours calendaires avant le début de la période"),
        (
            ("lec_manual", "vacances, annuler (J-15 exclu)"),
            "15 jours calendaires avant le début de la période, ce jour-là non compris",
        ),
        (
            ("coeur_de_garonne", "ALAE"),
            f"2 jours ouvrés avant le jour d’accueil {UNCOUNTED}",
        ),
        (("cournon", "mercredis, réserver"), "le dimanche précédent inclus"),
        (("cournon", "annuler"), "72 heures avant le début de l’accueil"),
        (
            ("argenteuil", "soirs, annuler"),
            "24 heures avant le début de l’accueil ; pour un lundi, le vendredi précédent inclus",
        ),
        (("dammarie", "mercredis, réserver"), "le 15 du mois précédent inclus"),
        (
            ("cruas", "mercredis"),
            "le jeudi de la semaine qui précède celle de l’accueil, avant 12 h",
        ),
        (("afb26", "réserver"), "la veille avant 12 h"),
        (("clem", "été, annuler"), "14 jours francs avant le jour d’accueil"),
        (("romorantin", "hiver 2026, fin"), "le 29 janvier 2026 inclus"),
        (("vailhauques", "absence, appel du jour"), "le jour même avant 9 h"),
        (
            ("clea_stiring", "mercredis, demander"),
            "le vendredi qui précède le premier jour réservé, inclus",
        ),
        (("villes_soeurs", "sans repas"), "la veille incluse"),
    ],
)
def test_a_director_reads_the_rule_in_words(rule: tuple[str, str], words: str) -> None:
    assert plain(describe(parse_rule(RULES[rule]))) == words


def examples() -> list[tuple[str, str]]:
    """Take each command of the guide with the answer printed under it."""
    lines = GUIDE.splitlines()
    return [
        (line, lines[number + 1])
        for number, line in enumerate(lines)
        if line.startswith("$ preau deadline")
    ]


def arguments(command: str) -> dict[str, Any]:
    """Read the options of a documented command."""
    rule, rest = (
        command.removeprefix("$ preau deadline --rule '").removesuffix(" --json").split("' ")
    )
    words = rest.split()
    options: dict[str, Any] = {
        name.removeprefix("--").replace("-", "_"): value
        for name, value in zip(words[::2], words[1::2], strict=True)
    }
    if "closed" in options:
        options["closed"] = [options["closed"]]
    return {"rule": rule} | options


@pytest.mark.parametrize(("command", "printed"), examples())
def test_the_guide_never_promises_another_answer(command: str, printed: str) -> None:
    result = answer(**arguments(command))
    assert {**result, "text": plain(result["text"])} == json.loads(printed)


def test_the_guide_has_an_example_of_every_kind() -> None:
    shown = {json.loads(arguments(command)["rule"])["kind"] for command, _ in examples()}
    written = {rule["kind"] for rule in RULES.values()}
    assert written <= shown
    assert {"months_before", "table", "fixed", "hours"} <= shown
