"""The outbox: a mail is a row, written with the fact it tells and sent after it is committed."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q


class MailState(models.TextChoices):
    """`SENDING` is claimed by a worker about to hand the mail over. A worker that dies there
    leaves the mail `UNCERTAIN`: it may have left, so only a person may decide to send it again.
    """

    QUEUED = "queued", "en attente"
    SENDING = "sending", "en cours d’envoi"
    SENT = "sent", "envoyé"
    FAILED = "failed", "refusé"
    UNCERTAIN = "uncertain", "à vérifier"


STATE_CHANGES = [
    (MailState.QUEUED.value, MailState.SENDING.value),
    (MailState.SENDING.value, MailState.QUEUED.value),
    (MailState.SENDING.value, MailState.SENT.value),
    (MailState.SENDING.value, MailState.FAILED.value),
    (MailState.SENDING.value, MailState.UNCERTAIN.value),
]


class MailBatch(models.Model):
    """Mails that belong to one act, so that a page can show how far they are."""

    purpose = models.CharField("objet", max_length=200)
    created_at = models.DateTimeField("créé le")

    class Meta:
        verbose_name = "envoi groupé"

    def __str__(self) -> str:
        return self.purpose


class Mail(models.Model):
    """One mail to one address. `event_key` names the event it tells: never two for one event."""

    event_key = models.CharField(max_length=120, unique=True)
    batch = models.ForeignKey(MailBatch, models.PROTECT, related_name="mails", null=True)
    to = models.EmailField("destinataire")
    subject = models.CharField("sujet", max_length=200)
    text = models.TextField("texte")
    # Holds a password or a code: sealed while it waits, erased once it left or never will.
    secret = models.BooleanField("secret", default=False)
    state = models.CharField("état", max_length=10, choices=MailState, default=MailState.QUEUED)
    created_at = models.DateTimeField("créé le")
    due_at = models.DateTimeField("à envoyer dès")
    claimed_at = models.DateTimeField("pris en charge le", null=True)
    sent_at = models.DateTimeField("envoyé le", null=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    error = models.CharField("dernière erreur", max_length=300, blank=True)

    class Meta:
        verbose_name = "courriel"
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state=MailState.QUEUED), name="mail_to_send"
            ),
            models.Index(
                fields=["claimed_at"], condition=Q(state=MailState.SENDING), name="mail_in_flight"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MailState.SENT, sent_at__isnull=False)
                | (~Q(state=MailState.SENT) & Q(sent_at__isnull=True)),
                name="mail_sent_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(secret=False)
                | Q(state__in=[MailState.QUEUED, MailState.SENDING])
                | Q(text=""),
                name="mail_secret_kept_only_until_it_leaves",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="mail_moves_by_the_table", field="state", transitions=STATE_CHANGES)
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.get_state_display()})"
