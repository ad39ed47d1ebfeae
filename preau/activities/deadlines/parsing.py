"""From JSON to a rule, refusing with a French sentence that names the key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from typing import Final

from preau.activities.deadlines.rules import (
    EVENING,
    FIELD_OF,
    FIRST_YEAR,
    KEYS_OF,
    LAST_YEAR,
    WEEKDAYS,
    Anchor,
    Cell,
    DeadlineRuleError,
    Kind,
    Rule,
    Shift,
    Week,
)
from preau.core.wording import listing

# Names found in published rules and in their collections, with ours.
SAME_KIND: Final = {"working_days_at": Kind.WORKING_DAYS}
SAME_ANCHOR: Final = {"holiday_period_start": Anchor.PERIOD_START}
# Two years at most: beyond, it is a slip of the keyboard.
LARGEST_N: Final = {
    Kind.HOURS: 24 * 731,
    Kind.WEEKS_BEFORE: 104,
    Kind.MONTHS_BEFORE: 24,
}
LARGEST_DAYS: Final = 731
# Written out: \d would also take the digits of other scripts.
HOUR: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
SHORT_CELL: Final = re.compile(
    r"(?:previous )?(?P<weekday>[a-z]+)(?: (?P<time>[0-9]{2}:[0-9]{2}|evening))?"
)


def parse_rule(data: object) -> Rule:
    """Read a rule from plain data (docs/regles.md describes it).

    DeadlineRuleError, a ``ValueError`` whose message is a French sentence naming the faulty key,
    whatever the data is.
    """
    if not isinstance(data, Mapping):
        raise DeadlineRuleError(f"Une règle est un objet JSON, pas {shown(data)}.")
    if "kind" not in data:
        raise DeadlineRuleError("« kind » : il manque le genre de la règle.")
    kind = _read_choice("kind", data["kind"], Kind, SAME_KIND)
    keys = KEYS_OF[kind]
    _check_keys(data, ("kind", *keys.required), ("kind", *keys.all()), f"« {kind.value} »")
    values: dict[str, object] = {
        FIELD_OF.get(key, key): _read(kind, key, data) for key in keys.all() if key in data
    }
    rule = Rule(kind=kind, **(keys.defaults() | values))  # type: ignore[arg-type]  # each key was read for its field
    _check_meaning(rule, data)
    return rule


def load_rule(text: str) -> Rule:
    """Read a rule from JSON text; DeadlineRuleError when it is not JSON or not a rule."""
    try:
        data: object = json.loads(text, object_pairs_hook=_without_doubles)
    except DeadlineRuleError:
        raise
    except (ValueError, RecursionError) as error:
        raise DeadlineRuleError("La règle n’est pas du JSON lisible.") from error
    return parse_rule(data)


def shown(value: object) -> str:
    """Quote a received value briefly and safely, whatever it is."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        # Control characters and half characters would break the page or the terminal.
        clean = "".join(mark if mark.isprintable() else "?" for mark in value[:30])
        return f"« {clean}{'…' if len(value) > 30 else ''} »"
    if isinstance(value, int):
        # Python refuses to write out integers of thousands of digits.
        return str(value) if abs(value) < 10**12 else "un nombre démesuré"
    if isinstance(value, float):
        return str(value)
    if isinstance(value, Mapping):
        return "un objet"
    return "une liste" if isinstance(value, list | tuple) else "autre chose"


def parse_day(key: str, value: object) -> date:
    """Read a date written YYYY-MM-DD; DeadlineRuleError naming ``key`` otherwise."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            found = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            check_year(key, found)
            return found
    raise _refused(key, "une date comme 2026-01-14 est attendue", value)


def check_year(key: str, value: date) -> None:
    """Refuse a date outside the years rules speak of, naming ``key``."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        years = f"une année entre {FIRST_YEAR} et {LAST_YEAR} est attendue"
        raise _refused(key, years, f"{value:%Y}")


def parse_hour(key: str, value: object) -> time:
    """Read an hour written HH:MM; DeadlineRuleError naming ``key`` otherwise."""
    if isinstance(value, str) and HOUR.fullmatch(value):
        return time.fromisoformat(value)
    raise _refused(key, "une heure comme 08:30 est attendue", value)


def _refused(key: str, expected: str, value: object) -> DeadlineRuleError:
    return DeadlineRuleError(f"« {key} » : {expected}, pas {shown(value)}.")


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen: dict[str, object] = {}
    for key, value in pairs:
        if key in seen:
            raise DeadlineRuleError(f"{shown(key)} : cette clé est écrite deux fois.")
        seen[key] = value
    return seen


def _check_keys(
    data: Mapping[object, object], required: tuple[str, ...], known: tuple[str, ...], where: str
) -> None:
    for key in data:
        if key not in known:
            names = listing([f"« {word} »" for word in known])
            name = shown(key) if isinstance(key, str) else f"« {shown(key)} »"
            raise DeadlineRuleError(f"{name} : clé inconnue de {where}, qui lit {names}.")
    for key in required:
        if key not in data:
            raise DeadlineRuleError(f"« {key} » : cette clé manque à {where}.")


def _read(kind: Kind, key: str, data: Mapping[object, object]) -> object:
    if key == "n":
        return _read_count(key, data[key], 0, LARGEST_N.get(kind, LARGEST_DAYS))
    if key in {"table", "exceptions"}:
        # An exception names another day; the hour stays the rule's unless it says its own.
        return _read_cells(key, data[key], data.get("time", EVENING))
    return READERS[key](key, data[key])


def _read_count(key: str, value: object, least: int, most: int) -> int:
    # A boolean is an integer for Python, not for a director.
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _refused(key, f"un nombre entier de {least} à {most} est attendu", value)
    return value


def _read_choice[E: StrEnum](
    key: str, value: object, choices: type[E], same: Mapping[str, E] | None = None
) -> E:
    if isinstance(value, str):
        found = (same or {}).get(value)
        if found is not None:
            return found
        if value in {choice.value for choice in choices}:
            return choices(value)
    names = listing([f"« {choice.value} »" for choice in choices])
    raise _refused(key, f"un de ces mots est attendu : {names}", value)


def _read_flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refused(key, "true ou false est attendu", value)
    return value


def _read_time(key: str, value: object) -> time | None:
    # "24:00" is how some regulations write the end of a day.
    if isinstance(value, str) and value in {EVENING, "24:00"}:
        return None
    if isinstance(value, str) and HOUR.fullmatch(value):
        return time.fromisoformat(value)
    raise _refused(key, 'une heure comme 10:00, ou "evening" (fin de journée), est attendue', value)


def _read_weekday(key: str, value: object) -> int:
    if isinstance(value, str) and value in WEEKDAYS:
        return WEEKDAYS.index(value)
    raise _refused(key, f"un de ces jours est attendu : {listing(WEEKDAYS)}", value)


def _read_closed_days(key: str, value: object) -> frozenset[int]:
    if not isinstance(value, list | tuple):
        raise _refused(key, "une liste de jours de la semaine est attendue", value)
    days = frozenset(_read_weekday(key, name) for name in value)
    if len(days) == len(WEEKDAYS):
        raise DeadlineRuleError(f"« {key} » : il faut laisser au moins un jour ouvert.")
    return days


def _read_cells(key: str, value: object, usual: object) -> tuple[tuple[int, Cell], ...]:
    if not isinstance(value, Mapping) or not value:
        raise _refused(key, "un objet jour de semaine -> limite est attendu", value)
    cells = {
        _read_weekday(key, name): _read_cell(f"{key}.{name}", cell, usual)
        for name, cell in value.items()
    }
    return tuple(sorted(cells.items()))


def _read_cell(where: str, value: object, usual: object) -> Cell:
    if isinstance(value, str):
        short = SHORT_CELL.fullmatch(value.lower())
        if short is None:
            raise _refused(where, 'un texte comme "friday 09:00" est attendu', value)
        value = {name: part for name, part in short.groupdict().items() if part is not None}
    if not isinstance(value, Mapping):
        raise _refused(where, 'un objet ou un texte comme "friday 09:00" est attendu', value)
    by_weekday = "weekday" in value
    required, others = (("weekday",), ("weeks", "time")) if by_weekday else (("n",), ("time",))
    _check_keys(value, required, required + others, f"« {where} »")
    moment = _read_time(f"{where}.time", value.get("time", usual))
    if not by_weekday:
        return Cell(n=_read_count(f"{where}.n", value["n"], 0, LARGEST_DAYS), time=moment)
    return Cell(
        weekday=_read_weekday(f"{where}.weekday", value["weekday"]),
        weeks=_read_count(f"{where}.weeks", value.get("weeks", 1), 1, 104),
        time=moment,
    )


def _check_meaning(rule: Rule, data: Mapping[object, object]) -> None:
    """Refuse keys that would be read and change nothing: whoever wrote them meant something."""
    counts_closed = rule.kind is Kind.WORKING_DAYS or rule.shift is not Shift.KEEP
    for key in ("closed_days", "public_holidays"):
        if key in data and not counts_closed:
            raise DeadlineRuleError(
                f'« {key} » : sans effet ici ; ajoutez "shift" ("previous" ou "next").'
            )


READERS: Final[Mapping[str, Callable[[str, object], object]]] = {
    "anchor": lambda key, value: _read_choice(key, value, Anchor, SAME_ANCHOR),
    "week": lambda key, value: _read_choice(key, value, Week),
    "shift": lambda key, value: _read_choice(key, value, Shift),
    "weekday": _read_weekday,
    "weeks": lambda key, value: _read_count(key, value, 1, 104),
    "months": lambda key, value: _read_count(key, value, 1, 24),
    "day": lambda key, value: _read_count(key, value, 1, 31),
    "date": parse_day,
    "time": _read_time,
    "start": parse_hour,
    "inclusive": _read_flag,
    "public_holidays": _read_flag,
    "closed_days": _read_closed_days,
}
