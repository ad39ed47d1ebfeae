"""Tariffs of the story."""

from __future__ import annotations

from preau.billing.actions.centres import set_centres
from preau.org.models import Centre
from preau.pricing.actions.versions import create_tariff, publish_version
from preau.pricing.models import Tariff

PRICES = """\
name: {name}
valid_from: 2026-09-01
quotient: {{ decimals: drop }}
grids:
  qf:
    brackets:
      - {{ label: A, to: 600, prices: {{ day: 8.00, half: 3.00, half_meal: 5.00 }} }}
      - {{ label: B, from: 601, prices: {{ day: 12.00, half: 5.00, half_meal: 8.00 }} }}
services:
  day: {{ label: Journée avec repas, nature: care, price: {{ grid: qf }} }}
  half: {{ label: Demi-journée, nature: care, price: {{ grid: qf }} }}
  half_meal: {{ label: Demi-journée avec repas, nature: care, price: {{ grid: qf }} }}
  meal: {{ label: Repas, nature: meal, price: 4 }}
slots:
  - {{ slots: [morning, midday, afternoon], services: [day] }}
  - {{ slots: [morning, midday], services: [half_meal] }}
  - {{ slots: [midday, afternoon], services: [half_meal] }}
  - {{ slots: [morning], services: [half] }}
  - {{ slots: [afternoon], services: [half] }}
  - {{ slots: [midday], services: [meal] }}
"""


def make_prices(centre: Centre, name: str = "Prix exemple") -> Tariff:
    """A tariff of two brackets, published and pricing `centre`."""
    version = create_tariff(actor=None, text=PRICES.format(name=name))
    publish_version(actor=None, version=version)
    everywhere = Centre.objects.filter(pk=centre.pk)
    set_centres(tariff=version.tariff, among=everywhere, chosen=[centre])
    return version.tariff
