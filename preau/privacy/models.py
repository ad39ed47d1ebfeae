"""Families who asked to be forgotten."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from preau.families.models import Family


class ErasureRequest(models.Model):
    """A family asks that what is held about it be erased; somebody answers, with words it reads."""

    family = models.ForeignKey(Family, models.CASCADE, related_name="erasure_requests")
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    words = models.CharField("précision", max_length=300, blank=True)
    answered_at = models.DateTimeField("répondu le", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    answer = models.CharField("réponse", max_length=300, blank=True)

    class Meta:
        verbose_name = "demande d’effacement"
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["family"],
                condition=Q(answered_at__isnull=True),
                name="erasure_one_waiting_a_family",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="erasure_answered_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"effacement demandé par {self.family}"
