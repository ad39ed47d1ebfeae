"""Kinds of period and parts of a day, in the words of `docs/glossary.md`."""

from django.db import models


class PeriodKind(models.TextChoices):
    """What days a period is made of."""

    WEDNESDAYS = "wednesdays", "mercredis"
    HOLIDAYS = "holidays", "vacances"


class Slot(models.TextChoices):
    """A part of a day that can be asked for (S13)."""

    MORNING = "morning", "matin"
    MIDDAY = "midday", "midi"
    AFTERNOON = "afternoon", "après-midi"


class Audience(models.TextChoices):
    """For whom a window opens before the others."""

    RESIDENTS = "residents", "habitants des communes du centre"
    SIBLINGS = "siblings", "familles dont un enfant vient déjà au centre"
    WHOLE_WEEKS = "whole_weeks", "semaines entières"


class LatePolicy(models.TextChoices):
    """What becomes of a request that comes after the deadline of its day (S21)."""

    REFUSE = "refuse", "refusée"
    WAITLIST = "waitlist", "liste d’attente"
    SURCHARGE = "surcharge", "possible, avec majoration"


class BookingMode(models.TextChoices):
    """Who decides: the director, or the order of arrival by itself (B4; never the default)."""

    REVIEWED = "reviewed", "la direction décide"
    FIRST_COME = "first_come", "par ordre d’arrivée, aussitôt"


class Priority(models.TextChoices):
    """What may put a request before others that came earlier; the order is the period's choice."""

    RESIDENCE = "residence", "habiter une commune du centre"
    WORKING = "working", "parents en activité"
    SIBLINGS = "siblings", "fratrie accueillie le même jour"
    PORTAL = "portal", "demande faite en ligne"
    REGULAR = "regular", "venue régulière"


class StaffRule(models.TextChoices):
    """Which legal ratio of adults to children applies (B23); the numbers are in `staffing`."""

    HOLIDAYS = "holidays", "vacances (1 pour 8 et 1 pour 12)"
    SHORT = "short", "temps scolaire, 5 h au plus (1 pour 10 et 1 pour 14)"
    LONG = "long", "temps scolaire, plus de 5 h (1 pour 8 et 1 pour 12)"
    SHORT_PLAN = "short_plan", "avec PEDT, 5 h au plus (1 pour 14 et 1 pour 18)"
    LONG_PLAN = "long_plan", "avec PEDT, plus de 5 h (1 pour 10 et 1 pour 14)"
