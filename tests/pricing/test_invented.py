"""Three tariffs of no town, of other shapes than the corpus, written from docs/tarifs.md alone.

The amounts were computed by hand.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from preau.pricing.tariff import load_tariff, quote, read_basket

EFFORT = """
name: Effort, plancher et plafond, 2e enfant, extérieurs
zones: { commune: { communes: [Valmont] } }
services:
  journee: { nature: care, price: { rate: 1.2 %, min: 4.50, max: 18 } }
  repas: { nature: meal, price: 3.85 }
slots:
  - { slots: [morning, midday, afternoon], services: [journee, repas] }
adjustments:
  - { label: 2e enfant, natures: [care], when: { rank: { from: 2 } }, percent: -20 }
  - { label: Extérieur, natures: [care], when: { zone: outside }, percent: 30 }
"""
HOURS = """
name: À l'heure, quarts d'heure, forfait du soir
quotient: { decimals: drop }
grids:
  qf:
    brackets:
      - { label: A, below: 500, prices: { heure: 0.85 } }
      - { label: B, from: 500, below: 1000, prices: { heure: 1.35 } }
      - { label: C, from: 1000, prices: { heure: 2.10 } }
services:
  matin: { nature: care, price: { grid: qf, column: heure }, time: { unit: 15, price_for: 60 } }
  soir: { nature: care, price: 1.90 }
  apres_18h:
    nature: care
    price: { grid: qf, column: heure }
    time: { unit: 30, price_for: 60, window: ["18:00", "19:00"], tolerance: 5 }
  garde: { nature: care, price: 1, time: { unit: 15, minimum: 50 } }
adjustments:
  - { label: Plafond du mois, at_most: 12, per: month, for: family }
rounding: { line: 0.05 }
"""
WEEK = """
name: Forfaits semaine
services:
  jour:
    nature: care
    price:
      package: { 4: 60, 5: { choose: [{ when: { quotient: { below: 700 } }, price: 65 }, { price: 70 }] } }
      extra: { lowest: [18, { line: [[300, 12], [900, 18]] }] }
      within: week
  sortie: { nature: outing, price: { percent: 50, of: cost, min: 2 } }
  adhesion: { nature: membership, price: 15, once: { per: family, within: year } }
year_starts: 09-01
adjustments:
  - { label: 3e enfant, services: jour, when: { rank: { from: 3 } }, percent: -10 }
  - { label: Inscription tardive, services: jour, when: { late: true }, add: 2 }
  - { label: CCAS, when: { quotient: { to: 500 } }, services: jour, aid: { payer: CCAS, percent: 25 } }
"""  # noqa: E501
WEEK_DAYS = ["2026-10-19", "2026-10-20", "2026-10-21", "2026-10-22", "2026-10-23"]
MATIN = {"service": "matin", "start": "07:40", "end": "08:30", "day": "2026-10-19"}


LATE = {"service": "apres_18h", "start": "16:30"}


def joining(*days: str) -> list[dict[str, Any]]:
    return [{"service": "adhesion", "day": day} for day in days]


def jour(days: int, **more: Any) -> dict[str, Any]:
    return {"service": "jour", "days": WEEK_DAYS[:days], **more}


@pytest.mark.parametrize(
    ("tariff", "family", "lines", "total"),
    [
        # 842 x 0.012 = 10.104 -> 10.10, then 8.0832 -> 8.08, then 10.50816 -> 10.51.
        (EFFORT, {"quotient": 842, "zone": "commune"}, [{"service": "journee"}], "10.10"),
        (EFFORT, {"quotient": 842, "zone": "commune"}, [{"service": "journee", "rank": 2}], "8.08"),
        (EFFORT, {"quotient": 842}, [{"service": "journee", "rank": 2}], "10.51"),
        (EFFORT, {"quotient": 200, "commune": "VALMONT"}, [{"service": "journee"}], "4.50"),
        # The cap comes before the surcharge: 18 x 1.30; the meal has neither.
        (EFFORT, {}, [{"slots": ["morning", "midday", "afternoon"]}], "27.25"),
        # 50 minutes: four quarters begun at 1.35 an hour.
        (HOURS, {"quotient": "999.99"}, [MATIN], "1.35"),
        # 35 minutes: three quarters of 0.85 = 0.6375, to the nearest 0.05.
        (HOURS, {"quotient": 499}, [{"service": "matin", "minutes": 35}], "0.65"),
        (HOURS, {"quotient": 1000}, [{"service": "matin", "minutes": 60}], "2.10"),
        # 18:04 is within the five minutes given; 18:36 is two half hours less nothing: 31 counted.
        (HOURS, {"quotient": 600}, [{**LATE, "end": "18:04"}], "0.00"),
        (HOURS, {"quotient": 600}, [{**LATE, "end": "18:36"}], "1.35"),
        (HOURS, {"quotient": 600}, [{"service": "soir", "quantity": 7}], "12.00"),
        # 50 minutes due at least are four quarters begun.
        (HOURS, {}, [{"service": "garde", "minutes": 10}], "4.00"),
        (WEEK, {"quotient": 700}, [jour(5)], "70.00"),
        (WEEK, {"quotient": 699}, [jour(5, rank=3)], "58.50"),
        (WEEK, {"quotient": 700}, [jour(4)], "60.00"),
        # 12 + 300/600 x 6 = 15 a day below four days.
        (WEEK, {"quotient": 600}, [jour(3)], "45.00"),
        (WEEK, {}, [jour(1, late=True)], "20.00"),
        # 5 days at 65, a quarter paid by the CCAS: each 13.00 - 3.25.
        (WEEK, {"quotient": 500}, [jour(5)], "48.75"),
        (WEEK, {}, [{"service": "sortie", "cost": "3.10"}], "2.00"),
        (WEEK, {}, joining("2026-09-02", "2027-08-31"), "15.00"),
        (WEEK, {}, joining("2026-08-31", "2026-09-02"), "30.00"),
    ],
)  # fmt: skip
def test_an_invented_tariff_is_exact(
    tariff: str, family: dict[str, Any], lines: list[dict[str, Any]], total: str
) -> None:
    built = load_tariff(tariff)
    found = quote(built, read_basket({"family": family, "lines": lines}, built))
    assert found.total == Decimal(total), found.explanation
