"""Payments by card: the shop, what families began, what the bank said, what money moved."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from preau.billing.models import LedgerEntry
from preau.core.append_only import append_only
from preau.families.models import Family
from preau.messaging.models import MailBatch
from preau.payments.enums import AttemptState, Mode, Move, Outcome, Source


class CardShop(models.Model):
    """The organisation's account at a payment provider. At most one takes new payments.

    `slug` is in the address that the bank notifies, so it never changes. `service_url` replaces the
    provider's own address (the test bank). Keys are rows of their own: an old one still verifies.
    """

    slug = models.SlugField("adresse de notification", max_length=30, unique=True)
    gateway = models.CharField("prestataire", max_length=20)
    mode = models.CharField("mode", max_length=10, choices=Mode, default=Mode.TEST)
    site = models.CharField("identifiant de boutique", max_length=20)
    service_url = models.URLField("adresse de paiement", blank=True)
    api_url = models.URLField("adresse de l’API", blank=True)
    api_password = models.TextField("mot de passe de l’API, scellé", blank=True)
    is_open = models.BooleanField("reçoit les paiements", default=False)

    class Meta:
        verbose_name = "boutique de paiement"
        constraints = [
            models.UniqueConstraint(
                fields=["is_open"], condition=Q(is_open=True), name="card_shop_one_open"
            ),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="card_shop_known_mode"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.site}"


class CardKey(models.Model):
    """A key shared with the provider, sealed. The newest of a mode signs; all of them verify."""

    shop = models.ForeignKey(CardShop, models.PROTECT, related_name="keys")
    mode = models.CharField("mode", max_length=10, choices=Mode)
    sealed = models.TextField()
    added_at = models.DateTimeField("ajoutée le")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )

    class Meta:
        verbose_name = "clé de paiement"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.shop}, {self.mode}, {self.added_at:%d/%m/%Y}"


class PaymentAttempt(models.Model):
    """A payment that a family began: written before it leaves for the bank.

    `reference` is the order's name at the bank, and says nothing of anybody. `trans_id` is unique
    for a shop and a UTC day whatever the capitals, as the vads protocol wants.
    """

    family = models.ForeignKey(Family, models.PROTECT, related_name="card_attempts")
    shop = models.ForeignKey(CardShop, models.PROTECT, related_name="attempts")
    mode = models.CharField("mode", max_length=10, choices=Mode)
    amount = models.DecimalField("montant", max_digits=10, decimal_places=2)
    reference = models.CharField("référence", max_length=32, unique=True)
    trans_id = models.CharField(max_length=6)
    trans_day = models.DateField()
    state = models.CharField("état", max_length=10, choices=AttemptState, default=AttemptState.OPEN)
    started_at = models.DateTimeField("commencé le")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    expires_at = models.DateTimeField("attendu jusqu’au")
    ask_at = models.DateTimeField("à demander à la banque dès", null=True)
    asked = models.PositiveSmallIntegerField("fois demandé", default=0)

    class Meta:
        verbose_name = "paiement commencé"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["family", "-id"], name="attempt_of_family"),
            models.Index(
                fields=["ask_at"], condition=Q(ask_at__isnull=False), name="attempt_to_ask"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_amount_positive"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("started_at")), name="attempt_expires_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state__in=AttemptState.values), name="attempt_has_a_known_state"
            ),
            models.UniqueConstraint(
                "shop", "trans_day", Lower("trans_id"), name="attempt_trans_id_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class BankNotification(models.Model):
    """Something a bank said, kept before it is understood. `body` is sealed: it may name people.

    `digest` (SHA-256 of shop, source and body) makes the same words one row, however often they
    come. Somebody treats what is an orphan or does not match, once, with a note.
    """

    shop = models.ForeignKey(CardShop, models.PROTECT, related_name="notifications")
    source = models.CharField("source", max_length=12, choices=Source)
    digest = models.CharField(max_length=64, unique=True)
    body = models.TextField()
    received_at = models.DateTimeField("reçue le")
    outcome = models.CharField("suite", max_length=10, choices=Outcome, default=Outcome.WAITING)
    why = models.CharField("explication", max_length=300, blank=True)
    attempt = models.ForeignKey(
        PaymentAttempt, models.PROTECT, related_name="notifications", null=True
    )
    treated_at = models.DateTimeField("traitée le", null=True)
    treated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    note = models.CharField("note", max_length=200, blank=True)

    class Meta:
        verbose_name = "message de la banque"
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=Q(outcome=Outcome.WAITING),
                name="notification_to_read",
            ),
            models.Index(
                fields=["-id"],
                condition=Q(outcome__in=["orphan", "mismatch"], treated_at__isnull=True),
                name="notification_to_treat",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="notification_has_a_known_outcome"
            ),
            models.CheckConstraint(
                condition=Q(treated_at__isnull=True, treated_by__isnull=True)
                | Q(treated_at__isnull=False, treated_by__isnull=False),
                name="notification_treated_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.received_at:%d/%m/%Y %H:%M}"


class BankTransaction(models.Model):
    """Money that the bank moved, once: `key` is unique, and so is the entry it wrote.

    `cents` is what the bank said. `of` names the payment that a refund or a cancellation undoes.
    """

    key = models.CharField(max_length=120, unique=True)
    move = models.CharField("mouvement", max_length=10, choices=Move)
    cents = models.PositiveBigIntegerField("centimes")
    happened_at = models.DateTimeField("le")
    attempt = models.ForeignKey(
        PaymentAttempt, models.PROTECT, related_name="transactions", null=True
    )
    notification = models.ForeignKey(BankNotification, models.PROTECT, related_name="transactions")
    entry = models.OneToOneField(
        LedgerEntry, models.PROTECT, related_name="bank_transaction", null=True
    )
    overpaid = models.BooleanField("trop-perçu", default=False)

    class Meta:
        verbose_name = "mouvement à la banque"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="bank_transaction_of_money"),
            models.CheckConstraint(
                condition=Q(move__in=Move.values), name="bank_transaction_known_move"
            ),
        ]
        triggers = append_only("bank_transaction")

    def __str__(self) -> str:
        return self.key


class InstalmentPlan(models.Model):
    """Paying in several times, arranged with the office (S8). One in force a family."""

    family = models.ForeignKey(Family, models.PROTECT, related_name="instalment_plans")
    made_at = models.DateTimeField("convenu le")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField("arrêté le", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )

    class Meta:
        verbose_name = "échéancier"
        constraints = [
            models.UniqueConstraint(
                fields=["family"], condition=Q(ended_at__isnull=True), name="plan_one_a_family"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family}, {self.made_at:%d/%m/%Y}"


class Instalment(models.Model):
    """One part of a plan and the day it is due."""

    plan = models.ForeignKey(InstalmentPlan, models.PROTECT, related_name="parts")
    due_on = models.DateField("échéance")
    amount = models.DecimalField("montant", max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = "part d’un échéancier"
        ordering = ["due_on"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_amount_positive"),
            models.UniqueConstraint(fields=["plan", "due_on"], name="instalment_once_a_day"),
        ]
        triggers = append_only("instalment")

    def __str__(self) -> str:
        return f"{self.due_on:%d/%m/%Y} {self.amount}"


class ReminderBatch(models.Model):
    """Families reminded at one go that they owe something (B27)."""

    sent_at = models.DateTimeField("envoyés le")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    mails = models.OneToOneField(MailBatch, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "rappels"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.sent_at:%d/%m/%Y}"


class Reminder(models.Model):
    """What one family was reminded of: by mail, or by a letter when it has no address."""

    batch = models.ForeignKey(ReminderBatch, models.PROTECT, related_name="reminders")
    family = models.ForeignKey(Family, models.PROTECT, related_name="reminders")
    overdue = models.DecimalField("échu", max_digits=10, decimal_places=2)
    since = models.DateField("depuis le")
    by_letter = models.BooleanField("par courrier")

    class Meta:
        verbose_name = "rappel"
        constraints = [
            models.UniqueConstraint(fields=["batch", "family"], name="reminder_once_a_batch"),
            models.CheckConstraint(condition=Q(overdue__gt=0), name="reminder_of_something"),
        ]
        triggers = append_only("reminder")

    def __str__(self) -> str:
        return f"{self.family}, {self.overdue}"


class ReminderPause(models.Model):
    """A family is not reminded until a day, for a reason that the office reads. The newest counts;
    a day already past lifts it."""

    family = models.ForeignKey(Family, models.PROTECT, related_name="reminder_pauses")
    until = models.DateField("jusqu’au")
    reason = models.CharField("motif", max_length=200)
    made_at = models.DateTimeField("décidée le")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "suspension des rappels"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reminder_pause_says_why"),
        ]
        triggers = append_only("reminder_pause")

    def __str__(self) -> str:
        return f"{self.family}, jusqu’au {self.until:%d/%m/%Y}"
