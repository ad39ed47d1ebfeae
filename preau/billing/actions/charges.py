"""Lines written by hand, billed with their month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from preau.billing.enums import Nature
from preau.billing.models import Charge
from preau.core import clock
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Child, Family
from preau.org.models import Centre


def add_charge(
    *,
    actor: User,
    family: Family,
    child: Child | None,
    centre: Centre,
    on: date,
    wording: str,
    nature: Nature,
    amount: Decimal,
) -> Charge:
    """Write a line to bill: a membership, a late pick-up. `amount` in euros."""
    return Charge.objects.create(
        family=family,
        child=child,
        centre=centre,
        on=on,
        wording=wording,
        nature=nature,
        amount=amount,
        written_at=clock.now(),
        written_by=actor,
    )


def withdraw_charge(*, charge: Charge) -> None:
    """Take a line back. If it was billed, the next run makes a credit note of it."""
    with short_transaction():
        Charge.objects.filter(pk=charge.pk, withdrawn_at=None).update(withdrawn_at=clock.now())
