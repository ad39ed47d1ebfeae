"""The yearly proof of what was paid for care (S9)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from preau.core.append_only import append_only
from preau.families.models import Family


class Attestation(models.Model):
    """One family's attestation of one calendar year, as it was issued: never changed.

    `frozen` is everything the PDF prints. A later one that `replaces` it says so; families read
    the last one, from `published_on` on.
    """

    family = models.ForeignKey(Family, models.PROTECT, related_name="attestations")
    year = models.PositiveSmallIntegerField("année")
    number_year = models.PositiveSmallIntegerField("année du numéro")
    sequence = models.PositiveIntegerField("rang")
    issued_on = models.DateField("date")
    published_on = models.DateField("visible dès le")
    received = models.DecimalField("règlements reçus", max_digits=10, decimal_places=2)
    retained = models.DecimalField("retenu pour la garde", max_digits=10, decimal_places=2)
    frozen = models.JSONField("tel qu’émise")
    replaces = models.OneToOneField("self", models.PROTECT, related_name="replaced_by", null=True)
    issued_at = models.DateTimeField("émise le")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    class Meta:
        verbose_name = "attestation"
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["number_year", "sequence"], name="attestation_number_given_once"
            ),
            models.UniqueConstraint(
                fields=["family", "year"],
                condition=Q(replaces__isnull=True),
                name="attestation_once_a_year",
            ),
            models.CheckConstraint(
                condition=Q(issued_on__year__gt=F("year")), name="attestation_of_a_year_that_ended"
            ),
        ]
        triggers = append_only("attestation")

    def __str__(self) -> str:
        return f"Attestation {self.number}"

    @property
    def number(self) -> str:
        """As printed: "T2027-00012"."""
        return f"T{self.number_year}-{self.sequence:05d}"
