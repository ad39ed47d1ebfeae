"""What a bank may say, and what becomes of it."""

from django.db import models


class Mode(models.TextChoices):
    """Whether money really moves."""

    TEST = "TEST", "test"
    PRODUCTION = "PRODUCTION", "production"


class AttemptState(models.TextChoices):
    """Where a payment begun by a family stands. Money wins: paid is reached from any other."""

    OPEN = "open", "en cours"
    PAID = "paid", "payé"
    REFUSED = "refused", "refusé"
    ABANDONED = "abandoned", "abandonné"
    EXPIRED = "expired", "sans réponse"


class Source(models.TextChoices):
    """How we learned something from a bank."""

    NOTIFICATION = "notification", "notification de la banque"
    STATUS = "status", "réponse à notre question"


class Outcome(models.TextChoices):
    """What became of something a bank said."""

    WAITING = "waiting", "à lire"
    CREDITED = "credited", "porté au crédit"
    DEBITED = "debited", "porté au débit"
    KNOWN = "known", "déjà compté"
    NOTHING = "nothing", "sans effet"
    ORPHAN = "orphan", "paiement sans famille"
    MISMATCH = "mismatch", "ne correspond pas"


TROUBLES = (Outcome.ORPHAN, Outcome.MISMATCH)
"""What somebody must look at."""


class Move(models.TextChoices):
    """What a transaction of a bank does to money."""

    PAID = "paid", "paiement"
    REFUND = "refund", "remboursement"
    TAKEN_BACK = "taken_back", "paiement annulé"
    VOID = "void", "annulé avant d’être porté au compte"
