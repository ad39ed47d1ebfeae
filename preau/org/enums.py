"""Kinds of centre and roles of staff, in the words of `docs/glossary.md`."""

from enum import Enum, auto

from django.db import models


class CentreKind(models.TextChoices):
    """What a centre is declared for; only the first two can be booked on line (S12)."""

    HOLIDAY = "holiday", "accueil de loisirs (mercredis et vacances)"
    YOUTH = "youth", "accueil jeunes"
    SCHOOL_DAY = "school_day", "accueil périscolaire (ALAE)"


BOOKABLE_KINDS = (CentreKind.HOLIDAY, CentreKind.YOUTH)


class Role(models.TextChoices):
    """What a member of staff may do. A role is held over one centre or over all of them."""

    DIRECTOR = "director", "direction"
    COORDINATOR = "coordinator", "coordination"
    ACCOUNTANT = "accountant", "comptabilité"
    RECEPTION = "reception", "accueil"
    ADMINISTRATOR = "administrator", "administration"


class Right(Enum):
    """A part of the office. `RIGHTS` says which role opens which."""

    BOOKING = auto()
    FAMILIES = auto()
    REGISTER = auto()
    PRICES = auto()
    MONEY = auto()
    HEALTH = auto()
    ORGANISATION = auto()


_CENTRE = frozenset(Right) - {Right.ORGANISATION}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.DIRECTOR: _CENTRE,
    Role.COORDINATOR: _CENTRE,
    Role.ACCOUNTANT: frozenset({Right.FAMILIES, Right.PRICES, Right.MONEY}),
    Role.RECEPTION: frozenset({Right.REGISTER}),
    # Health is for those who look after the children: nobody reads it by administering.
    Role.ADMINISTRATOR: frozenset(Right) - {Right.HEALTH},
}

# Held over one centre at a time; an administrator's is over all; the others may be either.
ROLES_OF_ONE_CENTRE = (Role.DIRECTOR, Role.RECEPTION)


class BlockKind(models.TextChoices):
    """Why a family may be kept from asking; each kind is a setting of the organisation."""

    DOCUMENTS = "documents", "pièces manquantes"
    ARREARS = "arrears", "factures impayées"
    OTHER = "other", "autre motif"


class SchoolLevel(models.TextChoices):
    """School levels, for centres that make their groups by class rather than by age."""

    PS = "ps", "petite section"
    MS = "ms", "moyenne section"
    GS = "gs", "grande section"
    CP = "cp", "CP"
    CE1 = "ce1", "CE1"
    CE2 = "ce2", "CE2"
    CM1 = "cm1", "CM1"
    CM2 = "cm2", "CM2"
    SECONDARY = "secondary", "collège et après"


class SchoolZone(models.TextChoices):
    """Zones of the French school calendar."""

    A = "A", "zone A"
    B = "B", "zone B"
    C = "C", "zone C"
