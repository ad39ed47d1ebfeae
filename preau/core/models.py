"""Who signs in. The trade's own people (guardians, staff) point here."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower


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
    key.
    """

    username = models.CharField(
        "identifiant", max_length=60, unique=True, validators=[UnicodeUsernameValidator()]
    )
    email = models.EmailField("adresse électronique", blank=True)
    name = models.CharField("nom affiché", max_length=160)
    is_active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

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
