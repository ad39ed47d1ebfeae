"""Families (households, payers), their guardians and children."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower

from preau.org.enums import BlockKind, SchoolLevel
from preau.org.models import Centre


class Family(models.Model):
    """A household: the holder of an account and of its debt."""

    name = models.CharField("nom", max_length=120)
    number = models.PositiveIntegerField("numéro", unique=True)
    town = models.CharField("commune", max_length=120, blank=True)
    parents_work = models.BooleanField("parents en activité", default=False)
    declaring_guardian = models.ForeignKey(
        "Guardian",
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="attestation au nom de",
    )
    children: models.ManyToManyField[Child, Custody] = models.ManyToManyField(
        "Child", through="Custody", related_name="families"
    )
    guardians: models.ManyToManyField[Guardian, Guardianship] = models.ManyToManyField(
        "Guardian", through="Guardianship", related_name="families"
    )

    class Meta:
        verbose_name = "famille"
        ordering = ["name", "number"]

    def __str__(self) -> str:
        return f"Famille {self.name}"


class Guardian(models.Model):
    """An adult with parental authority, who may have a sign-in and several families (B8)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="guardian", null=True, blank=True
    )
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)

    class Meta:
        verbose_name = "responsable légal"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class GuardianshipQuerySet(models.QuerySet["Guardianship"]):
    """Guardians of families."""

    def in_force(self) -> GuardianshipQuerySet:
        """Those that no court decision took away."""
        return self.filter(barred_at=None)


class Guardianship(models.Model):
    """A guardian of a family. One of them is the contact, who receives the family's mails.

    After a court decision a guardian may be barred from a family: the row stays, since they were
    one, and opens nothing (B8). `decision_on` is the day of the decision.
    """

    family = models.ForeignKey(Family, models.CASCADE, related_name="guardianships")
    guardian = models.ForeignKey(Guardian, models.CASCADE, related_name="guardianships")
    is_contact = models.BooleanField("reçoit les courriels", default=False)
    barred_at = models.DateTimeField("accès retiré le", null=True, blank=True)
    barred_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    decision_on = models.DateField("décision du", null=True, blank=True)
    barred_because = models.CharField("motif", max_length=200, blank=True)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        verbose_name = "responsabilité"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    barred_at=None, barred_by=None, decision_on=None, barred_because__exact=""
                )
                | Q(barred_at__isnull=False, barred_by__isnull=False, decision_on__isnull=False)
                & ~Q(barred_because__exact=""),
                name="guardianship_barred_says_why",
            ),
            models.CheckConstraint(
                condition=Q(barred_at=None) | Q(is_contact=False),
                name="guardianship_barred_gets_no_mail",
            ),
            models.UniqueConstraint(fields=["family", "guardian"], name="guardianship_once"),
            models.UniqueConstraint(
                fields=["family"], condition=Q(is_contact=True), name="guardianship_one_contact"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guardian} pour {self.family}"


class Child(models.Model):
    """A child. Age decides the group; two households may share one child (`Custody`)."""

    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    birth_date = models.DateField("date de naissance")
    school_level = models.CharField("classe", max_length=10, choices=SchoolLevel, blank=True)

    class Meta:
        verbose_name = "enfant"
        ordering = ["birth_date", "first_name"]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def age_on(self, day: date) -> int:
        """Whole years on `day`; somebody born on 29 February gains theirs on 1 March."""
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday


class Custody(models.Model):
    """A child of a household. A child may have two of them (garde alternée)."""

    family = models.ForeignKey(Family, models.CASCADE, related_name="custodies")
    child = models.ForeignKey(Child, models.CASCADE, related_name="custodies")
    leaves_alone_at = models.TimeField("part seul à", null=True, blank=True)
    # Counts the changes of what the register shows of this child, so that tablets read it again.
    care_version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "garde"
        constraints = [
            models.UniqueConstraint(fields=["family", "child"], name="custody_once"),
        ]

    def __str__(self) -> str:
        return f"{self.child}, {self.family}"


class PickupPerson(models.Model):
    """Somebody whom a household lets fetch its child, besides the guardians."""

    custody = models.ForeignKey(Custody, models.CASCADE, related_name="pickups")
    name = models.CharField("nom", max_length=120)
    relation = models.CharField("lien avec l’enfant", max_length=60, blank=True)
    phone = models.CharField("téléphone", max_length=30)

    class Meta:
        verbose_name = "personne autorisée"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint("custody", Lower("name"), name="pickup_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.relation}" if self.relation else self.name


class HealthSheet(models.Model):
    """What a guardian says of a child's health for one school year (2026: 2026-2027).

    The database holds a sealed text and cannot read it; `actions/health.py` and
    `queries/health.py` do, each reading traced. Renewed each school year.
    """

    child = models.ForeignKey(Child, models.CASCADE, related_name="health_sheets")
    school_year = models.PositiveSmallIntegerField("année scolaire")
    sealed = models.TextField(editable=False)
    written_at = models.DateTimeField("écrite le")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="écrite par"
    )

    class Meta:
        verbose_name = "fiche sanitaire"
        constraints = [
            models.UniqueConstraint(fields=["child", "school_year"], name="health_sheet_once"),
        ]

    def __str__(self) -> str:
        return f"fiche sanitaire {self.school_year}"


class ProposalKind(models.TextChoices):
    """What a parent may propose to change in the file (B7)."""

    PICKUP = "pickup", "personne autorisée à venir chercher"
    ALONE = "alone", "part seul"
    LEVEL = "level", "classe"
    FIRST_NAME = "first_name", "prénom"
    LAST_NAME = "last_name", "nom"


class ProposalState(models.TextChoices):
    """Where a proposal is; only a waiting one moves."""

    WAITING = "waiting", "attend la direction"
    ACCEPTED = "accepted", "acceptée"
    REFUSED = "refused", "refusée"
    WITHDRAWN = "withdrawn", "retirée"


class Proposal(models.Model):
    """One line that a parent would change in a child's file; the director accepts or refuses it.

    `wanted` is what the director reads and what is written, never changed: another wish is another
    row. For a person: name, relation, phone; otherwise `value`.
    """

    custody = models.ForeignKey(Custody, models.CASCADE, related_name="proposals")
    kind = models.CharField("quoi", max_length=10, choices=ProposalKind)
    wanted = models.JSONField("souhait")
    state = models.CharField(
        "état", max_length=10, choices=ProposalState, default=ProposalState.WAITING
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="demandée par"
    )
    asked_at = models.DateTimeField("demandée le")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField("répondue le", null=True)
    reason = models.CharField("motif", max_length=200, blank=True)

    class Meta:
        verbose_name = "proposition"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["custody", "kind"],
                condition=Q(state="waiting") & ~Q(kind="pickup"),
                name="proposal_one_of_a_kind_waits",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="proposal_answered_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="proposal_refused_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(state="waiting"), name="proposals_that_wait"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} : {self.told}"

    @property
    def told(self) -> str:
        """What is wished, in words."""
        if self.kind == ProposalKind.PICKUP:
            parts = [self.wanted["name"], self.wanted["relation"], self.wanted["phone"]]
            return ", ".join(part for part in parts if part)
        value = str(self.wanted["value"])
        if self.kind == ProposalKind.LEVEL:
            return str(SchoolLevel(value).label) if value else "non précisée"
        return value.replace(":", " h ") if self.kind == ProposalKind.ALONE else value


class DateRange(Func):
    """The days from one date to another, both included; no end means for ever."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Enrolment(models.Model):
    """A child may attend a centre from one day to another (dated: children change centres)."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="enrolments")
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="enrolments")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True)

    class Meta:
        verbose_name = "inscription au centre"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="enrolment_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="enrolment_never_twice_at_once",
                expressions=[
                    ("child", RangeOperators.EQUAL),
                    ("centre", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child} à {self.centre}"


class FamilyQuotient(models.Model):
    """The family quotient (QF), a monthly amount in euros, from one day on until another.

    It counts from its date, never backwards: a date before the day of recording has its reason.
    `evidence` names the paper that was shown.
    """

    class Scheme(models.TextChoices):
        CAF = "caf", "CAF"
        MSA = "msa", "MSA"
        OTHER = "other", "autre"

    family = models.ForeignKey(Family, models.CASCADE, related_name="quotients")
    value = models.DecimalField("quotient", max_digits=8, decimal_places=2)
    scheme = models.CharField("régime", max_length=5, choices=Scheme)
    valid_from = models.DateField("du")
    valid_to = models.DateField("au")
    evidence = models.CharField("justificatif", max_length=200, blank=True)
    backdated_because = models.CharField("motif de la date passée", max_length=200, blank=True)
    recorded_at = models.DateTimeField("enregistré le", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = "quotient familial"
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="quotient_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="quotient_dates_in_order"
            ),
            models.UniqueConstraint(
                fields=["family", "valid_from"], name="quotient_one_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} ({self.get_scheme_display()})"


class BookingBlock(models.Model):
    """A family is kept from asking, for a reason it reads; written by whoever knows (billing...).

    It counts only if the organisation's settings say that its kind does.
    """

    family = models.ForeignKey(Family, models.CASCADE, related_name="booking_blocks")
    kind = models.CharField("motif", max_length=10, choices=BlockKind)
    reason = models.CharField("explication", max_length=200)
    since = models.DateTimeField("depuis le")
    lifted_at = models.DateTimeField("levé le", null=True, blank=True)

    class Meta:
        verbose_name = "blocage"
        constraints = [
            models.UniqueConstraint(
                fields=["family", "kind"],
                condition=Q(lifted_at__isnull=True),
                name="booking_block_one_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family} : {self.reason}"
