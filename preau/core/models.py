"""Who signs in, what was done, and a few rows of service. The trade's own people point here."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower

from preau.core.append_only import append_only


class UserManager(BaseUserManager["User"]):
    """Finds and makes sign-ins."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by identifier, whatever the capitals they typed."""
        return self.get(username__iexact=username)

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        """Make a sign-in. Without a password nobody can use it until one is set."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A sign-in: an *identifiant* and a password.

    The e-mail address may be shared by two sign-ins (two parents, one mailbox), so it is never a
    key. `temporary_until` is set while the password is one that we made and sent by mail: until
    that instant it opens one page, where the person chooses their own.
    """

    username = models.CharField(
        "identifiant", max_length=60, unique=True, validators=[UnicodeUsernameValidator()]
    )
    email = models.EmailField("adresse électronique", blank=True)
    name = models.CharField("nom affiché", max_length=160)
    is_active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    temporary_until = models.DateTimeField("mot de passe provisoire jusqu’au", null=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "accès"
        verbose_name_plural = "accès"
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="user_username_once_whatever_the_capitals"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class WorkerHeartbeat(models.Model):
    """The last sign of life of a background worker; `/readyz` reads it."""

    worker = models.CharField(max_length=64, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker


class NumberSeries(models.Model):
    """The last number given in a series of one year, and its date: see `numbering.py`."""

    series = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)
    last_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="number_series_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.series}{self.year}"


class Act(models.TextChoices):
    """What the audit table tells (trust.md, "Trace")."""

    SIGNED_IN = "signed_in", "connexion"
    SIGN_IN_REFUSED = "sign_in_refused", "connexion refusée"
    SIGNED_OUT = "signed_out", "déconnexion"
    PASSWORD_CHANGED = "password_changed", "mot de passe choisi"
    RESET_ASKED = "reset_asked", "mot de passe oublié"
    SECOND_FACTOR = "second_factor", "second facteur"
    SESSIONS_ENDED = "sessions_ended", "sessions fermées"
    ACCESS_OPENED = "access_opened", "accès ouvert"
    ACCESS_SENT = "access_sent", "accès renvoyé"
    ACCESS_CLOSED = "access_closed", "accès fermé"
    ACCESS_REOPENED = "access_reopened", "accès rouvert"
    EMAIL_CHANGED = "email_changed", "adresse électronique changée"
    FAMILY_CHANGED = "family_changed", "dossier d’une famille"
    ROLE_GIVEN = "role_given", "rôle donné"
    ROLE_TAKEN = "role_taken", "rôle retiré"
    SETTINGS_CHANGED = "settings_changed", "réglages"
    EXPORTED = "exported", "export"
    PUBLISHED = "published", "imprimé"
    REFUND = "refund", "remboursement"
    HEALTH_READ = "health_read", "fiche sanitaire lue"
    HEALTH_WRITTEN = "health_written", "fiche sanitaire écrite"


class AuditEvent(models.Model):
    """Who did what to which object, when, from where. Written once, never changed.

    `actor_name` and `object_name` are what they were then. Never a secret, never a health datum.
    """

    at = models.DateTimeField("le")
    act = models.CharField("quoi", max_length=20, choices=Act)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="qui"
    )
    actor_name = models.CharField("qui", max_length=160, blank=True)
    object_name = models.CharField("sur", max_length=200, blank=True)
    object_key = models.CharField(max_length=60, blank=True)
    detail = models.CharField("détail", max_length=300, blank=True)
    address = models.GenericIPAddressField("depuis", null=True)

    class Meta:
        verbose_name = "trace"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["act", "-id"], name="audit_by_act"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
        ]
        triggers = append_only("audit_event")

    def __str__(self) -> str:
        return f"{self.get_act_display()} : {self.object_name}"


class Session(AbstractBaseSession):
    """A browser that is signed in, or about to be: its owner can read and end it.

    The columns repeat what the session itself says (`sessions.py`), so that they can be searched.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions", null=True
    )
    opened_at = models.DateTimeField("ouverte le", null=True)
    seen_at = models.DateTimeField("vue le", null=True)
    address = models.GenericIPAddressField("depuis", null=True)
    browser = models.CharField("navigateur", max_length=200, blank=True)

    class Meta:
        verbose_name = "session"

    def __str__(self) -> str:
        return f"session de {self.user_id}"
