"""The input of a quote, read from JSON (docs/tarifs.md describes it)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, Final

from preau.core.wording import listing
from preau.pricing.tariff.conditions import parse_day, parse_hour
from preau.pricing.tariff.document import Tariff
from preau.pricing.tariff.errors import InputError, TariffError
from preau.pricing.tariff.facts import Basket, Child, Fact, Family, Line
from preau.pricing.tariff.reading import number, read_json

_MOST_LINES: Final = 5_000
_TOP: Final = ("family", "children", "lines", "history", "used")
_FAMILY: Final = (
    "quotient", "scheme", "commune", "works_in", "zone", "children_count", "facts",
)  # fmt: skip
_CHILD: Final = ("id", "name", "birth_date", "age", "rank", "facts")
_LINE: Final = (
    "service", "slots", "child", "day", "days", "quantity", "minutes", "hours", "start", "end",
    "cost", "rank", "age", "day_kind", "late", "absent", "unbooked", "cancelled_days_before",
    "facts",
)  # fmt: skip


def load_basket(text: str, tariff: Tariff) -> Basket:
    """A basket from JSON text. InputError, a French sentence, when it is none."""
    try:
        data = read_json(text)
    except (ValueError, RecursionError) as error:
        raise InputError("La question n’est pas du JSON lisible.") from error
    return read_basket(data, tariff)


def read_basket(data: Any, tariff: Tariff) -> Basket:
    """A basket from plain data. InputError naming the place."""
    reader = _Reader(tariff)
    top = reader.mapping(data, "la question", _TOP)
    lines = reader.lines(top.get("lines", []), "lines")
    if not lines:
        raise InputError("« lines » : il manque au moins une ligne à chiffrer.")
    children = reader.sequence(top.get("children", []), "children")
    basket = Basket(
        family=reader.family(top.get("family", {})),
        children=tuple(reader.child(each, f"children[{n}]") for n, each in enumerate(children, 1)),
        lines=lines,
        history=reader.lines(top.get("history", []), "history"),
        used=reader.used(top.get("used", {})),
    )
    keys = [child.key for child in basket.children]
    if len(set(keys)) < len(keys):
        raise InputError("« children » : deux enfants ont le même « id ».")
    return basket


class _Reader:
    """Reads each part, naming the place when it cannot."""

    def __init__(self, tariff: Tariff) -> None:
        self.tariff = tariff

    def mapping(self, data: Any, place: str, known: Sequence[str]) -> Mapping[str, Any]:
        if not isinstance(data, dict):
            raise InputError(f"« {place} » : un objet JSON est attendu.")
        for key in data:
            if key not in known:
                names = listing([f"« {name} »" for name in known])
                raise InputError(
                    f"« {place} » : clé inconnue « {key[:40]} » ; ici se lisent {names}."
                )
        return data

    def sequence(self, data: Any, place: str) -> list[Any]:
        if not isinstance(data, list) or len(data) > _MOST_LINES:
            raise InputError(f"« {place} » : une liste est attendue.")
        return data

    def number(self, value: Any, place: str, *, least: int = 0) -> Decimal:
        found = number(value)
        if found is None or not least <= found < 10**9:
            raise InputError(f"« {place} » : un nombre d’au moins {least} est attendu.")
        return found

    def whole(self, value: Any, place: str) -> int:
        found = self.number(value, place)
        if found % 1:
            raise InputError(f"« {place} » : un nombre entier est attendu.")
        return int(found)

    def text(self, value: Any, place: str) -> str:
        if isinstance(value, Decimal):
            value = f"{value:f}"
        if not isinstance(value, str) or len(value) > 200:
            raise InputError(f"« {place} » : un texte est attendu.")
        return value

    def day(self, value: Any, place: str) -> date:
        try:
            return parse_day(value, ())
        except TariffError:
            raise InputError(f"« {place} » : une date AAAA-MM-JJ est attendue.") from None

    def hour(self, value: Any, place: str) -> time:
        try:
            return parse_hour(value, ())
        except TariffError:
            raise InputError(f'« {place} » : une heure "HH:MM" est attendue.') from None

    def flag(self, value: Any, place: str) -> bool:
        if not isinstance(value, bool):
            raise InputError(f"« {place} » : true ou false est attendu.")
        return value

    def texts(self, value: Any, place: str) -> tuple[str, ...]:
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        return tuple(self.text(each, place) for each in values)

    def facts(self, data: Any, place: str) -> dict[str, Fact]:
        found: dict[str, Fact] = {}
        for key, value in self.mapping(data, place, tuple(self.tariff.facts)).items():
            kind, where = self.tariff.facts[key], f"{place}.{key}"
            if kind.kind == "flag":
                found[key] = self.flag(value, where)
            elif kind.kind == "number":
                found[key] = self.number(value, where, least=-(10**9))
            elif value in kind.choices:
                found[key] = value
            else:
                raise InputError(f"« {where} » : un de ces mots est attendu : "
                                 f"{listing(kind.choices)}.")  # fmt: skip
        return found

    def family(self, data: Any) -> Family:
        read = self.mapping(data, "family", _FAMILY)
        quotient = read.get("quotient")
        zone = self.text(read.get("zone") or "", "family.zone")
        zones = [each.name for each in self.tariff.zones] + [self.tariff.outside]
        if zone and zone not in zones:
            raise InputError(f"« family.zone » : ce tarif a les zones {listing(zones)}.")
        return Family(
            quotient=None if quotient is None else self.number(quotient, "family.quotient"),
            scheme=self.text(read.get("scheme") or "", "family.scheme").casefold(),
            communes=self.texts(read.get("commune"), "family.commune"),
            works_in=self.texts(read.get("works_in"), "family.works_in"),
            zone=zone,
            children_count=self.whole(read.get("children_count") or 0, "family.children_count"),
            facts=self.facts(read.get("facts", {}), "family.facts"),
        )

    def child(self, data: Any, place: str) -> Child:
        read = self.mapping(data, place, _CHILD)
        if "id" not in read:
            raise InputError(f"« {place} » : il manque « id ».")
        birth, age = read.get("birth_date"), read.get("age")
        return Child(
            key=self.text(read["id"], f"{place}.id"),
            name=self.text(read.get("name", ""), f"{place}.name"),
            birth_date=None if birth is None else self.day(birth, f"{place}.birth_date"),
            age=None if age is None else self.whole(age, f"{place}.age"),
            rank=self.whole(read.get("rank", 0), f"{place}.rank"),
            facts=self.facts(read.get("facts", {}), f"{place}.facts"),
        )

    def lines(self, data: Any, place: str) -> tuple[Line, ...]:
        found: list[Line] = []
        for n, each in enumerate(self.sequence(data, place), 1):
            found += self.line(each, f"{place}[{n}]")
        if len(found) > _MOST_LINES:
            raise InputError(f"« {place} » : trop de lignes.")
        return tuple(found)

    def line(self, data: Any, place: str) -> list[Line]:
        """A line; several when it names several days, or slots that make several services."""
        read = self.mapping(data, place, _LINE)
        days = read.get("days", [read.get("day")])
        dates = [
            None if day is None else self.day(day, f"{place}.day")
            for day in self.sequence(days, f"{place}.days")
        ]
        shared = self._numbers(read, place) | self._flags(read, place)
        return [
            Line(service=service, day=day, **shared)
            for day in dates
            for service in self._services(read, place)
        ]

    def _services(self, read: Mapping[str, Any], place: str) -> tuple[str, ...]:
        if ("service" in read) == ("slots" in read):
            raise InputError(f"« {place} » : il faut « service » ou « slots », l’un des deux.")
        if "service" in read:
            service = self.text(read["service"], f"{place}.service")
            if service not in self.tariff.services:
                names = listing([f"« {name} »" for name in self.tariff.services])
                raise InputError(
                    f"« {place}.service » : prestation inconnue « {service[:40]} » ; "
                    f"le tarif a {names}."
                )
            return (service,)
        slots = frozenset(self.texts(read["slots"], f"{place}.slots"))
        services = self.tariff.services_for(slots)
        if not services:
            raise InputError(
                f"« {place}.slots » : le tarif ne dit pas ce que font ensemble "
                f"{listing(sorted(slots))}."
            )
        return services

    def _numbers(self, read: Mapping[str, Any], place: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in ("quantity", "minutes", "cost"):
            if read.get(key) is not None:
                found[key] = self.number(read[key], f"{place}.{key}")
        if read.get("hours") is not None:
            found["minutes"] = self.number(read["hours"], f"{place}.hours") * 60
        for key in ("rank", "age", "cancelled_days_before"):
            if read.get(key) is not None:
                found[key] = self.whole(read[key], f"{place}.{key}")
        for key in ("start", "end"):
            if read.get(key) is not None:
                found[key] = self.hour(read[key], f"{place}.{key}")
        if found.get("quantity") == 0:
            raise InputError(f"« {place}.quantity » : une quantité est plus que zéro.")
        return found

    def _flags(self, read: Mapping[str, Any], place: str) -> dict[str, Any]:
        return {
            "child": self.text(read.get("child", ""), f"{place}.child"),
            "day_kind": self.text(read.get("day_kind", ""), f"{place}.day_kind"),
            "late": self.flag(read.get("late", False), f"{place}.late"),
            "absent": self.flag(read.get("absent", False), f"{place}.absent"),
            "unbooked": self.flag(read.get("unbooked", False), f"{place}.unbooked"),
            "facts": self.facts(read.get("facts", {}), f"{place}.facts"),
        }

    def used(self, data: Any) -> dict[str, dict[str, Decimal]]:
        labels = [each.label for each in self.tariff.adjustments if each.aid is not None]
        return {
            label: {
                str(unit): self.number(count, f"used.{label}.{unit}")
                for unit, count in self.mapping(units, f"used.{label}", tuple(units)).items()
            }
            for label, units in self.mapping(data, "used", labels).items()
        }
