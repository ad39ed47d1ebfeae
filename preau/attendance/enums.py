"""Presence, touches of the register and certificates, in the words of `docs/glossary.md`."""

from django.db import models


class Presence(models.TextChoices):
    """What the register says of a child. An excused absence is a row of its own, with a reason."""

    PRESENT = "present", "présent"
    ABSENT = "absent", "absent"


class TouchKind(models.TextChoices):
    """Which field of a check-in a touch writes."""

    STATE = "state", "présence"
    ARRIVED = "arrived", "arrivée"
    LEFT = "left", "départ"
    UNBOOKED = "unbooked", "sans réservation"


class CertificateState(models.TextChoices):
    """What became of a medical certificate."""

    SENT = "sent", "envoyé"
    ACCEPTED = "accepted", "accepté"
    REFUSED = "refused", "refusé"
