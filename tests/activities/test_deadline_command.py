"""``preau deadline`` answers integrators, and never with a trace."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from preau.activities.deadlines import DeadlineRuleError
from preau.activities.management.commands.deadline import Command, answer

MONDAY = '{"kind": "weekday_before", "weekday": "monday", "time": "10:00"}'
WORKING = '{"kind": "working_days", "n": 1}'


def run(*words: str) -> str:
    """Run the command as typed and give what it prints."""
    out = StringIO()
    call_command(Command(stdout=out), *words)
    return out.getvalue()


def test_the_answer_is_an_instant_with_its_offset_and_words() -> None:
    assert answer(MONDAY, day="2026-01-14") == {
        "first_refused": "2026-01-12T10:00:00+01:00",
        "text": "lundi 12 janvier avant 10\u00a0h",
    }


def test_the_command_prints_json_for_programs() -> None:
    printed = run("--rule", MONDAY, "--day", "2026-07-15", "--json")
    assert json.loads(printed) == answer(MONDAY, day="2026-07-15")


def test_the_command_prints_a_sentence_for_people() -> None:
    printed = run("--rule", MONDAY, "--day", "2026-01-14")
    assert printed == "Jusqu’au lundi 12 janvier avant 10\u00a0h.\n"


def test_closing_days_may_be_given_together_or_apart() -> None:
    together = run("--rule", WORKING, "--day", "2026-01-14", "--closed", "2026-01-13", "2026-01-12")
    apart = run(
        "--rule", WORKING, "--day", "2026-01-14", "--closed", "2026-01-13", "--closed", "2026-01-12"
    )
    assert together == apart == "Jusqu’au vendredi 9 janvier inclus.\n"


def test_one_run_does_not_remember_the_closing_days_of_another() -> None:
    run("--rule", WORKING, "--day", "2026-01-14", "--closed", "2026-01-13")
    assert run("--rule", WORKING, "--day", "2026-01-14") == "Jusqu’au mardi 13 janvier inclus.\n"


def test_the_command_knows_the_period_the_first_day_and_the_hour() -> None:
    holiday = '{"kind": "hours", "n": 1, "anchor": "period_start"}'
    day = ("--day", "2026-02-18")
    assert run("--rule", holiday, *day, "--period-start", "2026-02-16", "--start", "08:30") == (
        "Jusqu’au lundi 16 février avant 7\u00a0h\u00a030.\n"
    )
    first = '{"kind": "calendar_days", "n": 1, "anchor": "first_booked_day"}'
    printed = run("--rule", first, *day, "--first-booked", "2026-02-17")
    assert printed == "Jusqu’au lundi 16 février inclus.\n"


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"rule": "{"}, "JSON"),
        ({"rule": '{"kind": "hours"}'}, "« n »"),
        ({"day": "14/01/2026"}, "« day »"),
        ({"day": "2026-W03-3"}, "« day »"),
        ({"day": "2026-01-14\x00"}, "« day »"),
        ({"period_start": "2026-13-01"}, "« period_start »"),
        ({"first_booked": ""}, "« first_booked »"),
        ({"closed": ["2026-01-13", "demain"]}, "« closed »"),
        ({"start": "8h30"}, "« start »"),
        ({"rule": '{"kind": "calendar_days", "n": 1, "anchor": "period_start"}'}, "period_start"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(options: dict[str, Any], key: str) -> None:
    typed = {"rule": MONDAY, "day": "2026-01-14"} | options
    with pytest.raises(DeadlineRuleError, match=key):
        answer(**typed)
    with pytest.raises(CommandError, match=key):
        call_command(Command(), **typed)


def test_the_command_needs_no_database() -> None:
    assert Command.requires_system_checks == []
    assert not Command.requires_migrations_checks
