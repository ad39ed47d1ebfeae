"""What the organisation decides about money: one row."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

EXEMPT = "Exonération de TVA, art. 261, 7-1° du CGI"


class BillingSettings(models.Model):
    """One row, made with the organisation. Every paper freezes what it used."""

    logo = models.CharField("logo", max_length=120, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    address = models.TextField("adresse", blank=True)
    vat_mention = models.CharField("mention de TVA", max_length=200, default=EXEMPT)
    mentions = models.CharField("autres mentions", max_length=300, blank=True)
    means = models.CharField(
        "comment régler",
        max_length=300,
        default="Règlement par chèque, espèces, virement, CESU ou chèques-vacances auprès de "
        "votre centre.",
    )
    days_to_pay = models.PositiveSmallIntegerField("jours pour régler", default=20)
    online_minimum = models.DecimalField(
        "paiement en ligne à partir de", max_digits=8, decimal_places=2, default=Decimal("30.00")
    )
    signatory = models.CharField("signataire des attestations", max_length=160, blank=True)
    attestation_month = models.PositiveSmallIntegerField("mois des attestations", default=4)
    attestation_day = models.PositiveSmallIntegerField("jour des attestations", default=1)

    morning_hours = models.DecimalField(
        "heures d’un matin", max_digits=4, decimal_places=2, default=Decimal(4)
    )
    midday_hours = models.DecimalField(
        "heures d’un midi", max_digits=4, decimal_places=2, default=Decimal(2)
    )
    afternoon_hours = models.DecimalField(
        "heures d’un après-midi", max_digits=4, decimal_places=2, default=Decimal(4)
    )

    class Meta:
        verbose_name = "réglages de facturation"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="billing_settings_are_the_only_ones"),
            models.CheckConstraint(
                condition=Q(attestation_month__range=(1, 12), attestation_day__range=(1, 28)),
                name="billing_settings_name_a_real_day",
            ),
        ]

    def __str__(self) -> str:
        return "Réglages de facturation"
