"""The price simulator: one form in the address, for staff, for parents, and for anybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from preau.core import clock
from preau.pricing.models import TariffVersion
from preau.pricing.queries.built import built
from preau.pricing.tariff import PricingError, Quote, Tariff, quote, read_basket

SCHEMES: Final = [("caf", "CAF"), ("msa", "MSA"), ("other", "autre")]
_MOST: Final = 60


@dataclass(kw_only=True)
class Simulation:
    """What the page shows: the form as it was filled in, then the price or what is missing."""

    version: TariffVersion
    tariff: Tariff
    values: dict[str, str]
    services: list[dict[str, Any]]
    facts: list[dict[str, Any]]
    quote: Quote | None = None
    error: str = ""
    schemes: list[tuple[str, str]] = field(default_factory=lambda: SCHEMES)

    @property
    def zones(self) -> list[tuple[str, str]]:
        """Zones one may say to live in: their communes in words."""
        names = self.tariff.document.get("zones", {})
        found = [(name, ", ".join(data["communes"])) for name, data in names.items()]
        return [*found, (self.tariff.outside, _("une autre commune"))] if found else []


def simulate(
    asked: QueryDict, version: TariffVersion, known: dict[str, str] | None = None
) -> Simulation:
    """Read the form and price it. `known` fills in what is not typed: a family's own situation."""
    tariff = built(version.text)
    values = {"regime": "", "zone": "", "quotient": "", "enfants": "1", "rang": "1", "age": ""}
    values |= known or {}
    values |= {key: str(asked[key])[:40] for key in values if key in asked}
    services: list[dict[str, Any]] = [
        {
            "key": key,
            "label": service.label,
            "value": str(asked.get(f"n.{key}", ""))[:10],
            "timed": service.time is not None,
            "minutes": str(asked.get(f"m.{key}", ""))[:10],
            "cost": str(asked.get(f"c.{key}", ""))[:10],
            "costs": "cost" in _words(tariff.document["services"][key]),
        }
        for key, service in list(tariff.services.items())[:_MOST]
    ]
    facts = [
        {"key": key, "label": kind.label, "on": asked.get(f"f.{key}") == "1"}
        for key, kind in tariff.facts.items()
        if kind.kind == "flag"
    ]
    found = Simulation(
        version=version, tariff=tariff, values=values, services=services, facts=facts
    )
    if any(each["value"].strip() or each["minutes"].strip() for each in services):
        _price(found)
    return found


def _words(data: Any) -> set[str]:
    """Every text in a piece of document."""
    if isinstance(data, dict):
        return {word for value in data.values() for word in _words(value)}
    if isinstance(data, list):
        return {word for value in data for word in _words(value)}
    return {data} if isinstance(data, str) else set()


def _price(found: Simulation) -> None:
    try:
        basket = read_basket(_question(found), found.tariff)
        found.quote = quote(found.tariff, basket)
    except PricingError as error:
        found.error = str(error)


def _question(found: Simulation) -> dict[str, Any]:
    values = {key: value.strip().replace(" ", "") or None for key, value in found.values.items()}
    facts = {each["key"]: True for each in found.facts if each["on"]}
    day = max(found.version.valid_from, clock.today())
    if found.version.valid_to:
        day = min(day, found.version.valid_to)
    line: dict[str, Any] = {"day": day.isoformat(), "rank": values["rang"] or Decimal(1)}
    if values["age"]:
        line["age"] = values["age"]
    return {
        "family": {
            "quotient": values["quotient"],
            "scheme": values["regime"],
            "zone": values["zone"],
            "children_count": values["enfants"] or Decimal(1),
            "facts": facts,
        },
        "lines": [
            line | _asked(each)
            for each in found.services
            if each["value"].strip() or each["minutes"].strip()
        ],
    }


def _asked(service: dict[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = {"service": service["key"]}
    for key, name in (("value", "quantity"), ("minutes", "minutes"), ("cost", "cost")):
        if service[key].strip():
            asked[name] = service[key].strip()
    return asked
