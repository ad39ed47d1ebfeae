"""Recording a family's quotient."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Family, FamilyQuotient


def record_quotient(
    *,
    actor: User,
    family: Family,
    value: Decimal,
    scheme: str,
    valid_from: date,
    valid_to: date,
    evidence: str,
    backdated_because: str = "",
) -> FamilyQuotient:
    """Write a quotient, in euros, that counts from `valid_from`; earlier ones stay as history.

    RefusedError: dates out of order, no evidence, a past first day without its reason, or another
    quotient from the same day.
    """
    if valid_to < valid_from:
        raise RefusedError("Le dernier jour est avant le premier.")
    if not evidence.strip():
        raise RefusedError("Dites quel justificatif a été montré.")
    if valid_from < clock.today() and not backdated_because.strip():
        raise RefusedError(
            "Un quotient ne vaut pas pour le passé : dites pourquoi celui-ci commence avant "
            "aujourd’hui."
        )
    with short_transaction():
        held = Family.objects.select_for_update(no_key=True).get(pk=family.pk)
        if held.quotients.filter(valid_from=valid_from).exists():
            raise RefusedError("Un quotient est déjà enregistré à partir de ce jour.")
        return FamilyQuotient.objects.create(
            family=held,
            value=value,
            scheme=scheme,
            valid_from=valid_from,
            valid_to=valid_to,
            evidence=evidence.strip(),
            backdated_because=backdated_because.strip(),
            recorded_at=clock.now(),
            recorded_by=actor,
        )
