"""Adjustments: read from the tariff, then applied in its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from preau.core.money import EXACT, ZERO, in_words, number_in_words, rounded
from preau.core.wording import MINUS, NO_BREAK
from preau.pricing.tariff.case import Case, ScopeKey
from preau.pricing.tariff.conditions import build_test, words_of
from preau.pricing.tariff.document import Adjustment, Aid, Service, leaves_alone
from preau.pricing.tariff.errors import Place, TariffError
from preau.pricing.tariff.reading import number
from preau.pricing.tariff.values import build_step, build_value

if TYPE_CHECKING:
    from preau.pricing.tariff.building import Builder

OPERATIONS: Final = ("add", "percent", "set", "at_least", "at_most", "shift", "aid", "round")
_HUNDRED: Final = Decimal(100)


def build_adjustments(
    build: Builder, data: Sequence[Mapping[str, Any]], services: Mapping[str, Service]
) -> tuple[Adjustment, ...]:
    """Read the list, and give each service those that concern it. TariffError naming the place."""
    found: list[Adjustment] = []
    of_service: dict[str, list[Adjustment]] = {key: [] for key in services}
    for n, each in enumerate(data):
        place = ("adjustments", n)
        adjustment = _build(build, each, n, place)
        found.append(adjustment)
        for key in _concerned(build, each, services, place):
            of_service[key].append(adjustment)
    for key, service in services.items():
        service.adjustments = tuple(of_service[key])
    return tuple(found)


def _concerned(
    build: Builder, data: Mapping[str, Any], services: Mapping[str, Service], place: Place
) -> list[str]:
    if "services" in data:
        named = words_of(data["services"])
        for key in named:
            build.check_service(key, (*place, "services"))
        return named
    if "natures" in data:
        natures = set(words_of(data["natures"]))
        return [key for key, service in services.items() if service.nature.value in natures]
    return [key for key, service in services.items() if not leaves_alone(service.nature)]


def _build(build: Builder, data: Mapping[str, Any], n: int, place: Place) -> Adjustment:
    operations = [key for key in OPERATIONS if key in data]
    if len(operations) != 1:
        raise TariffError("il faut une de ces clés, et une seule : " + ", ".join(OPERATIONS), place)
    (operation,) = operations
    value, step, aid = None, None, None
    if operation == "aid":
        aid = _aid(build, data["aid"], (*place, "aid"))
    elif operation == "round":
        rule = data["round"] if isinstance(data["round"], dict) else {"step": data["round"]}
        step = build_step(rule, (*place, "round"))
    else:
        value = build_value(build, data[operation], (*place, operation))
    if operation == "shift" and (number(data["shift"]) or Decimal("0.5")) % 1:
        raise TariffError("un nombre entier de tranches est attendu : -1", (*place, "shift"))
    return Adjustment(
        label=data.get("label") or f"Ajustement {n + 1}",
        operation=operation,
        value=value,
        when=build_test(build, data["when"], (*place, "when")) if "when" in data else None,
        per="line" if operation == "aid" else data.get("per", "unit"),
        whose=data.get("for", "child"),
        number=n,
        step=step,
        aid=aid,
    )


def _aid(build: Builder, data: Mapping[str, Any], place: Place) -> Aid:
    ways = [key for key in ("amount", "percent", "units") if key in data]
    if len(ways) != 1:
        raise TariffError("une aide a « amount », « percent » ou « units », un seul", place)
    units = {
        unit: build_value(build, value, (*place, "units", unit))
        for unit, value in data.get("units", {}).items()
    }
    yearly = {
        unit: build_value(build, value, (*place, "yearly", unit))
        for unit, value in data.get("yearly", {}).items()
    }
    for unit in yearly:
        if unit not in units:
            raise TariffError(
                "ce plafond annuel n’a pas son montant sous « units »", (*place, unit)
            )
    return Aid(
        payer=data.get("payer", "un tiers"),
        amount=build_value(build, data["amount"], (*place, "amount")) if "amount" in data else None,
        percent=build_value(build, data["percent"], (*place, "percent"))
        if "percent" in data
        else None,
        units=units,
        yearly=yearly,
    )


def shift_brackets(case: Case) -> None:
    """Move up or down by brackets, before the price is looked up."""
    for adjustment in case.service.adjustments:
        if adjustment.operation == "shift" and adjustment.value and adjustment.holds(case):
            case.shift += int(adjustment.value(case))
            if case.steps is not None:
                case.note(f"{adjustment.label} : prix de la tranche voisine ({case.shift:+d})")


def adjust_unit(case: Case, adjustment: Adjustment) -> None:
    """Apply to the price of one unit."""
    before = case.unit
    case.unit = _changed(case, adjustment, before, Decimal(1))


def adjust_line(case: Case, adjustment: Adjustment) -> None:
    """Apply to the amount of the line, once units were multiplied."""
    if adjustment.aid is not None:
        _give_aid(case, adjustment, adjustment.aid)
        return
    times = case.quantity if adjustment.per == "unit" else Decimal(1)
    case.amount = _changed(case, adjustment, case.amount, times)


def _changed(case: Case, adjustment: Adjustment, before: Decimal, times: Decimal) -> Decimal:
    operation, label = adjustment.operation, adjustment.label
    if operation == "round":
        step, mode = adjustment.step or (Decimal("0.01"), None)
        after = rounded(before, step, mode) if mode else before
        case.say("round", after, after, f"{label} : {in_words(after)}")
        return after
    value = adjustment.value(case) if adjustment.value else ZERO
    if operation == "percent":
        after = before + EXACT.divide(EXACT.multiply(before, value), _HUNDRED)
    else:
        value = value if times == 1 else EXACT.multiply(value, times)
        after = _with_amount(operation, before, value)
    below, after = after < 0, max(after, ZERO)
    if case.steps is not None:
        text = f"{label} : {_operation_in_words(operation, value)}"
        kind = "set" if below else _KINDS.get(operation, operation)
        said = "jamais moins de zéro" if below else f"soit {in_words(after)}"
        case.say(kind, ZERO if below else value, after, f"{text}, {said}")
    return after


_KINDS: Final = {"at_least": "floor", "at_most": "cap"}


def _with_amount(operation: str, before: Decimal, value: Decimal) -> Decimal:
    if operation == "add":
        return before + value
    if operation == "at_least":
        return max(before, value)
    return min(before, value) if operation == "at_most" else value


def _operation_in_words(operation: str, value: Decimal) -> str:
    """ "− 2,00 €", "+ 10 %", "pas plus de 120,00 €"."""
    sign = "+" if value >= 0 else MINUS
    if operation == "percent":
        return f"{sign} {number_in_words(abs(value))}{NO_BREAK}%"
    if operation == "add":
        return f"{sign} {in_words(abs(value))}"
    words = {"at_least": "pas moins de ", "at_most": "pas plus de "}
    return words.get(operation, "") + in_words(value)


def _give_aid(case: Case, adjustment: Adjustment, aid: Aid) -> None:
    if aid.percent is not None:
        given = EXACT.divide(EXACT.multiply(case.amount, aid.percent(case)), _HUNDRED)
    elif aid.amount is not None:
        given = EXACT.multiply(aid.amount(case), case.quantity)
    else:
        given = sum((_units_given(case, adjustment, aid, unit) for unit in aid.units), ZERO)
    given = rounded(max(min(given, case.amount), ZERO))
    given = min(given, case.amount)
    if given:
        case.amount -= given
        case.shares.append((aid.payer, given))
        case.say(
            "add",
            -given,
            case.amount,
            f"{adjustment.label} : {aid.payer} prend en charge {in_words(given)}, "
            f"reste {in_words(case.amount)}",
        )


def _units_given(case: Case, adjustment: Adjustment, aid: Aid, unit: str) -> Decimal:
    """Amount for the units of this line, within what is left of the year."""
    held = EXACT.multiply(case.service.holds.get(unit, ZERO), case.quantity)
    if not held:
        return ZERO
    if unit in aid.yearly:
        shared = case.shared
        key = (adjustment.label, unit, (case.line.child, *shared.scope_of(case.line, "year")))
        if key not in shared.used:
            shared.used[key] = _used_before(case, adjustment, unit)
        left = max(aid.yearly[unit](case) - shared.used[key], ZERO)
        if held > left:
            case.note(
                f"{adjustment.label} : il ne reste que {number_in_words(left)} unités "
                f"« {unit} » cette année"
            )
            held = left
        shared.used[key] += held
    return EXACT.multiply(aid.units[unit](case), held)


def _used_before(case: Case, adjustment: Adjustment, unit: str) -> Decimal:
    told = case.shared.basket.used.get(adjustment.label, {}).get(unit)
    if told is not None:
        return told
    past = (each for each in case.shared.together(case.line, "year") if each.past)
    return sum(
        (
            each.service.holds.get(unit, ZERO) * each.service.quantity_of(each.line)
            for each in past
            if adjustment in each.service.adjustments
        ),
        ZERO,
    )


def adjust_together(cases: Sequence[Case], adjustment: Adjustment) -> None:
    """Apply once to the lines of the same child (or family) in the same week, month..."""
    groups: dict[ScopeKey, list[Case]] = {}
    for case in cases:
        if adjustment in case.service.adjustments and adjustment.holds(case):
            scope = case.shared.scope_of(case.line, adjustment.per)
            child = case.line.child if adjustment.whose == "child" else ""
            groups.setdefault((adjustment.number, child, *scope), []).append(case)
    for key, group in groups.items():
        _adjust_group(group, key, adjustment)


def _adjust_group(group: Sequence[Case], key: ScopeKey, adjustment: Adjustment) -> None:
    before = sum((case.amount for case in group), ZERO)
    value = adjustment.value(group[0]) if adjustment.value else ZERO
    if adjustment.operation == "percent":
        after = before + EXACT.divide(EXACT.multiply(before, value), _HUNDRED)
    elif adjustment.operation == "round" and adjustment.step:
        value = after = rounded(before, *adjustment.step)
    else:
        after = _with_amount(adjustment.operation, before, value)
    after = max(after, ZERO)
    for case in group:
        case.group = key
        part = (
            EXACT.divide(EXACT.multiply(after, case.amount), before)
            if before
            else EXACT.divide(after, Decimal(len(group)))
        )
        change = part - case.amount
        case.amount = part
        if case.steps is not None:
            text = f"{adjustment.label} : {_operation_in_words(adjustment.operation, value)}"
            share = f", pour cette ligne {_signed_amount(change)}" if len(group) > 1 else ""
            case.say("add", change, part, f"{text}{share}, soit {in_words(part)}")


def _signed_amount(value: Decimal) -> str:
    return f"{MINUS if value < 0 else '+'} {in_words(abs(value))}"
