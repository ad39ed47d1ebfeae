"""What the accountant watches: payments begun, and what the bank said that needs somebody."""

from __future__ import annotations

from django.db.models import Exists, QuerySet

from preau.families.models import Family
from preau.org.models import Centre
from preau.payments.enums import TROUBLES
from preau.payments.models import BankNotification, BankTransaction, PaymentAttempt


def attempts_of_families(families: QuerySet[Family]) -> QuerySet[PaymentAttempt]:
    """Payments begun by these families, the newest first."""
    found = PaymentAttempt.objects.filter(family__in=families.values("pk"))
    return found.select_related("family", "shop").order_by("-pk")


def troubles() -> QuerySet[BankNotification]:
    """What a bank said and nobody could settle, not treated yet, the newest first."""
    found = BankNotification.objects.filter(outcome__in=TROUBLES, treated_at=None)
    return found.select_related("shop", "attempt__family").order_by("-pk")


def troubles_of_staff(centres: QuerySet[Centre]) -> QuerySet[BankNotification]:
    """The same for who works in all centres: what names no family is for nobody else."""
    others = Centre.objects.exclude(pk__in=centres.values("pk"))
    return troubles().filter(~Exists(others))


def overpayments(families: QuerySet[Family]) -> QuerySet[BankTransaction]:
    """Payments that put a family in credit when they came, the newest first."""
    found = BankTransaction.objects.filter(overpaid=True, attempt__family__in=families.values("pk"))
    return found.select_related("attempt__family").order_by("-pk")
