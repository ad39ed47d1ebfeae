"""Printed forms put on line for the families of chosen centres (S3)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from preau.core.append_only import append_only
from preau.org.models import Centre


class Publication(models.Model):
    """A paper that families of its centres find on line between two days, both included.

    Its file is the latest of its `Edition`s. Withdrawn, nobody but the office sees it any more.
    """

    title = models.CharField("titre", max_length=120)
    about = models.CharField("en quelques mots", max_length=300, blank=True)
    centres = models.ManyToManyField(Centre, related_name="publications", verbose_name="centres")
    from_on = models.DateField("en ligne dès le")
    until_on = models.DateField("jusqu’au", null=True, blank=True)
    withdrawn_at = models.DateTimeField("retiré le", null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "imprimé"
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="publication_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="publication_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Edition(models.Model):
    """One file of a publication; replacing it adds a row. `weight` is in bytes.

    `preview` is a picture of its first page.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="editions")
    file = models.CharField(max_length=120)
    preview = models.CharField(max_length=120)
    weight = models.PositiveIntegerField("octets")
    pages = models.PositiveSmallIntegerField("pages")
    put_at = models.DateTimeField("mis en ligne le")
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "édition"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__gt=0, pages__gt=0), name="edition_of_something"
            ),
        ]
        triggers = append_only("edition")

    def __str__(self) -> str:
        return f"{self.publication} ({self.put_at:%d/%m/%Y})"


class Reading(models.Model):
    """A person opened an edition: counted once, whatever the number of times."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField("ouvert le")

    class Meta:
        verbose_name = "lecture"
        constraints = [
            models.UniqueConstraint(fields=["edition", "reader"], name="reading_counts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.edition}, {self.reader}"
