"""A rule that cannot be read is refused with a sentence a director understands."""

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.activities.deadlines import DeadlineRuleError, load_rule, parse_rule
from preau.activities.deadlines.rules import KEYS_OF

from .rule_strategies import rule_data

SOME = {"kind": "calendar_days", "n": 7}
MONDAY = {"kind": "weekday_before", "weekday": "monday"}
HUGE = 10**6000

WRONG: list[tuple[object, str]] = [
    ({}, "kind"),
    ({"kind": "someday"}, "kind"),
    ({"kind": None}, "kind"),
    ({"kind": ["calendar_days"]}, "kind"),
    ({"kind": "calendar_days"}, "n"),
    (SOME | {"n": -1}, "n"),
    (SOME | {"n": True}, "n"),
    (SOME | {"n": 7.0}, "n"),
    (SOME | {"n": "7"}, "n"),
    (SOME | {"n": HUGE}, "n"),
    (SOME | {"n": -HUGE}, "n"),
    (SOME | {"n": float("nan")}, "n"),
    (SOME | {"n": 732}, "n"),
    ({"kind": "hours", "n": 17545}, "n"),
    (SOME | {"anchor": "someday"}, "anchor"),
    (SOME | {"anchor": {}}, "anchor"),
    (SOME | {"time": "25:00"}, "time"),
    (SOME | {"time": "9:00"}, "time"),
    (SOME | {"time": "10:00\n"}, "time"),
    (SOME | {"time": "10:00\x00"}, "time"),
    (SOME | {"time": "١٠:٠٠"}, "time"),
    (SOME | {"time": None}, "time"),
    (SOME | {"time": 10}, "time"),
    (SOME | {"inclusive": 1}, "inclusive"),
    (SOME | {"inclusive": "true"}, "inclusive"),
    (SOME | {"shift": "later"}, "shift"),
    (SOME | {"closed_days": ["sunday"]}, "closed_days"),
    (SOME | {"public_holidays": True}, "public_holidays"),
    (SOME | {"shift": "next", "public_holidays": 0}, "public_holidays"),
    (SOME | {"shift": "next", "closed_days": "sunday"}, "closed_days"),
    (SOME | {"shift": "next", "closed_days": [["sunday"]]}, "closed_days"),
    (SOME | {"hour": "10:00"}, "hour"),
    (SOME | {"start": "10:00"}, "start"),
    (SOME | {"n\x00": 7}, "n?"),
    (SOME | {7: 7}, "7"),
    ({"kind": "weekday_before"}, "weekday"),
    (MONDAY | {"weekday": "lundi"}, "weekday"),
    (MONDAY | {"weekday": 0}, "weekday"),
    (MONDAY | {"week": "next"}, "week"),
    ({"kind": "weekday_of_previous_week", "weekday": "monday", "weeks": 0}, "weeks"),
    ({"kind": "working_days", "n": 2, "shift": "next"}, "shift"),
    ({"kind": "working_days", "n": 2, "closed_days": ["yesterday"]}, "closed_days"),
    ({"kind": "hours", "n": 2, "start": "evening"}, "start"),
    ({"kind": "hours", "n": 2, "time": "10:00"}, "time"),
    ({"kind": "days_before_at", "n": 1}, "time"),
    ({"kind": "day_of_previous_month", "day": 0}, "day"),
    ({"kind": "day_of_previous_month", "day": 32}, "day"),
    ({"kind": "day_of_previous_month", "day": 15, "months": 0}, "months"),
    ({"kind": "fixed", "date": "2026-02-30"}, "date"),
    ({"kind": "fixed", "date": "20260130"}, "date"),
    ({"kind": "fixed", "date": "2026-01-30T10:00"}, "date"),
    ({"kind": "fixed", "date": "0001-01-01"}, "date"),
    ({"kind": "fixed", "date": 20260130}, "date"),
    ({"kind": "table"}, "table"),
    ({"kind": "table", "table": {}}, "table"),
    ({"kind": "table", "table": []}, "table"),
    ({"kind": "table", "table": {"lundi": "friday"}}, "table"),
    ({"kind": "table", "table": {0: "friday"}}, "table"),
    ({"kind": "table", "table": {"monday": "vendredi"}}, "table.monday.weekday"),
    ({"kind": "table", "table": {"monday": "friday 9h"}}, "table.monday"),
    ({"kind": "table", "table": {"monday": "friday 25:00"}}, "table.monday.time"),
    ({"kind": "table", "table": {"monday": 5}}, "table.monday"),
    ({"kind": "table", "table": {"monday": {}}}, "n"),
    ({"kind": "table", "table": {"monday": {"n": -1}}}, "table.monday.n"),
    ({"kind": "table", "table": {"monday": {"n": 1, "weeks": 2}}}, "weeks"),
    ({"kind": "table", "table": {"monday": {"weekday": "friday", "weeks": True}}}, "weeks"),
    (SOME | {"exceptions": {"monday": {"weekday": "friday", "hour": 1}}}, "hour"),
    ({"kind": "table", "table": {"monday": "friday"}, "exceptions": {}}, "exceptions"),
]


def message_of(data: object) -> str:
    """Give the sentence a rule is refused with."""
    with pytest.raises(DeadlineRuleError) as caught:
        parse_rule(data)
    return str(caught.value)


@pytest.mark.parametrize(("data", "key"), WRONG, ids=range(len(WRONG)))
def test_a_faulty_rule_is_refused_with_the_name_of_its_key(data: object, key: str) -> None:
    message = message_of(data)
    assert f"{key.rpartition('.')[2]} »" in message
    assert message.startswith("«")
    assert message.endswith(".")
    assert (
        message.replace("\N{NO-BREAK SPACE}", "")
        .replace("\N{NARROW NO-BREAK SPACE}", "")
        .isprintable()
    )
    assert len(message) < 400


@pytest.mark.parametrize("data", [None, [], "calendar_days", 7, True, object(), HUGE], ids=range(7))
def test_what_is_no_rule_at_all_is_refused(data: object) -> None:
    assert message_of(data).startswith("Une règle est un objet JSON, pas ")


def test_a_week_without_an_open_day_is_refused() -> None:
    whole_week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    message = message_of({"kind": "working_days", "n": 1, "closed_days": whole_week})
    assert message == "« closed_days » : il faut laisser au moins un jour ouvert."


def test_an_unknown_key_is_answered_with_the_keys_that_exist() -> None:
    assert message_of({"kind": "fixed", "date": "2026-01-29", "hour": "10:00"}) == (
        "« hour » : clé inconnue de « fixed », qui lit « kind », « date », « time »"
        " et « inclusive »."
    )


def test_a_missing_key_is_named() -> None:
    assert message_of({"kind": "hours"}) == "« n » : cette clé manque à « hours »."


def test_a_number_out_of_reach_is_answered_with_the_reach() -> None:
    expected = "« n » : un nombre entier de 0 à 731 est attendu, pas "
    assert message_of(SOME | {"n": -3}) == f"{expected}-3."
    assert message_of(SOME | {"n": HUGE}) == f"{expected}un nombre démesuré."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nul",
        "{'kind': 'hours'}",
        "[" * 200_000,
        '{"kind": "hours", "n": ' + "9" * (sys.get_int_max_str_digits() + 1) + "}",
        '{"kind": "hours", "n": NaN}',
        '{"kind": "hours", "n": 1e999}',
        '{"kind": "hours\\u0000", "n": 1}',
        '{"kind": "\\ud800", "n": 1}',
        "\x00",
    ],
)
def test_text_that_is_no_rule_never_shows_a_trace(text: str) -> None:
    with pytest.raises(DeadlineRuleError) as caught:
        load_rule(text)
    assert str(caught.value).encode()


def test_a_key_written_twice_is_not_guessed() -> None:
    with pytest.raises(DeadlineRuleError, match="« n » : cette clé est écrite deux fois"):
        load_rule('{"kind": "hours", "n": 24, "n": 48}')


def test_a_rule_reads_the_names_other_people_use() -> None:
    other = {"kind": "working_days_at", "n": 2, "time": "12:00", "anchor": "holiday_period_start"}
    ours = {"kind": "working_days", "n": 2, "anchor": "period_start", "time": "12:00"}
    assert parse_rule(other).as_json() == ours


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)
ANY_KEY = st.sampled_from(sorted({key for keys in KEYS_OF.values() for key in keys.all()}))


@given(ANYTHING)
def test_nothing_read_ever_fails_otherwise(data: object) -> None:
    with pytest.raises(DeadlineRuleError):
        parse_rule(data)


@given(rule_data(), ANY_KEY, ANYTHING)
def test_one_spoilt_key_is_refused_or_harmless(
    data: dict[str, Any], key: str, value: object
) -> None:
    refusal, rule = "", None
    try:
        rule = parse_rule(data | {key: value})
    except DeadlineRuleError as error:
        refusal = str(error)
    if rule is None:
        assert refusal.startswith("«")
        assert (
            refusal.replace("\N{NO-BREAK SPACE}", "")
            .replace("\N{NARROW NO-BREAK SPACE}", "")
            .isprintable()
        )
    else:
        assert parse_rule(rule.as_json()) == rule


@given(st.text())
def test_any_text_is_a_rule_or_a_sentence(text: str) -> None:
    with pytest.raises(DeadlineRuleError):
        load_rule(text)


@given(rule_data())
def test_json_text_and_plain_data_are_read_alike(data: dict[str, Any]) -> None:
    assert load_rule(json.dumps(data)) == parse_rule(data)
