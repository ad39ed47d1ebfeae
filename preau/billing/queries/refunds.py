"""Refunds that wait for a second person, or were decided."""

from __future__ import annotations

from django.db.models import QuerySet

from preau.billing.enums import RefundState
from preau.billing.models import Refund
from preau.families.models import Family


def refunds_of_families(families: QuerySet[Family]) -> QuerySet[Refund]:
    """Every refund asked for these families, the newest first, with who asked and who decided."""
    found = Refund.objects.filter(family__in=families.values("pk"))
    return found.select_related("family", "asked_by", "decided_by")


def refunds_waiting(families: QuerySet[Family]) -> QuerySet[Refund]:
    """Those on which another person must say yes or no."""
    return refunds_of_families(families).filter(state=RefundState.WAITING).order_by("asked_at")
