"""Invoices and credit notes: issued once, never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from preau.billing.enums import Nature, PaperKind
from preau.core.append_only import append_only
from preau.families.models import Child, Family
from preau.org.models import Centre


class Paper(models.Model):
    """An invoice or a credit note (S5). The database refuses any change.

    `frozen` holds what the PDF prints besides the lines (organisation, family, dates, means), as
    it was that day. `total` is positive in both kinds. `corrects`: the invoice a credit note names.
    """

    kind = models.CharField("type", max_length=1, choices=PaperKind)
    year = models.PositiveSmallIntegerField("année")
    sequence = models.PositiveIntegerField("rang")
    family = models.ForeignKey(Family, models.PROTECT, related_name="papers")
    issued_on = models.DateField("date")
    due_on = models.DateField("à régler avant le", null=True)
    total = models.DecimalField("total", max_digits=10, decimal_places=2)
    frozen = models.JSONField("tel qu’émis")
    issued_at = models.DateTimeField("émis le")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    class Meta:
        verbose_name = "pièce"
        ordering = ["issued_on", "pk"]
        indexes = [models.Index(fields=["family", "issued_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year", "sequence"], name="paper_number_given_once"
            ),
            models.CheckConstraint(condition=Q(total__gt=0), name="paper_total_positive"),
            models.CheckConstraint(
                condition=Q(kind=PaperKind.INVOICE, due_on__gte=F("issued_on"))
                | Q(kind=PaperKind.CREDIT_NOTE, due_on__isnull=True),
                name="paper_due_after_its_date",
            ),
        ]
        triggers = append_only("paper")

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As printed: "F2027-00012"."""
        return f"{self.kind}{self.year}-{self.sequence:05d}"

    @property
    def title(self) -> str:
        """As said: "Facture F2027-00012"."""
        return f"{PaperKind(self.kind).label.capitalize()} {self.number}"


class PaperLine(models.Model):
    """One line of a paper. `amount` is positive; in a credit note it takes off.

    `fact` names the billed thing ("care:child:day...") and `revision` counts how often it was
    billed again after a credit note: the pair is unique, so nothing is billed twice. A line of a
    credit note names the line it corrects.
    """

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    fact = models.CharField(max_length=120, null=True)  # noqa: DJ001 - no fact is not an empty one
    revision = models.PositiveSmallIntegerField(default=0)
    corrects = models.ForeignKey("self", models.PROTECT, related_name="corrections", null=True)
    family = models.ForeignKey(Family, models.PROTECT, related_name="+")
    child = models.ForeignKey(Child, models.PROTECT, related_name="+", null=True)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    on = models.DateField("date de la prestation")
    wording = models.CharField("libellé", max_length=200)
    service = models.CharField("prestation", max_length=60)
    nature = models.CharField("nature", max_length=10, choices=Nature)
    quantity = models.DecimalField("quantité", max_digits=8, decimal_places=2)
    unit_price = models.DecimalField("prix unitaire", max_digits=10, decimal_places=4)
    amount = models.DecimalField("montant", max_digits=10, decimal_places=2)
    explanation = models.JSONField("explication", default=list)

    class Meta:
        verbose_name = "ligne d’une pièce"
        ordering = ["paper", "position"]
        indexes = [models.Index(fields=["family", "on"]), models.Index(fields=["centre", "on"])]
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="paper_line_has_its_place"),
            models.UniqueConstraint(
                fields=["family", "fact", "revision"],
                condition=Q(fact__isnull=False, corrects__isnull=True),
                name="paper_line_fact_billed_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="paper_line_amount_positive"),
            models.CheckConstraint(
                condition=Q(nature__in=Nature.values), name="paper_line_has_a_known_nature"
            ),
        ]
        triggers = append_only("paper_line")

    def __str__(self) -> str:
        return self.wording


class PaperFile(models.Model):
    """The PDF of a paper: rendered once, kept for ever, known by its SHA-256."""

    paper = models.OneToOneField(Paper, models.PROTECT, related_name="file")
    name = models.CharField("fichier", max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("octets")
    made_at = models.DateTimeField("fait le")

    class Meta:
        verbose_name = "fichier d’une pièce"
        triggers = append_only("paper_file")

    def __str__(self) -> str:
        return self.name
