"""How people come to their sign-in: the mails that carry one."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from preau.messaging.models import Mail


class Occasion(models.TextChoices):
    """Why a temporary password was made."""

    OPENED = "opened", "ouverture"
    RESENT = "resent", "renvoi par le centre"
    RENEWED = "renewed", "renouvellement demandé"
    MOVED = "moved", "nouvelle adresse"


class AccessMail(models.Model):
    """A temporary password made for a sign-in and sent by mail. The newest one of a person counts.

    `issued_by` is empty when they asked themselves; `used_at` is when they chose their own.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="access_mails")
    mail = models.OneToOneField(Mail, models.PROTECT, related_name="+")
    occasion = models.CharField("pourquoi", max_length=10, choices=Occasion)
    issued_at = models.DateTimeField("envoyé le")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    expires_at = models.DateTimeField("valable jusqu’au")
    used_at = models.DateTimeField("utilisé le", null=True)

    class Meta:
        verbose_name = "envoi d’un accès"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("issued_at")),
                name="access_mail_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_occasion_display()})"
