"""Prices, quotients and a month ready to invoice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from preau.billing.actions.runs import (
    fingerprint_of_run,
    issue_drafts,
    prepare_run,
    start_issuing,
)
from preau.billing.models import BillingRun, CentreTariff
from preau.core import clock
from preau.families.models import FamilyQuotient
from preau.org.models import Centre
from preau.pricing.actions.versions import create_tariff, publish_version
from tests.factories.cast import Cast
from tests.factories.families import Household
from tests.factories.house import paris

FEBRUARY = date(2027, 2, 1)
AFTER = paris("2027-03-01 09:00")

TARIFF = """
name: Tarif exemple {name}
valid_from: 2026-09-01
days: [wednesdays, holidays]
grids:
  qf:
    brackets:
      - {{ from: 0, to: 800, prices: {{ day: 10.05, half: 5.05, meal: 3.50 }} }}
      - {{ above: 800, prices: {{ day: 19.85, half: 9.95, meal: 4.20 }} }}
services:
  day: {{ label: Journée, nature: care, price: {{ grid: qf, column: day }} }}
  half: {{ label: Demi-journée, nature: care, price: {{ grid: qf, column: half }} }}
  meal: {{ label: Repas, nature: meal, price: {{ grid: qf, column: meal }} }}
slots:
  - {{ slots: [morning, midday, afternoon], services: [day, meal] }}
  - {{ slots: [morning, midday], services: [half, meal] }}
  - {{ slots: [midday, afternoon], services: [half, meal] }}
  - {{ slots: [morning, afternoon], services: [day] }}
  - {{ slots: [morning], services: [half] }}
  - {{ slots: [afternoon], services: [half] }}
"""


def price(centre: Centre) -> None:
    """10.05 a day and 3.50 a meal up to a quotient of 800, else 19.85 and 4.20."""
    version = create_tariff(actor=None, text=TARIFF.format(name=centre.pk))
    publish_version(actor=None, version=version)
    CentreTariff.objects.create(centre=centre, tariff=version.tariff)


def give_quotient(household: Household, value: str) -> None:
    """The family's quotient for 2027."""
    FamilyQuotient.objects.create(
        family=household.family,
        value=Decimal(value),
        scheme=FamilyQuotient.Scheme.CAF,
        valid_from=date(2027, 1, 1),
        valid_to=date(2027, 12, 31),
    )


def invoice(cast: Cast, *, month: date = FEBRUARY) -> BillingRun:
    """Prepare the month of Les Tilleuls, issue it at once, a month later."""
    with clock.pinned(AFTER):
        run = prepare_run(actor=cast.camille, centres=[cast.house.tilleuls], month=month)
        start_issuing(run=run, fingerprint=fingerprint_of_run(run))
        issue_drafts(run_id=run.pk)
    run.refresh_from_db()
    return run
