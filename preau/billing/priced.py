"""From facts to lines with their prices and the reasons: what a run bills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from preau.billing.enums import Nature
from preau.billing.estimates import Estimate, Household, TariffOf, Wanted, estimate
from preau.billing.lines import Line
from preau.billing.models import Charge
from preau.billing.queries.estimates import households
from preau.billing.queries.facts import Care, Facts, Trip
from preau.billing.queries.prices import document_for, published_versions
from preau.core import wording
from preau.org.models import Centre
from preau.pricing.tariff import PricedLine, Quote, Tariff


@dataclass(kw_only=True)
class Priced:
    """The lines of one family, and what a person should look at before they are issued."""

    lines: list[Line] = field(default_factory=list)
    oddities: list[str] = field(default_factory=list)


def lines_of_families(facts: Mapping[int, Facts]) -> dict[int, Priced]:
    """Price the facts of many families. Queries: four, and one for each centre."""
    homes = households(facts)
    days = [fact.day for each in facts.values() for fact in each.care.values()]
    days += [trip.day for each in facts.values() for trip in each.trips]
    centres = {day.centre_id for day in days}
    tariffs = _tariffs(centres)
    return {pk: _lines_of_family(homes[pk], each, tariffs) for pk, each in facts.items()}


class _Prices:
    """The tariff of a centre, kind of day and date; each looked up once."""

    def __init__(self, centre: Centre) -> None:
        self._versions = published_versions(centre)
        self._known: dict[tuple[str, date], Tariff | None] = {}

    def of(self, kind: str) -> TariffOf:
        def tariff_of(day: date) -> Tariff | None:
            if (kind, day) not in self._known:
                found = document_for(self._versions, kind, day)
                self._known[kind, day] = found[1] if found else None
            return self._known[kind, day]

        return tariff_of


def _tariffs(centre_ids: Collection[int]) -> dict[int, _Prices]:
    return {centre.pk: _Prices(centre) for centre in Centre.objects.filter(pk__in=centre_ids)}


def _lines_of_family(household: Household, facts: Facts, prices: Mapping[int, _Prices]) -> Priced:
    found = Priced(lines=[_charge_line(charge) for charge in facts.charges])
    for (centre_id, kind), wanted in _by_centre(facts).items():
        priced = estimate(household, wanted, prices[centre_id].of(kind), explain=True)
        found.lines += _lines(priced, centre_id)
        found.oddities += priced.unpriced
        if priced.top_price and priced.quotes:
            found.oddities.append("Quotient familial inconnu ou périmé : tarif le plus élevé.")
    found.oddities = list(dict.fromkeys(found.oddities))
    return found


def _by_centre(facts: Facts) -> dict[tuple[int, str], list[Wanted]]:
    groups: dict[tuple[int, str], list[Wanted]] = defaultdict(list)
    for care in facts.care.values():
        kind = care.day.period.kind
        groups[care.day.centre_id, kind].append(
            Wanted(
                child_id=care.child.pk,
                on=care.day.on,
                slots=frozenset(care.slots),
                kind=kind,
                late=care.late,
                unbooked=care.unbooked,
                key=care,
            )
        )
    for trip in facts.trips:
        kind = trip.day.period.kind
        groups[trip.day.centre_id, kind].append(
            Wanted(
                child_id=trip.child.pk,
                on=trip.day.on,
                outings=((trip.outing.title, trip.outing.price),),
                kind=kind,
                key=trip,
            )
        )
    return groups


def _lines(priced: Estimate, centre_id: int) -> Iterable[Line]:
    for quoted in priced.quotes:
        yield from _quoted(quoted, centre_id)
    for outing in priced.outings:
        trip = outing.wanted.key
        if isinstance(trip, Trip):
            yield Line(
                fact=f"{trip.key}/outing",
                centre_id=centre_id,
                child_id=trip.child.pk,
                on=trip.day.on,
                wording=_wording(f"Sortie « {trip.outing.title} »", trip),
                service="outing",
                nature=Nature.OUTING,
                amount=outing.amount,
                explanation=[f"Prix de la sortie : {wording.euros(outing.amount)}."],
            )


def _quoted(quoted: Quote, centre_id: int) -> Iterable[Line]:
    for line, why in zip(quoted.lines, quoted.explained, strict=True):
        source = line.line.key.key if isinstance(line.line.key, Wanted) else None
        if isinstance(source, Care | Trip):
            yield Line(
                fact=f"{source.key}/{line.service}",
                centre_id=centre_id,
                child_id=source.child.pk,
                on=source.day.on,
                wording=_wording(_label(line, source), source),
                service=line.service,
                nature=line.nature.value,
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=line.amount,
                explanation=why.sentences,
            )


def _label(line: PricedLine, source: Care | Trip) -> str:
    if isinstance(source, Trip):
        return f"{line.label} « {source.outing.title} »"
    return line.label


def _wording(label: str, source: Care | Trip) -> str:
    said = f"{label}, {wording.day(source.day.on)}"
    if source.given_up:
        said += " (annulée hors délai)"
    elif isinstance(source, Care) and source.unbooked:
        said += " (venue sans réservation)"
    elif isinstance(source, Care) and source.late:
        said += " (demandée hors délai)"
    return said


def _charge_line(charge: Charge) -> Line:
    return Line(
        fact=f"charge:{charge.pk}",
        centre_id=charge.centre_id,
        child_id=charge.child_id,
        on=charge.on,
        wording=charge.wording,
        service="charge",
        nature=charge.nature,
        amount=charge.amount,
        explanation=["Ligne ajoutée par le centre."],
    )
