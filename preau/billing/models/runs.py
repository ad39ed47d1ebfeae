"""Preparing invoices: what is added by hand, and the run of a month."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from preau.billing.enums import DraftState, Nature, PaperKind
from preau.billing.models.papers import Paper
from preau.families.models import Child, Family
from preau.messaging.models import MailBatch
from preau.org.models import Centre


class Charge(models.Model):
    """A line written by hand, to be billed with its month: a late pick-up, a membership."""

    family = models.ForeignKey(Family, models.PROTECT, related_name="charges")
    child = models.ForeignKey(Child, models.PROTECT, related_name="charges", null=True)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="charges")
    on = models.DateField("date")
    wording = models.CharField("libellé", max_length=160)
    nature = models.CharField("nature", max_length=10, choices=Nature)
    amount = models.DecimalField("montant", max_digits=8, decimal_places=2)
    written_at = models.DateTimeField("écrite le")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    withdrawn_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        verbose_name = "ligne ajoutée"
        indexes = [models.Index(fields=["centre", "on"])]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_amount_positive"),
            models.CheckConstraint(
                condition=Q(nature__in=Nature.values), name="charge_has_a_known_nature"
            ),
        ]

    def __str__(self) -> str:
        return self.wording


class BillingRun(models.Model):
    """One invoicing: some centres, one month. Prepared, read, then issued in the background.

    `to_check`: what no draft carries, [whom it is about, sentence] each: days without a price, days
    without a register.
    """

    month = models.DateField("mois (son premier jour)")
    centres = models.ManyToManyField(Centre, related_name="billing_runs", verbose_name="centres")
    to_check = models.JSONField("à vérifier", default=list)
    prepared_at = models.DateTimeField("préparée le")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    issuing_since = models.DateTimeField("émission commencée le", null=True)
    issued_at = models.DateTimeField("émise le", null=True)
    mails = models.OneToOneField(MailBatch, models.PROTECT, related_name="billing_run", null=True)

    class Meta:
        verbose_name = "facturation"
        ordering = ["-month", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="billing_run_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"Facturation {self.month:%m/%Y}"


class Draft(models.Model):
    """One family's paper in a run, before it is issued. `lines` is what it would print.

    `oddities` are sentences for the accountant. An issued draft names its paper, once.
    """

    run = models.ForeignKey(BillingRun, models.CASCADE, related_name="drafts")
    family = models.ForeignKey(Family, models.PROTECT, related_name="drafts")
    kind = models.CharField("type", max_length=1, choices=PaperKind)
    lines = models.JSONField("lignes")
    total = models.DecimalField("total", max_digits=10, decimal_places=2)
    oddities = models.JSONField("à vérifier", default=list)
    state = models.CharField("état", max_length=8, choices=DraftState, default=DraftState.READY)
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="draft", null=True)

    class Meta:
        verbose_name = "brouillon"
        ordering = ["family__name", "family__number", "-kind"]
        indexes = [
            models.Index(
                fields=["run", "id"], condition=Q(state=DraftState.READY), name="draft_to_issue"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "family", "kind"], name="draft_once_a_run"),
            models.CheckConstraint(
                condition=Q(state=DraftState.ISSUED, paper__isnull=False)
                | (~Q(state=DraftState.ISSUED) & Q(paper__isnull=True)),
                name="draft_issued_has_its_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family}, {self.run}"
