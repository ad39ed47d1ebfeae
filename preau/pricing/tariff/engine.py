"""`quote()`: the price of a basket, with its explanation. Pure: no clock, no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from preau.core import wording
from preau.core.money import CENT, EXACT, ZERO, Rounding, in_words, number_in_words, rounded
from preau.pricing.tariff.adjusting import (
    adjust_line,
    adjust_together,
    adjust_unit,
    shift_brackets,
)
from preau.pricing.tariff.case import Case, Shared, Step
from preau.pricing.tariff.document import Adjustment, Nature, Stage, Tariff
from preau.pricing.tariff.errors import PricingError
from preau.pricing.tariff.facts import Basket, Child, Line

_NOBODY = Child(key="")
_TOGETHER = ("day", "week", "month", "year", "basket")


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its amount to the cent. `shares`: what others pay of it, by payer."""

    line: Line
    service: str
    label: str
    nature: Nature
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    shares: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """How one line came to its amount, step by step."""

    heading: str
    steps: tuple[Step, ...]
    amount: Decimal

    @property
    def sentences(self) -> list[str]:
        """The same in French sentences: where the price comes from, then each change."""
        texts = [(step.operation, step.text) for step in self.steps]
        priced = next((n for n, (kind, _) in enumerate(texts) if kind == "price"), 0)
        found = " ; ".join(text for _, text in texts[: priced + 1]) or in_words(self.amount)
        rest = [text for _, text in texts[priced + 1 :]]
        return [f"{self.heading} : {found}.", *(f"{text[:1].upper()}{text[1:]}." for text in rest)]


class Quote:
    """The answer: lines, total, and the explanation, made only when somebody reads it."""

    def __init__(self, tariff: Tariff, basket: Basket, lines: tuple[PricedLine, ...]) -> None:
        self.tariff, self.basket, self.lines = tariff, basket, lines

    @cached_property
    def total(self) -> Decimal:
        """What the family pays."""
        return sum((line.amount for line in self.lines), ZERO).quantize(CENT)

    @property
    def deposit(self) -> Decimal | None:
        """What is paid at booking, where the tariff asks for it."""
        percent = self.tariff.deposit
        if percent is None:
            return None
        return rounded(EXACT.divide(EXACT.multiply(self.total, percent), Decimal(100)))

    @property
    def shares(self) -> dict[str, Decimal]:
        """What others pay, by payer."""
        found: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for line in self.lines:
            for payer, amount in line.shares:
                found[payer] += amount
        return dict(found)

    @cached_property
    def explained(self) -> list[Explained]:
        """Each line step by step. The same computation again, this time written down."""
        return _explained(_priced(self.tariff, self.basket, explain=True))

    @property
    def explanation(self) -> list[str]:
        """French sentences: each line, its steps, then the total."""
        said = [sentence for each in self.explained for sentence in each.sentences]
        return [*said, f"Total : {in_words(self.total)}."]


def _explained(cases: Sequence[Case]) -> list[Explained]:
    return [Explained(_heading(case), tuple(case.steps or ()), case.amount) for case in cases]


def quote(tariff: Tariff, basket: Basket, *, explain: bool = False) -> Quote:
    """Price every line of `basket`. The lines add up to the total, and none is below zero.

    `explain`: somebody will read why, so that it is written down while computing, not afterwards.
    PricingError, a French sentence, when the tariff does not say a price for one of them.
    """
    cases = _priced(tariff, basket, explain=explain)
    found = Quote(tariff, basket, tuple(_line_of(case) for case in cases))
    if explain:
        found.explained = _explained(cases)
    return found


def _line_of(case: Case) -> PricedLine:
    service = case.service
    return PricedLine(
        case.line,
        service.key,
        service.label,
        service.nature,
        case.quantity,
        case.unit,
        case.amount,
        tuple(case.shares),
    )


def _priced(tariff: Tariff, basket: Basket, *, explain: bool) -> list[Case]:
    shared = Shared(tariff, basket)
    children = {child.key: child for child in basket.children}
    shared.cases = cases = [
        _case(shared, line, children.get(line.child, _NOBODY), explain=explain)
        for line in basket.lines
    ]
    for case in cases:
        _price_unit(case)
    if len(cases) > 1 or tariff.adjusts_together:
        _adjust_all(tariff, cases)
    else:
        for case in cases:
            _adjust_alone(case)
    _round(tariff, cases)
    return cases


def _case(shared: Shared, line: Line, child: Child, *, explain: bool) -> Case:
    tariff = shared.tariff
    service = tariff.services.get(line.service)
    if service is None:
        names = wording.listing([f"« {name} »" for name in tariff.services])
        raise PricingError(
            f"Prestation inconnue « {line.service} » ; le tarif « {tariff.name} » a {names}."
        )
    if not tariff.covers(line.day):
        raise PricingError(
            f"Le tarif « {tariff.name} » ne vaut pas le {wording.bare_day(line.day, year=True)}."  # type: ignore[arg-type]
        )
    return Case(shared, line, service, child, explain=explain)


def _price_unit(case: Case) -> None:
    service, tariff = case.service, case.shared.tariff
    shift_brackets(case)
    if service.once and _already_counted(case):
        case.unit = ZERO
        case.say("price", ZERO, ZERO, "déjà compté : une seule fois")
        return
    price = service.price(case)
    if service.time and service.time.price_for != service.time.unit:
        price = EXACT.divide(EXACT.multiply(price, service.time.unit), service.time.price_for)
    price = max(price, ZERO)
    case.unit = price
    if case.steps is not None:
        each = "" if case.quantity == 1 else " l’unité"
        case.say("price", price, price, f"{in_words(price)}{each}")
    _round_unit(case, "price", service.stages.get("price") or tariff.stages.get("price"))


def _already_counted(case: Case) -> bool:
    within, whose = case.service.once or ("year", "family")
    for entry in case.shared.together(case.line, within, whose):
        if entry.line is case.line:
            return False
        if entry.line.service == case.line.service:
            return True
    return False


def _round_unit(case: Case, stage: str, rule: Stage | None) -> None:
    # The average price of a package is no price: only its lines are rounded, together.
    if rule is None or case.group is not None:
        return
    before = case.unit
    case.unit = rounded(before, *rule)
    if case.steps is not None and case.unit != before:
        what = "prix" if stage == "price" else "prix à l’unité"
        case.say("round", case.unit, case.unit, f"{what} arrondi à {in_words(case.unit)}")


def _multiply(case: Case) -> None:
    """From the price of one to the amount of the line."""
    stages = case.service.stages
    _round_unit(case, "unit", stages.get("unit") or case.shared.tariff.stages.get("unit"))
    case.amount = EXACT.multiply(case.unit, case.quantity) if case.quantity != 1 else case.unit
    if case.steps is not None and case.quantity != 1:
        text = f"× {number_in_words(case.quantity)} = {in_words(case.amount)}"
        case.say("times", case.quantity, case.amount, text)


def _adjust_alone(case: Case) -> None:
    multiplied = False
    for adjustment in case.service.adjustments:
        if adjustment.operation == "shift" or not adjustment.holds(case):
            continue
        if adjustment.per == "unit" and not multiplied:
            adjust_unit(case, adjustment)
            continue
        if not multiplied:
            _multiply(case)
            multiplied = True
        adjust_line(case, adjustment)
    if not multiplied:
        _multiply(case)


def _adjust_all(tariff: Tariff, cases: Sequence[Case]) -> None:
    """In the order of the tariff: those by the unit first, until one speaks of whole lines."""
    multiplied = False
    for adjustment in tariff.adjustments:
        if adjustment.operation == "shift":
            continue
        if adjustment.per != "unit" and not multiplied:
            for case in cases:
                _multiply(case)
            multiplied = True
        if adjustment.per in _TOGETHER:
            adjust_together(cases, adjustment)
        else:
            _adjust_each(cases, adjustment, by_unit=not multiplied)
    if not multiplied:
        for case in cases:
            _multiply(case)


def _adjust_each(cases: Sequence[Case], adjustment: Adjustment, *, by_unit: bool) -> None:
    for case in cases:
        if adjustment in case.service.adjustments and adjustment.holds(case):
            (adjust_unit if by_unit else adjust_line)(case, adjustment)


def _round(tariff: Tariff, cases: Sequence[Case]) -> None:
    """Lines to the cent, or to the tariff's step. What was shared out is rounded together, so that
    the cents add up."""
    line_rule = tariff.stages.get("line")
    total_rule = tariff.stages.get("total")
    if line_rule:
        running: dict[object, tuple[Decimal, Decimal]] = {}
        for case in cases:
            rule = case.service.stages.get("line") or line_rule
            if case.group is None:
                _settle(case, rounded(case.amount, *rule))
            else:
                _settle_together(case, running, case.group, rule)
    if total_rule:
        running = {}
        for case in cases:
            _settle_together(case, running, "total", total_rule)


def _settle_together(
    case: Case, running: dict[object, tuple[Decimal, Decimal]], key: object, rule: Stage
) -> None:
    exact, settled = running.get(key, (ZERO, ZERO))
    exact = EXACT.add(exact, case.amount)
    upto = rounded(exact, *rule)
    # A share of nothing takes no cent of its neighbours.
    running[key] = (exact, upto)
    _settle(case, upto - settled)


def _settle(case: Case, amount: Decimal) -> None:
    if case.steps is not None and amount != case.amount:
        case.say("round", amount, amount, f"arrondi à {in_words(amount)}")
    case.amount = amount


def _heading(case: Case) -> str:
    parts = [case.child.name or case.line.child, case.service.label]
    if case.line.day is not None:
        parts.append(wording.day(case.line.day, year=True))
    return ", ".join(part for part in parts if part)


__all__ = ["Explained", "PricedLine", "Quote", "Rounding", "quote"]
