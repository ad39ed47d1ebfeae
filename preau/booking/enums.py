"""Status of a line and how it came, in the words of `docs/glossary.md`."""

from django.db import models


class Status(models.TextChoices):
    """What a family reads about one line of its request."""

    PENDING = "pending", "à traiter"
    ACCEPTED = "accepted", "acceptée"
    WAITLISTED = "waitlisted", "liste d’attente"
    REFUSED = "refused", "refusée"
    CANCELLED = "cancelled", "annulée"


class Decision(models.TextChoices):
    """What a director may decide about a line (S16)."""

    ACCEPTED = "accepted", "acceptée"
    WAITLISTED = "waitlisted", "liste d’attente"
    REFUSED = "refused", "refusée"


class CancelKind(models.TextChoices):
    """Why a line ended, which decides whether it is billed (S19, S20, daily life 1)."""

    BY_FAMILY = "by_family", "annulée"
    LATE = "late", "annulée hors délai (facturée)"
    BY_CENTRE = "by_centre", "annulée par le centre"


# Beside a director's draft, the one thing that can be pending on a line: a place offered to a
# family that waits, until it confirms (B5).
OFFERED = "offered"


class Channel(models.TextChoices):
    """How a request reached the centre."""

    PORTAL = "portal", "portail"
    PAPER = "paper", "papier"
    PHONE = "phone", "téléphone"


# A line in one of these occupies its child on that date and slot.
LIVE = (Status.PENDING, Status.ACCEPTED, Status.WAITLISTED)
