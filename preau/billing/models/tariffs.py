"""Which tariff prices which centre."""

from __future__ import annotations

from django.db import models

from preau.org.models import Centre
from preau.pricing.models import Tariff


class CentreTariff(models.Model):
    """A tariff prices the days of a centre, of the kinds that its file covers."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="tariffs")
    tariff = models.ForeignKey(Tariff, models.CASCADE, related_name="centres")

    class Meta:
        verbose_name = "tarif d’un centre"
        constraints = [
            models.UniqueConstraint(fields=["centre", "tariff"], name="centre_tariff_once"),
        ]

    def __str__(self) -> str:
        return f"{self.centre} : {self.tariff}"
