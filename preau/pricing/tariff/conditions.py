"""Conditions (`when`) as functions of a case: every key must hold; a list means one of these."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from preau.core.wording import listing
from preau.pricing.tariff.case import SCOPES, Case
from preau.pricing.tariff.errors import Place, TariffError
from preau.pricing.tariff.reading import number

if TYPE_CHECKING:
    from preau.pricing.tariff.building import Builder

type Test = Callable[[Case], bool]
type Number = Callable[[Case], Decimal | int | None]

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FLAGS: Final = ("late", "absent", "unbooked")
_STRETCHES: Final = ("day", "week", "month", "year", "basket")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A name as compared: without accents, capitals, hyphens nor apostrophes."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        mark if mark.isalnum() else " " for mark in parts if mark.isascii() or mark in "œæ"
    )
    words = kept.replace("œ", "oe").replace("æ", "ae").split()
    return " ".join("saint" if w == "st" else "sainte" if w == "ste" else w for w in words)


def words_of(value: object) -> list[str]:
    """One word or several, as a list."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def build_test(build: Builder, data: Any, place: Place) -> Test:
    """A condition from its data. TariffError naming the place."""
    if not isinstance(data, dict) or not data:
        raise TariffError("une condition est un ensemble de clés, comme { zone: resident }", place)
    tests = [_one(build, key, value, (*place, key)) for key, value in data.items()]
    if len(tests) == 1:
        return tests[0]
    return lambda case: all(test(case) for test in tests)


def _one(build: Builder, key: str, value: Any, place: Place) -> Test:
    if key in _SPECIAL:
        return _SPECIAL[key](build, value, place)
    if key in FLAGS:
        return _flag(key, value, place)
    if (measured := _number_of(key)) is not None:
        return _in_range(measured, value, place)
    if key in build.facts:
        return _declared(build, key, value, place)
    known = listing([f"« {name} »" for name in sorted([*_SPECIAL, *FLAGS, *_MEASURES])])
    raise TariffError(
        f"condition inconnue ; les conditions sont {known}, et les faits déclarés sous « facts »",
        place,
    )


def _number_of(key: str) -> Number | None:
    if key in _MEASURES:
        return _MEASURES[key]
    for name in ("rank", "children_count", "days_in", "nth_day_in"):
        stretch = key.removeprefix(f"{name}_")
        if key != stretch and stretch in _STRETCHES:
            return _COUNTERS[name](stretch)
    return None


def _days(stretch: str) -> Number:
    return lambda case: len(case.shared.days_within(case.line, stretch))


def _nth(stretch: str) -> Number:
    def nth(case: Case) -> int:
        dates = {day for (day, _), _ in case.shared.days_within(case.line, stretch)}
        own = case.line.day
        return 1 + sum(1 for day in dates if own and day and day < own)

    return nth


_COUNTERS: Final[Mapping[str, Callable[[str], Number]]] = {
    "rank": lambda stretch: lambda case: case.rank(stretch),
    "children_count": lambda stretch: lambda case: case.children_count(stretch),
    "days_in": _days,
    "nth_day_in": _nth,
}
_MEASURES: Final[Mapping[str, Number]] = {
    "age": lambda case: case.age,
    "rank": lambda case: case.rank(),
    "children_count": lambda case: case.children_count(),
    "quantity": lambda case: case.quantity,
    "cost": lambda case: case.line.cost,
    "minutes": lambda case: (
        case.service.minutes_of(case.line) if case.service.time else case.line.minutes
    ),
    "cancelled_days_before": lambda case: case.line.cancelled_days_before,
}


def _flag(key: str, value: Any, place: Place) -> Test:
    if not isinstance(value, bool):
        raise TariffError("true ou false est attendu", place)
    return lambda case: getattr(case.line, key) is value


def _in_range(measured: Number, value: Any, place: Place) -> Test:
    within = build_range(value, place)

    def test(case: Case) -> bool:
        found = measured(case)
        return found is not None and within(Decimal(found))

    return test


def build_range(value: Any, place: Place) -> Callable[[Decimal], bool]:
    """ "{from: 4}", "{above: 2, below: 5}", "3" or "[1, 2]" as a test of a number."""
    if not isinstance(value, dict):
        wanted = {number(each) for each in (value if isinstance(value, list) else [value])}
        if None in wanted or not wanted:
            raise TariffError("un nombre, une liste de nombres ou { from, to } est attendu", place)
        return lambda found: found in wanted
    bounds = {}
    for key, text in value.items():
        bound = number(text)
        if key not in {"from", "to", "above", "below"} or bound is None:
            raise TariffError(
                "les bornes s’écrivent from (compris), above (non compris), to (compris), below "
                "(non compris)",
                (*place, key),
            )
        bounds[key] = bound
    if not bounds:
        raise TariffError("il manque une borne : from, above, to ou below", place)
    least, above = bounds.get("from"), bounds.get("above")
    most, below = bounds.get("to"), bounds.get("below")
    return lambda found: (
        (least is None or found >= least)
        and (above is None or found > above)
        and (most is None or found <= most)
        and (below is None or found < below)
    )


def _quotient(_: Builder, value: Any, place: Place) -> Test:
    if value == "none":
        return lambda case: case.quotient is None
    if value == "known":
        return lambda case: case.quotient is not None
    within = build_range(value, place)
    return lambda case: case.quotient is not None and within(case.quotient)


def _scheme(_: Builder, value: Any, __: Place) -> Test:
    wanted = {word.casefold() for word in words_of(value)}
    return lambda case: case.scheme in wanted


def _zone(build: Builder, value: Any, place: Place) -> Test:
    wanted = set(words_of(value))
    for word in wanted - build.zone_names:
        names = listing([f"« {name} »" for name in sorted(build.zone_names)])
        raise TariffError(f"zone inconnue « {word} » ; les zones de ce tarif sont {names}", place)
    return lambda case: not wanted.isdisjoint(case.zones)


def _commune(_: Builder, value: Any, __: Place) -> Test:
    wanted = {plain(word) for word in words_of(value)}
    return lambda case: any(plain(name) in wanted for name in case.family.communes)


def _choice(choices: Sequence[str], of: Callable[[Case], object]) -> Callable[..., Test]:
    def build(_: Builder, value: Any, place: Place) -> Test:
        wanted = set(words_of(value))
        if choices and not wanted <= set(choices):
            raise TariffError(f"un de ces mots est attendu : {listing(list(choices))}", place)
        return lambda case: of(case) in wanted

    return build


def _service(build: Builder, value: Any, place: Place) -> Test:
    for word in words_of(value):
        build.check_service(word, place)
    wanted = set(words_of(value))
    return lambda case: case.service.key in wanted


def _month(_: Builder, value: Any, place: Place) -> Test:
    return _in_range(lambda case: case.line.day.month if case.line.day else None, value, place)


def _date(_: Builder, value: Any, place: Place) -> Test:
    """Dates of care: {from: 2026-07-06, to: 2026-08-28}, both included."""
    if not isinstance(value, dict) or not set(value) <= {"from", "to"} or not value:
        raise TariffError("{ from: AAAA-MM-JJ, to: AAAA-MM-JJ } est attendu", place)
    low, high = (
        parse_day(value[key], (*place, key)) if key in value else None for key in ("from", "to")
    )
    return lambda case: (
        case.line.day is not None
        and (low is None or case.line.day >= low)
        and (high is None or case.line.day <= high)
    )


def _hour(name: str) -> Callable[..., Test]:
    def build(_: Builder, value: Any, place: Place) -> Test:
        if not isinstance(value, dict) or not value:
            raise TariffError('des bornes comme { from: "18:00" } sont attendues', place)
        bounds = {key: _minutes(parse_hour(text, (*place, key))) for key, text in value.items()}
        within = build_range(bounds, place)

        def test(case: Case) -> bool:
            hour: time | None = getattr(case.line, name)
            return hour is not None and within(_minutes(hour))

        return test

    return build


def _minutes(hour: time) -> Decimal:
    return Decimal(hour.hour * 60 + hour.minute)


def _any(build: Builder, value: Any, place: Place) -> Test:
    if not isinstance(value, list) or not value:
        raise TariffError("une liste de conditions est attendue", place)
    tests = [build_test(build, each, (*place, n)) for n, each in enumerate(value)]
    return lambda case: any(test(case) for test in tests)


def _not(build: Builder, value: Any, place: Place) -> Test:
    test = build_test(build, value, place)
    return lambda case: not test(case)


def _count(build: Builder, value: Any, place: Place) -> Test:
    """Units of some services, in a stretch of time: {of: [day], within: month, from: 10}."""
    if not isinstance(value, dict):
        raise TariffError("{ of:, within:, for:, from: } est attendu", place)
    rest = dict(value)
    services = set(words_of(rest.pop("of", list(build.service_names))))
    for word in services:
        build.check_service(word, (*place, "of"))
    within, whose = rest.pop("within", "basket"), rest.pop("for", "child")
    if within not in SCOPES or whose not in {"child", "family"}:
        raise TariffError(
            "within est line, day, week, month, year ou basket ; for est child ou family", place
        )

    def counted(case: Case) -> Decimal:
        if within == "line":
            return case.quantity
        found = case.shared.together(case.line, within, whose)
        return sum(
            (
                each.service.quantity_of(each.line)
                for each in found
                if each.line.service in services
            ),
            Decimal(0),
        )

    return _in_range(counted, rest, place)


def _declared(build: Builder, key: str, value: Any, place: Place) -> Test:
    fact = build.facts[key]
    if fact.kind == "number":
        return _in_range(lambda case: _as_number(case.fact(key)), value, place)
    if fact.kind == "flag":
        if not isinstance(value, bool):
            raise TariffError("true ou false est attendu", place)
        return lambda case: case.fact(key) is value
    wanted = set(words_of(value))
    if not wanted <= set(fact.choices):
        raise TariffError(f"un de ces mots est attendu : {listing(list(fact.choices))}", place)
    return lambda case: case.fact(key) in wanted


def _as_number(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def parse_day(value: object, place: Place) -> date:
    """A date written AAAA-MM-JJ. TariffError otherwise."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise TariffError(f"« {value} » n’est pas une date possible, écrite AAAA-MM-JJ", place)


def parse_hour(value: object, place: Place) -> time:
    """An hour written "HH:MM". TariffError otherwise."""
    if isinstance(value, str) and len(value) == 5:
        try:
            return time.fromisoformat(value)
        except ValueError:
            pass
    raise TariffError(f'« {value} » n’est pas une heure possible, écrite "HH:MM"', place)


_SPECIAL: Final[Mapping[str, Callable[[Any, Any, Place], Test]]] = {
    "quotient": _quotient,
    "scheme": _scheme,
    "zone": _zone,
    "commune": _commune,
    "weekday": _choice(
        WEEKDAYS, lambda case: WEEKDAYS[case.line.day.weekday()] if case.line.day else None
    ),
    "day_kind": _choice((), lambda case: case.line.day_kind),
    "service": _service,
    "month": _month,
    "date": _date,
    "start": _hour("start"),
    "end": _hour("end"),
    "count": _count,
    "any": _any,
    "not": _not,
}
CONDITION_NAMES: Final = (*_SPECIAL, *FLAGS, *_MEASURES)
