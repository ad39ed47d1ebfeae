"""Money given back takes two people (daily life 7): one asks, another approves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from preau.billing.enums import RefundState
from preau.billing.models.ledger import LedgerEntry
from preau.families.models import Family


class Refund(models.Model):
    """A refund that somebody asked for. Approved by another person, it names its ledger entry."""

    family = models.ForeignKey(Family, models.PROTECT, related_name="refunds")
    amount = models.DecimalField("montant", max_digits=10, decimal_places=2)
    reason = models.CharField("motif", max_length=160)
    state = models.CharField(
        "état", max_length=10, choices=RefundState, default=RefundState.WAITING
    )
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("décidé le", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, related_name="refund", null=True)

    class Meta:
        verbose_name = "remboursement"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=~Q(state=RefundState.APPROVED) | ~Q(decided_by=F("asked_by")),
                name="refund_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=RefundState.APPROVED,
                    entry__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | Q(
                    state=RefundState.DECLINED,
                    entry__isnull=True,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | Q(
                    state=RefundState.WAITING,
                    entry__isnull=True,
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                ),
                name="refund_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["family"],
                condition=Q(state=RefundState.WAITING),
                name="refund_one_waiting_a_family",
            ),
        ]

    def __str__(self) -> str:
        return f"Remboursement de {self.amount}"
