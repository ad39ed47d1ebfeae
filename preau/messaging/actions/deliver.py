"""Handing mails over to the mail server: each at most once, all sooner or later."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta

from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Case, F, TextField, Value, When

from preau.core import clock
from preau.core.sealing import UnsealError, unseal
from preau.messaging.actions.queue import SEALED_FOR
from preau.messaging.models import Mail, MailState

logger = logging.getLogger("preau.messaging")

MOST_ATTEMPTS = 8
# A hand-over takes seconds (the mailer's own time limit is 20 s); ten minutes later its worker is
# certainly dead.
LOST_AFTER = timedelta(minutes=10)
# The code by which a mail server says that it closes the line: nothing goes through it any more.
_GOING_AWAY = 421


class _LineLostError(Exception):
    """The connection to the mail server broke, or the server is about to close it."""


def deliver_due_mails() -> int:
    """Send every mail that is due, one by one, until none is left. Returns how many were sent.

    Several workers may run this at once. A mail is claimed, and the claim committed, before it is
    handed over; whatever dies in between, it is never handed over twice.
    """
    sent = 0
    connection = mailers.default
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors too
        logger.warning("mail server out of reach: %s", type(error).__name__)
        return _put_off_due_mails(error)
    try:
        while (mail := _claim_next()) is not None:
            sent += _hand_over(mail, connection)
    except _LineLostError:
        # The sweep wakes a worker with a new line for the rest.
        return sent
    finally:
        connection.close()
    return sent


def _claim_next() -> Mail | None:
    with transaction.atomic():
        mail = (
            Mail.objects.filter(state=MailState.QUEUED, due_at__lte=clock.now())
            .order_by("due_at", "pk")
            .select_for_update(skip_locked=True)
            .first()
        )
        if mail is None:
            return None
        mail.state = MailState.SENDING
        mail.claimed_at = clock.now()
        mail.attempts += 1
        mail.save(update_fields=["state", "claimed_at", "attempts"])
        return mail


def _hand_over(mail: Mail, connection: BaseEmailBackend) -> int:
    # One identity per mail: should a server get it twice all the same, it can tell.
    domain = EmailMessage().from_email.rpartition("@")[2].rstrip(">")
    try:
        text = unseal(mail.text, purpose=SEALED_FOR) if mail.secret else mail.text
    except UnsealError as error:
        # The site's key changed while it waited: only a new one can be sent.
        _give_back(mail, error, for_good=True)
        return 0
    message = EmailMessage(
        mail.subject,
        text,
        to=[mail.to],
        headers={"Message-ID": f"<preau-{mail.pk}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        connection.send_messages([message])
    except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
        # The line fell while handing over: the server may have taken it. Never send it twice.
        logger.warning("mail %s: line lost while handing over", mail.pk)
        _settle(mail, MailState.UNCERTAIN, error)
        raise _LineLostError from error
    except ValueError as error:
        # No mail can be made of this address; nothing was handed over.
        _give_back(mail, error, for_good=True)
        return 0
    except OSError as error:
        codes = _codes(error)
        refused = isinstance(error, smtplib.SMTPRecipientsRefused)
        _give_back(mail, error, for_good=refused and min(codes) >= 500)
        if not codes or _GOING_AWAY in codes:
            raise _LineLostError from error
        return 0
    Mail.objects.filter(pk=mail.pk, state=MailState.SENDING).update(
        state=MailState.SENT, sent_at=clock.now(), error="", text=_what_stays(mail)
    )
    return 1


def _what_stays(mail: Mail) -> str:
    """The text that the outbox keeps once the mail left, or never will: no secret."""
    return "" if mail.secret else mail.text


def _codes(error: OSError) -> list[int]:
    """What the server answered; empty when the error is not an answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []


def _give_back(mail: Mail, error: OSError | ValueError, *, for_good: bool) -> None:
    if for_good or mail.attempts >= MOST_ATTEMPTS:
        logger.warning("mail %s refused for good: %s", mail.pk, type(error).__name__)
        _settle(mail, MailState.FAILED, error)
        return
    mail.due_at = clock.now() + _patience(mail.attempts)
    _settle(mail, MailState.QUEUED, error)


def _settle(mail: Mail, state: MailState, error: OSError | ValueError) -> None:
    mail.state = state
    mail.error = _without_address(error)
    if state is not MailState.QUEUED:
        mail.text = _what_stays(mail)
    mail.save(update_fields=["state", "due_at", "error", "text"])


def _put_off_due_mails(error: OSError) -> int:
    due = Mail.objects.filter(state=MailState.QUEUED, due_at__lte=clock.now())
    due.update(due_at=clock.now() + _patience(1), error=_without_address(error))
    return 0


def _patience(attempts: int) -> timedelta:
    return min(timedelta(seconds=30 * 2.0**attempts), timedelta(hours=1))


def _without_address(error: OSError | ValueError) -> str:
    """The error's kind and code: a server's sentence often repeats the person's address."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()[:300]


def sweep_outbox() -> None:
    """Put back in motion what a dead worker left behind.

    A mail that waits past its time wakes a worker again. One claimed long ago may have left:
    it becomes `UNCERTAIN` and is shown to the staff rather than sent twice.
    """
    from preau.messaging.tasks import deliver_due

    now = clock.now()
    Mail.objects.filter(state=MailState.SENDING, claimed_at__lt=now - LOST_AFTER).update(
        state=MailState.UNCERTAIN,
        error="interrompu pendant l’envoi",
        text=Case(When(secret=True, then=Value("", TextField())), default=F("text")),
    )
    if Mail.objects.filter(state=MailState.QUEUED, due_at__lt=now - timedelta(seconds=10)).exists():
        deliver_due.enqueue()
