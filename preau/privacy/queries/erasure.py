"""Requests to be forgotten, as the administration and families read them."""

from __future__ import annotations

from django.db.models import QuerySet

from preau.families.models import Family
from preau.privacy.models import ErasureRequest


def erasure_requests() -> QuerySet[ErasureRequest]:
    """All of them: those that wait first, the oldest of them first."""
    rows = ErasureRequest.objects.select_related("family", "asked_by", "answered_by")
    return rows.order_by("answered_at", "asked_at")


def erasure_requests_that_wait() -> QuerySet[ErasureRequest]:
    """Those that nobody answered yet."""
    return ErasureRequest.objects.filter(answered_at=None)


def last_erasure_of_family(family: Family) -> ErasureRequest | None:
    """The newest request of a family, if it ever made one."""
    return family.erasure_requests.first()
