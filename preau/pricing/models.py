"""Tariffs and their versions: each is a file kept word for word (docs/tarifs.md)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from preau.pricing.enums import VersionStatus


class Tariff(models.Model):
    """What centres charge, whatever the year: its versions say how much from which day on."""

    name = models.CharField("nom", max_length=160, unique=True)

    class Meta:
        verbose_name = "tarif"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DayRange(Func):
    """The days from one date to another, both included; no end means for ever."""

    function = "DATERANGE"
    output_field = DateRangeField()


class TariffVersion(models.Model):
    """A tariff from one day of care on. Published, it no longer changes: the next one follows it.

    `text` is the file itself, so that what is exported is what was imported. The dates are those
    of the file; an end may be set when the next version is published.
    """

    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("version")
    text = models.TextField("fichier")
    valid_from = models.DateField("du")
    valid_to = models.DateField("au", null=True, blank=True)
    status = models.CharField(
        "état", max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT
    )
    saved_at = models.DateTimeField("enregistrée le")
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    published_at = models.DateTimeField("publiée le", null=True, blank=True)

    class Meta:
        verbose_name = "version d’un tarif"
        ordering = ["tariff", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["tariff", "number"], name="tariff_version_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["tariff"],
                condition=Q(status=VersionStatus.DRAFT),
                name="tariff_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="tariff_version_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.DRAFT, published_at__isnull=True)
                | Q(status=VersionStatus.PUBLISHED, published_at__isnull=False),
                name="tariff_published_has_its_time",
            ),
            ExclusionConstraint(
                name="tariff_one_price_a_day",
                expressions=[
                    ("tariff", RangeOperators.EQUAL),
                    (DayRange("valid_from", "valid_to", Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(status=VersionStatus.PUBLISHED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tariff}, version {self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether it may still change."""
        return self.status == VersionStatus.DRAFT
