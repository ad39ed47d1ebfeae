"""Cheques brought to the bank: each is on one slip, and a slip never changes (B27)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from preau.billing.models.ledger import Payment
from preau.core.append_only import append_only


class ChequeDeposit(models.Model):
    """A slip of cheques with its number, as the bank receives it."""

    year = models.PositiveSmallIntegerField("année")
    sequence = models.PositiveIntegerField("rang")
    made_on = models.DateField("remise du")
    made_at = models.DateTimeField("établie le")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "remise de chèques"
        ordering = ["-year", "-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="deposit_number_given_once"),
        ]
        triggers = append_only("deposit")

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """ "B2027-00001"."""
        return f"B{self.year}-{self.sequence:05d}"


class DepositedCheque(models.Model):
    """A cheque on its slip. One that came back is reversed in the account; the slip stays."""

    deposit = models.ForeignKey(ChequeDeposit, models.PROTECT, related_name="cheques")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="deposited")

    class Meta:
        verbose_name = "chèque remis"
        ordering = ["pk"]
        triggers = append_only("deposited_cheque")

    def __str__(self) -> str:
        return f"{self.payment} ({self.deposit})"
