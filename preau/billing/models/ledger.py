"""The account of each family: append-only, corrected by new rows that reverse old ones."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from preau.billing.enums import EntryKind, Means
from preau.billing.models.papers import Paper
from preau.core.append_only import append_only
from preau.families.models import Family

# What each kind of movement writes: a debit or a credit, and what it must point to.
_DEBITS = [EntryKind.INVOICE, EntryKind.REFUND, EntryKind.REJECTION]
_CREDITS = [EntryKind.CREDIT_NOTE, EntryKind.PAYMENT]


class Payment(models.Model):
    """Money received from a family, with its numbered receipt. A wrong one is reversed.

    `paid_on` is the day it counts for (Europe/Paris). `reference`: cheque number, transfer label,
    bank transaction; `event_key` is unique where the payment has a source that could be told twice.
    """

    family = models.ForeignKey(Family, models.PROTECT, related_name="payments")
    means = models.CharField("moyen", max_length=10, choices=Means)
    amount = models.DecimalField("montant", max_digits=10, decimal_places=2)
    paid_on = models.DateField("date")
    drawer = models.CharField("tireur", max_length=120, blank=True)
    bank = models.CharField("banque", max_length=80, blank=True)
    reference = models.CharField("numéro ou libellé", max_length=120, blank=True)
    event_key = models.CharField(max_length=120, unique=True)
    receipt_year = models.PositiveSmallIntegerField("année du reçu")
    receipt_sequence = models.PositiveIntegerField("rang du reçu")
    recorded_at = models.DateTimeField("enregistré le")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    class Meta:
        verbose_name = "règlement"
        ordering = ["-paid_on", "-pk"]
        indexes = [
            models.Index(fields=["family", "paid_on"]),
            models.Index(fields=["means", "paid_on"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(means__in=Means.values), name="payment_by_a_known_means"
            ),
            models.UniqueConstraint(
                fields=["receipt_year", "receipt_sequence"], name="payment_receipt_given_once"
            ),
        ]
        triggers = append_only("payment")

    def __str__(self) -> str:
        return f"{self.get_means_display()} {self.amount}"

    @property
    def receipt(self) -> str:
        """The number of its receipt: "R2027-00012"."""
        return f"R{self.receipt_year}-{self.receipt_sequence:05d}"


class LedgerEntry(models.Model):
    """One movement of a family's account: a debit or a credit, never both, never changed (S4).

    `on` is the day it counts for. `reverses` names the entry a correction undoes.
    """

    family = models.ForeignKey(Family, models.PROTECT, related_name="entries")
    kind = models.CharField("type", max_length=12, choices=EntryKind)
    on = models.DateField("date")
    wording = models.CharField("libellé", max_length=200)
    debit = models.DecimalField("débit", max_digits=10, decimal_places=2, default=0)
    credit = models.DecimalField("crédit", max_digits=10, decimal_places=2, default=0)
    due_on = models.DateField("échéance", null=True)
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="entry", null=True)
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="entry", null=True)
    reverses = models.OneToOneField("self", models.PROTECT, related_name="reversed_by", null=True)
    recorded_at = models.DateTimeField("écrit le")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    class Meta:
        verbose_name = "écriture"
        ordering = ["on", "pk"]
        indexes = [models.Index(fields=["family", "on"]), models.Index(fields=["on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
                name="ledger_debit_or_credit",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_DEBITS, credit=0)
                | Q(kind__in=_CREDITS, debit=0)
                | Q(kind__in=[EntryKind.OPENING, EntryKind.ADJUSTMENT]),
                name="ledger_kind_on_its_side",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[EntryKind.INVOICE, EntryKind.CREDIT_NOTE], paper__isnull=False
                )
                | (~Q(kind__in=[EntryKind.INVOICE, EntryKind.CREDIT_NOTE]) & Q(paper__isnull=True)),
                name="ledger_paper_where_due",
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.PAYMENT, payment__isnull=False)
                | (~Q(kind=EntryKind.PAYMENT) & Q(payment__isnull=True)),
                name="ledger_payment_where_due",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EntryKind.REJECTION) | Q(reverses__isnull=False),
                name="ledger_rejection_names_its_payment",
            ),
        ]
        triggers = append_only("ledger")

    def __str__(self) -> str:
        return self.wording


class Allocation(models.Model):
    """A credit set against a debit by choice; without any, the oldest debt is settled first.

    Undone by a row of the opposite amount.
    """

    credit = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="set_against")
    debit = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="settled_by")
    amount = models.DecimalField("montant", max_digits=10, decimal_places=2)
    at = models.DateTimeField("le")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    class Meta:
        verbose_name = "lettrage"
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="allocation_of_something"),
        ]
        triggers = append_only("allocation")

    def __str__(self) -> str:
        return f"{self.credit} → {self.debit}"
