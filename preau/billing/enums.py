"""Kinds of papers, movements and means, in the words of `docs/glossary.md`."""

from django.db import models


class PaperKind(models.TextChoices):
    """What is issued with a number. The value is the first letter of that number."""

    INVOICE = "F", "facture"
    CREDIT_NOTE = "A", "avoir"


class Nature(models.TextChoices):
    """What a line pays for: the yearly attestation keeps `CARE` only."""

    CARE = "care", "garde"
    MEAL = "meal", "repas"
    OUTING = "outing", "sortie"
    MEMBERSHIP = "membership", "adhésion"
    PENALTY = "penalty", "pénalité"
    OTHER = "other", "autre"


class Means(models.TextChoices):
    """How a family pays."""

    CARD = "card", "carte bancaire"
    CHEQUE = "cheque", "chèque"
    CASH = "cash", "espèces"
    TRANSFER = "transfer", "virement"
    CESU = "cesu", "CESU"
    ANCV = "ancv", "chèques-vacances ANCV"
    DIRECT_DEBIT = "debit", "prélèvement"


class EntryKind(models.TextChoices):
    """Why an account moves."""

    OPENING = "opening", "reprise de solde"
    INVOICE = "invoice", "facture"
    CREDIT_NOTE = "credit_note", "avoir"
    PAYMENT = "payment", "règlement"
    REFUND = "refund", "remboursement"
    REJECTION = "rejection", "règlement rejeté"
    ADJUSTMENT = "adjustment", "régularisation"


class DraftState(models.TextChoices):
    """Where one family's paper of a run stands."""

    READY = "ready", "prête"
    ISSUED = "issued", "émise"
    CHANGED = "changed", "à revoir"


class RefundState(models.TextChoices):
    """Where a refund stands."""

    WAITING = "waiting", "attend un second accord"
    APPROVED = "approved", "approuvé"
    DECLINED = "declined", "refusé ou retiré"
