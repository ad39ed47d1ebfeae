"""How much a family may still pay by CESU."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from preau.billing.queries.history import histories_of_families
from preau.families.models import Family


def most_by_cesu(family: Family, amount: Decimal, on: date) -> Decimal:
    """The part of `amount` euros of CESU, received on that day, that would settle eligible care."""
    history = histories_of_families([family.pk])[family.pk]
    return Decimal(history.most_by_cesu(on, int(amount * 100))) / 100
