"""The organisation, its centres, their age groups, and who works where."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from preau.org.enums import (
    ROLES_OF_ONE_CENTRE,
    BlockKind,
    CentreKind,
    Role,
    SchoolLevel,
    SchoolZone,
)


class Organisation(models.Model):
    """The body that runs the centres. One row, and the database holds it to one."""

    name = models.CharField("nom", max_length=160)
    contact_name = models.CharField("contact", max_length=160)
    contact_email = models.EmailField("courriel de contact")
    contact_phone = models.CharField("téléphone de contact", max_length=30)
    school_zone = models.CharField("zone scolaire", max_length=1, choices=SchoolZone)
    blocks_booking = ArrayField(
        models.CharField(max_length=10, choices=BlockKind),
        verbose_name="ce qui empêche de réserver",
        default=list,
        blank=True,
    )
    quotient_grace_months = models.PositiveSmallIntegerField(
        "mois de tolérance après la fin d’un quotient", default=1
    )
    public_simulator = models.BooleanField("simulateur de prix ouvert à tous", default=False)

    class Meta:
        verbose_name = "organisation"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="organisation_is_the_only_one"),
            models.CheckConstraint(
                condition=Q(quotient_grace_months__lte=12), name="organisation_grace_of_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Conformity(models.TextChoices):
    """How far the site follows the French rules of accessibility (RGAA), by its last audit."""

    NONE = "none", "non conforme"
    PARTIAL = "partial", "partiellement conforme"
    FULL = "full", "totalement conforme"


class LegalSettings(models.Model):
    """What the law asks a site to say, and how long what it knows is kept. One row."""

    legal_form = models.CharField("forme juridique", max_length=120, blank=True)
    publisher = models.CharField("responsable de la publication", max_length=160, blank=True)
    privacy_name = models.CharField("contact pour les données", max_length=160, blank=True)
    privacy_email = models.EmailField("courriel pour les données", blank=True)
    accessibility = models.CharField(
        "accessibilité", max_length=8, choices=Conformity, default=Conformity.NONE
    )
    audited_on = models.DateField("audit d’accessibilité du", null=True, blank=True)
    children_years = models.PositiveSmallIntegerField(
        "années de conservation des dossiers d’enfants après leur départ", default=3
    )
    accounts_years = models.PositiveSmallIntegerField(
        "années sans connexion avant d’effacer un accès", default=3
    )
    log_months = models.PositiveSmallIntegerField("mois de conservation de la trace", default=12)
    accounting_years = models.PositiveSmallIntegerField(
        "années de conservation des comptes", default=10
    )

    class Meta:
        verbose_name = "mentions légales et données personnelles"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="legal_settings_are_the_only_ones"),
            models.CheckConstraint(
                condition=Q(
                    children_years__range=(1, 30),
                    accounts_years__range=(1, 10),
                    log_months__range=(6, 36),
                    accounting_years__range=(10, 30),
                ),
                name="legal_settings_keep_long_enough",
            ),
        ]

    def __str__(self) -> str:
        return "Mentions légales et données personnelles"


class Centre(models.Model):
    """A declared day centre, with the contact that every page about it names (S23)."""

    name = models.CharField("nom", max_length=120, unique=True)
    kind = models.CharField("type", max_length=12, choices=CentreKind)
    address = models.CharField("adresse", max_length=240)
    director_name = models.CharField("direction", max_length=160)
    email = models.EmailField("courriel")
    phone = models.CharField("téléphone", max_length=30)
    resident_towns = ArrayField(
        models.CharField(max_length=120),
        verbose_name="communes prioritaires",
        default=list,
        blank=True,
    )

    class Meta:
        verbose_name = "centre"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def bookable(self) -> bool:
        """Whether parents may ask for days on line: never for a school-day centre (S12)."""
        return self.kind != CentreKind.SCHOOL_DAY


class AgeGroup(models.Model):
    """A group of a centre: children from `min_age` to `max_age` years, both included.

    With `levels`, the class decides instead of the age; a child without one goes by age.
    """

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="age_groups")
    name = models.CharField("nom", max_length=60)
    min_age = models.PositiveSmallIntegerField("dès (ans)")
    max_age = models.PositiveSmallIntegerField("jusqu’à (ans)")
    levels = ArrayField(
        models.CharField(max_length=10, choices=SchoolLevel),
        verbose_name="classes",
        default=list,
        blank=True,
    )

    class Meta:
        verbose_name = "groupe d’âge"
        ordering = ["centre", "min_age"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "name"], name="age_group_named_once"),
            models.CheckConstraint(
                condition=Q(min_age__lte=F("max_age")) & Q(max_age__lt=26),
                name="age_group_ages_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.min_age}-{self.max_age} ans)"

    def takes(self, *, age: int, level: str) -> bool:
        """Whether a child of this age (whole years) and class belongs to the group."""
        if self.levels and level:
            return level in self.levels
        return self.min_age <= age <= self.max_age


class StaffRole(models.Model):
    """One role of one person over one centre, or over all of them when there is none."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="staff_roles")
    role = models.CharField("rôle", max_length=16, choices=Role)
    centre = models.ForeignKey(
        Centre, models.CASCADE, related_name="staff_roles", null=True, blank=True
    )

    class Meta:
        verbose_name = "rôle"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "centre"],
                name="staff_role_given_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(role=Role.ADMINISTRATOR, centre__isnull=True)
                | Q(role__in=ROLES_OF_ONE_CENTRE, centre__isnull=False)
                | Q(role__in=[Role.COORDINATOR, Role.ACCOUNTANT]),
                name="staff_role_over_what_it_may_cover",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"

    @property
    def told(self) -> str:
        """The role and what it covers, in words."""
        return f"{self.get_role_display()}, {self.centre or 'tous les centres'}"
