"""Agreeing with a family on paying in several times, and ending it (S8)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Max

from preau.billing.actions.ledger import lock_account
from preau.billing.queries.account import balance_of_family
from preau.core import audit, clock, wording
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.core.money import ZERO
from preau.families.models import Family
from preau.payments.models import Instalment, InstalmentPlan
from preau.payments.plans import MOST_PARTS, Part


def agree_on_plan(*, actor: User, family: Family, parts: Sequence[Part]) -> InstalmentPlan:
    """Put a plan in force; the one before, if any, ends. The parts are the whole balance.

    Raises `StaleError` when the balance is no longer their sum, `RefusedError` for parts that
    cannot be: none, too many, two on one day, a day already past, an empty amount.
    """
    _check(parts)
    with short_transaction():
        lock_account(family)
        due = balance_of_family(family)
        total = sum((part.amount for part in parts), ZERO)
        if total != due:
            raise StaleError(
                f"Les parts font {wording.euros(total)}, et la famille doit {wording.euros(due)} : "
                "corrigez les montants."
            )
        now = clock.now()
        family.instalment_plans.filter(ended_at=None).update(ended_at=now, ended_by=actor)
        made = InstalmentPlan.objects.create(family=family, made_at=now, made_by=actor)
        Instalment.objects.bulk_create(
            Instalment(plan=made, due_on=part.due_on, amount=part.amount) for part in parts
        )
        said = ", ".join(f"{part.amount} le {part.due_on:%d/%m/%Y}" for part in parts)
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=family, detail=f"échéancier : {said}")
    return made


def _check(parts: Sequence[Part]) -> None:
    if not 1 <= len(parts) <= MOST_PARTS:
        raise RefusedError(f"Un échéancier a de une à {MOST_PARTS} parts.")
    if any(part.amount <= ZERO for part in parts):
        raise RefusedError("Chaque part a un montant.")
    days = [part.due_on for part in parts]
    if len(set(days)) < len(days):
        raise RefusedError("Deux parts tombent le même jour.")
    if min(days) < clock.today():
        raise RefusedError("Une des dates est déjà passée.")


def end_plan(*, actor: User, plan: InstalmentPlan) -> None:
    """End a plan: the whole balance is due again. Raises `RefusedError` once it ended."""
    with short_transaction():
        lock_account(plan.family)
        held = InstalmentPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        if held.ended_at:
            raise RefusedError("Cet échéancier est déjà arrêté.")
        held.ended_at, held.ended_by = clock.now(), actor
        held.save(update_fields=["ended_at", "ended_by"])
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=held.family, detail="échéancier arrêté")


def end_honoured_plans() -> int:
    """End the plans whose last day is past and whose family owes nothing; returns how many.

    Run by the worker, so that the threshold for paying on line holds again for them.
    """
    past = InstalmentPlan.objects.filter(ended_at=None).annotate(last=Max("parts__due_on"))
    ended = 0
    for plan in past.filter(last__lt=clock.today()).select_related("family"):
        with short_transaction():
            lock_account(plan.family)
            if balance_of_family(plan.family) <= Decimal(0):
                ended += InstalmentPlan.objects.filter(pk=plan.pk, ended_at=None).update(
                    ended_at=clock.now()
                )
    return ended
