"""Cheques that wait for the bank, and slips with their sums."""

from __future__ import annotations

from django.db.models import Count, QuerySet, Sum

from preau.billing.enums import Means
from preau.billing.models import ChequeDeposit, DepositedCheque, Payment
from preau.families.models import Family


def cheques_to_deposit(families: QuerySet[Family]) -> QuerySet[Payment]:
    """Standing cheques of these families that are on no slip, the oldest first."""
    return (
        Payment.objects.filter(
            means=Means.CHEQUE,
            deposited=None,
            entry__reversed_by=None,
            family__in=families.values("pk"),
        )
        .select_related("family")
        .order_by("paid_on", "pk")
    )


def deposits_of_families(families: QuerySet[Family]) -> QuerySet[ChequeDeposit]:
    """Slips whose every cheque is of these families, with `count` and `total`, the newest first."""
    foreign = DepositedCheque.objects.exclude(payment__family__in=families.values("pk"))
    return (
        ChequeDeposit.objects.exclude(pk__in=foreign.values("deposit"))
        .annotate(count=Count("cheques"), total=Sum("cheques__payment__amount"))
        .select_related("made_by")
        .order_by("-year", "-sequence")
    )


def cheques_of_deposit(deposit: ChequeDeposit) -> QuerySet[DepositedCheque]:
    """The cheques of a slip in its order; a `reversed_by` says that one came back."""
    return deposit.cheques.select_related("payment__family", "payment__entry__reversed_by")
