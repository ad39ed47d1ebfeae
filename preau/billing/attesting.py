"""The attestation of a family and a year: what it says, from the account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from preau.billing.enums import Means, Nature
from preau.billing.identity import addressee, billing_settings, letterhead
from preau.billing.queries.history import History, histories_of_families
from preau.billing.yearly import ChildYear, Paid, Year, under_six, year_of_payments
from preau.core import wording
from preau.families.models import Child, Family


@dataclass(frozen=True, kw_only=True)
class Explained:
    """One family's year: the totals, and every part they are made of."""

    family: Family
    year: int
    counted: Year
    parts: list[Paid]
    children: dict[int, Child]
    payments: list[tuple[date, str, str, int]]

    @property
    def worth_issuing(self) -> bool:
        """Whether anything was paid, or is retained, that year."""
        return bool(self.counted.received or self.counted.retained)


def years_of_families(families: Collection[Family], year: int) -> list[Explained]:
    """What each of these families paid, for an attestation of `year`. Five queries."""
    histories = histories_of_families([family.pk for family in families])
    found = []
    ids: set[int] = set()
    for family in families:
        history = histories[family.pk]
        counted, parts = _counted(history, year)
        ids |= {part.child_id for part in parts if part.child_id}
        found.append((family, counted, parts, _payments(history, year)))
    children = Child.objects.in_bulk(ids)
    return [
        Explained(
            family=family,
            year=year,
            counted=counted,
            parts=parts,
            children=children,
            payments=payments,
        )
        for family, counted, parts, payments in found
    ]


def _counted(history: History, year: int) -> tuple[Year, list[Paid]]:
    settled = history.settled()
    parts = []
    for part in settled.parts:
        line, payment = history.lines[part.line], history.received[part.credit]
        parts.append(
            Paid(
                child_id=line.child_id,
                nature=line.nature,
                care_on=line.on,
                paid_on=payment.on,
                means=payment.means,
                cents=part.cents,
            )
        )
    unused = [(history.received[key].on, cents) for key, cents in settled.unused.items()]
    counted = year_of_payments(year, parts, unused)
    concerned = [part for part in parts if year in {part.year, part.paid_on.year}]
    return counted, concerned


def _payments(history: History, year: int) -> list[tuple[date, str, str, int]]:
    """Payments of the year, less what was given back of each, so that they add up."""
    kept = [credit for credit in history.kept() if credit.on.year == year]
    known = [(history.received[credit.key], credit.cents) for credit in kept]
    return [(payment.on, payment.means, payment.receipt, cents) for payment, cents in known]


def frozen_attestation(explained: Explained, *, number: str, replaces: str) -> dict[str, Any]:
    """Everything the PDF prints, in words."""
    counted, year = explained.counted, explained.year
    signatory = billing_settings().signatory
    return {
        "organisation": letterhead(),
        "addressee": addressee(explained.family, declaring=True),
        "title": f"Attestation {number}, année {year}",
        "replaces": replaces and f"Cette attestation annule et remplace l’attestation {replaces}.",
        "statement": (
            f"Nous attestons avoir reçu de la famille {explained.family.name} (n° "
            f"{explained.family.number}) les sommes ci-dessous. Est retenu pour {year} ce qui est "
            "à la fois réglé et gardé : une somme compte pour l’année du règlement ou, si elle est "
            "plus tardive, pour celle de la garde."
        ),
        "children": [
            _child(explained.children[pk], part, year)
            for pk, part in counted.children.items()
            if pk is not None
        ],
        "bridge": _bridge(counted, year),
        "payments": [
            [
                f"{on:%d/%m/%Y}",
                Means(means).label if means else "reprise de solde",
                receipt,
                wording.euros_of_cents(cents),
            ]
            for on, means, receipt, cents in explained.payments
        ],
        "remarks": [_UNPAID, _AIDED],
        "signature": [line for line in (_SERVES, signatory) if line],
    }


_SERVES = "Pour servir et valoir ce que de droit."
_UNPAID = "Les sommes facturées et non réglées ne figurent pas dans cette attestation."
_AIDED = (
    "Les aides déduites de vos factures n’y figurent pas non plus. Si vous avez réglé en CESU ou "
    "en chèques-vacances, déduisez la part prise en charge par votre employeur."
)


def _child(child: Child, part: ChildYear, year: int) -> dict[str, Any]:
    young = under_six(child.birth_date, year)
    said = f"{'moins de 6 ans' if young else '6 ans ou plus'} au 1er janvier {year}"
    rows = [[f"Garde retenue pour {year}", wording.euros_of_cents(part.care)]]
    rows += [
        [f"dont réglé en {Means(means).label}", wording.euros_of_cents(cents)]
        for means, cents in sorted(part.vouchers.items())
    ]
    rows += [
        [f"{Nature(nature).label.capitalize()}, non éligible", wording.euros_of_cents(cents)]
        for nature, cents in sorted(part.not_eligible.items())
    ]
    return {
        "name": str(child),
        "first_name": child.first_name,
        "birth": f"Naissance : {wording.bare_day(child.birth_date, year=True)} ; {said}.",
        "rows": rows,
    }


def _bridge(counted: Year, year: int) -> list[list[str]]:
    steps = [
        (f"Règlements effectués en {year}", counted.received),
        (f"+ reporté de {year - 1}", counted.brought_in),
        (f"− reporté à {year + 1}, ou non encore utilisé", counted.carried_out),
        ("− non éligible (repas, sorties, adhésions, pénalités)", counted.not_eligible),
        (f"= retenu pour la garde d’enfants en {year}", counted.retained),
    ]
    return [[label, wording.euros_of_cents(cents)] for label, cents in steps]
