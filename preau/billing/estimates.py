"""From boxes and bookings to the lines of a basket: the same for the estimate and the invoice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from preau.core.money import ZERO
from preau.families import models as families
from preau.families.quotients import quotient_on
from preau.pricing.tariff import (
    Basket,
    Child,
    Family,
    Line,
    PricedLine,
    PricingError,
    Quote,
    Tariff,
    quote,
)

type TariffOf = Callable[[date], Tariff | None]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A child on a day: parts of the day, and outings with their published price."""

    child_id: int
    on: date
    slots: frozenset[str] = frozenset()
    outings: tuple[tuple[str, Decimal], ...] = ()
    kind: str = ""
    late: bool = False
    unbooked: bool = False
    key: object = None


@dataclass(frozen=True, kw_only=True)
class Household:
    """What prices look at in a family, read once."""

    family: families.Family
    children: Sequence[families.Child]
    quotients: Sequence[families.FamilyQuotient]
    grace: int

    def facts_on(self, day: date) -> Family:
        """The family as a tariff sees it on a day of care."""
        found = quotient_on(self.quotients, day, grace=self.grace)
        return Family(
            quotient=found.value if found else None,
            scheme=found.scheme if found else "",
            communes=(self.family.town,) if self.family.town else (),
            children_count=len(self.children),
        )

    @property
    def siblings(self) -> tuple[Child, ...]:
        """The children, as a tariff sees them."""
        return tuple(
            Child(key=str(child.pk), name=child.first_name, birth_date=child.birth_date)
            for child in self.children
        )


@dataclass(frozen=True, kw_only=True)
class PlainOuting:
    """An outing at its published price, where the tariff says nothing of outings."""

    wanted: Wanted
    title: str
    amount: Decimal


@dataclass(kw_only=True)
class Estimate:
    """Prices of what is wanted. `unpriced`: sentences on what has no price yet;
    `top_price`: some of it was priced without a quotient."""

    quotes: list[Quote] = field(default_factory=list)
    outings: list[PlainOuting] = field(default_factory=list)
    unpriced: list[str] = field(default_factory=list)
    top_price: bool = False

    @property
    def total(self) -> Decimal:
        """What the family would pay."""
        quoted = sum((each.total for each in self.quotes), ZERO)
        return quoted + sum((each.amount for each in self.outings), ZERO)

    @property
    def lines(self) -> list[PricedLine]:
        """Every line priced by a tariff; `line.key` is the `Wanted` it comes from."""
        return [line for each in self.quotes for line in each.lines]

    @property
    def known(self) -> bool:
        """Whether anything has a price."""
        return bool(self.quotes or self.outings)


def estimate(
    household: Household,
    wanted: Iterable[Wanted],
    tariff_of: TariffOf,
    *,
    explain: bool = False,
) -> Estimate:
    """Price what is wanted, each day by the tariff and the quotient of that day.

    What shares a tariff and a quotient is one basket, so that weeks and packages count together.
    `explain`: every line will be asked why.
    """
    found = Estimate()
    baskets: dict[object, tuple[Tariff, Family, list[Line]]] = {}
    for each in sorted(wanted, key=lambda one: (one.on, one.child_id)):
        tariff = tariff_of(each.on)
        facts = household.facts_on(each.on)
        found.top_price = found.top_price or facts.quotient is None
        if tariff is None:
            _without_tariff(found, each)
            continue
        key = (id(tariff), facts.quotient, facts.scheme)
        _, _, lines = baskets.setdefault(key, (tariff, facts, []))
        lines += _lines_of(found, tariff, each)
    for tariff, facts, lines in baskets.values():
        basket = Basket(family=facts, children=household.siblings, lines=tuple(lines))
        _quote(found, tariff, basket, explain=explain)
    return found


def _quote(found: Estimate, tariff: Tariff, basket: Basket, *, explain: bool) -> None:
    if not basket.lines:
        return
    try:
        found.quotes.append(quote(tariff, basket, explain=explain))
    except PricingError as error:
        _say_once(found, str(error))


def _without_tariff(found: Estimate, wanted: Wanted) -> None:
    if wanted.slots:
        _say_once(found, "Le prix de certains jours n’est pas encore publié.")
    _plain_outings(found, wanted)


def _plain_outings(found: Estimate, wanted: Wanted) -> None:
    found.outings += [
        PlainOuting(wanted=wanted, title=title, amount=price) for title, price in wanted.outings
    ]


def _lines_of(found: Estimate, tariff: Tariff, wanted: Wanted) -> list[Line]:
    services = tariff.services_for(wanted.slots) if wanted.slots else ()
    if services is None:
        _say_once(found, "Le tarif ne dit pas le prix de certaines combinaisons de créneaux.")
        services = ()
    lines = [_line(wanted, service) for service in services]
    if tariff.outing:
        lines += [_line(wanted, tariff.outing, cost=price) for _, price in wanted.outings]
    else:
        _plain_outings(found, wanted)
    return lines


def _line(wanted: Wanted, service: str, cost: Decimal | None = None) -> Line:
    return Line(
        service=service,
        child=str(wanted.child_id),
        day=wanted.on,
        day_kind=wanted.kind,
        late=wanted.late,
        unbooked=wanted.unbooked,
        cost=cost,
        key=wanted,
    )


def _say_once(found: Estimate, sentence: str) -> None:
    if sentence not in found.unpriced:
        found.unpriced.append(sentence)
