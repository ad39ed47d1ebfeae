"""The tariff of the demonstration: every price of it says "exemple"."""

from __future__ import annotations

from datetime import date

from preau.billing.actions.centres import set_centres
from preau.core.models import User
from preau.org.models import Centre
from preau.pricing.actions.versions import create_tariff, publish_version

_TARIFF = """\
name: Tarif exemple, mercredis et vacances
description: Prix d'exemple, de la démonstration.
valid_from: {start}
days: [wednesdays, holidays]
quotient: {{ decimals: drop }}
grids:
  exemple:
    brackets:
      - {{ label: A, to: 500, prices: {{ journee: 6.20, demi: 3.10, demi_repas: 4.60 }} }}
      - {{ label: B, from: 501, to: 800, prices: {{ journee: 8.40, demi: 4.20, demi_repas: 6.10 }} }}
      - {{ label: C, from: 801, to: 1200, prices: {{ journee: 11.60, demi: 5.80, demi_repas: 8.20 }} }}
      - {{ label: D, from: 1201, to: 1700, prices: {{ journee: 14.90, demi: 7.45, demi_repas: 10.30 }} }}
      - {{ label: E, from: 1701, prices: {{ journee: 18.30, demi: 9.15, demi_repas: 12.40 }} }}
services:
  journee: {{ label: "Journée avec repas (prix exemple)", nature: care, price: {{ grid: exemple }}, holds: {{ half_day: 2, meal: 1 }} }}
  demi: {{ label: "Demi-journée (prix exemple)", nature: care, price: {{ grid: exemple }}, holds: {{ half_day: 1 }} }}
  demi_repas: {{ label: "Demi-journée avec repas (prix exemple)", nature: care, price: {{ grid: exemple }}, holds: {{ half_day: 1, meal: 1 }} }}
  repas: {{ label: "Repas seul (prix exemple)", nature: meal, price: 3.50, holds: {{ meal: 1 }} }}
  sortie: {{ label: "Sortie (prix exemple)", nature: outing, price: cost }}
  adhesion: {{ label: "Adhésion (prix exemple)", nature: membership, price: 10, once: {{ per: family }} }}
slots:
  - {{ slots: [morning, midday, afternoon], services: [journee] }}
  - {{ slots: [morning, midday], services: [demi_repas] }}
  - {{ slots: [midday, afternoon], services: [demi_repas] }}
  - {{ slots: [morning], services: [demi] }}
  - {{ slots: [afternoon], services: [demi] }}
  - {{ slots: [midday], services: [repas] }}
outing: sortie
adjustments:
  - {{ label: "2e enfant, réduction exemple", natures: care, when: {{ rank: {{ from: 2 }} }}, percent: -10 }}
"""


def make_prices(centres: list[Centre], director: User, start: date) -> None:
    """One published tariff for these centres, from `start` on."""
    version = create_tariff(actor=director, text=_TARIFF.format(start=start.isoformat()))
    publish_version(actor=director, version=version)
    set_centres(tariff=version.tariff, among=Centre.objects.all(), chosen=centres)
