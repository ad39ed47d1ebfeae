"""Instalment plans as the office and the family read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from preau.billing.enums import EntryKind
from preau.billing.models import LedgerEntry
from preau.core import clock
from preau.core.money import ZERO
from preau.families.models import Family
from preau.payments.models import InstalmentPlan
from preau.payments.plans import Part, PartLeft, left_of_parts

_BACK = (EntryKind.REJECTION, EntryKind.REFUND)


@dataclass(frozen=True, kw_only=True)
class PlanState:
    """A plan in force with what is left of each part. `late`: due, unpaid and past, in euros.

    `beyond` is owed besides the plan: invoices that came after it.
    """

    plan: InstalmentPlan
    parts: list[PartLeft]
    late: Decimal
    since: date | None
    beyond: Decimal


def _in_force() -> QuerySet[InstalmentPlan]:
    """Plans with their parts, and `settled`: what was paid or credited since, less what came back.

    What a family pays settles its oldest debts first, and those of the plan are the oldest.
    """
    since = LedgerEntry.objects.filter(
        family=OuterRef("family"), recorded_at__gt=OuterRef("made_at")
    ).order_by()
    back = Case(When(kind__in=_BACK, then=F("debit")), default=Value(ZERO))
    settled = since.values("family").values(sum=Sum(F("credit") - back))
    return (
        InstalmentPlan.objects.filter(ended_at=None)
        .annotate(settled=Coalesce(Subquery(settled), Value(ZERO), output_field=DecimalField()))
        .select_related("family", "made_by")
        .prefetch_related("parts")
    )


def _state(plan: InstalmentPlan, due: Decimal) -> PlanState:
    parts = [Part(due_on=each.due_on, amount=each.amount) for each in plan.parts.all()]
    settled: Decimal = plan.settled  # type: ignore[attr-defined]  # annotated
    left = left_of_parts(parts, settled=settled, due=due, today=clock.today())
    late = [part for part in left if part.late]
    return PlanState(
        plan=plan,
        parts=left,
        late=sum((part.left for part in late), ZERO),
        since=late[0].due_on if late else None,
        beyond=max(due - sum((part.left for part in left), ZERO), ZERO),
    )


def plan_of_family(family: Family, due: Decimal) -> PlanState | None:
    """The plan in force of a family, in two queries."""
    plan = _in_force().filter(family=family).first()
    return _state(plan, due) if plan else None


def plans_in_force(families: QuerySet[Family]) -> list[PlanState]:
    """Every plan in force of these families, the latest ones first, in three queries."""
    found = list(_in_force().filter(family__in=families.values("pk")))
    balances = dict(
        LedgerEntry.objects.filter(family__in=[plan.family_id for plan in found])
        .values_list("family")
        .annotate(balance=Sum(F("debit") - F("credit")))
    )
    states = [_state(plan, balances.get(plan.family_id) or ZERO) for plan in found]
    return sorted(states, key=lambda each: (each.since or date.max, each.plan.made_at))
