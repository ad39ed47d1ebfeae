"""Reminding families of what they owe, and leaving one in peace (B27)."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db.models import QuerySet

from preau.core import audit, clock
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.families.models import Family
from preau.messaging.actions.queue import Draft, queue_mails
from preau.messaging.models import MailBatch
from preau.org.models import Organisation
from preau.payments.models import Reminder, ReminderBatch, ReminderPause
from preau.payments.queries.reminders import fingerprint_of, reminders_due

LONGEST_PAUSE = timedelta(days=366)


def send_reminders(
    *, actor: User, families: QuerySet[Family], days: int, fingerprint: str
) -> ReminderBatch:
    """Remind the families late by more than `days` days that nothing keeps from it.

    One mail a family, which names no amount and nobody; those without an address get a letter.
    Raises `StaleError` when who would be reminded is no longer what the page showed, `RefusedError`
    when it is nobody.
    """
    with short_transaction():
        # One sending at a time: the second one finds everybody reminded.
        organisation = Organisation.objects.select_for_update(no_key=True).get()
        due = reminders_due(families, days=days)
        if fingerprint_of(due) != fingerprint:
            raise StaleError("La liste a changé entre-temps : relisez-la avant d’envoyer.")
        told = [each for each in due if not each.kept]
        if not told:
            raise RefusedError("Aucune famille n’est à rappeler.")
        now = clock.now()
        mails = MailBatch.objects.create(purpose="rappels", created_at=now)
        batch = ReminderBatch.objects.create(sent_at=now, sent_by=actor, mails=mails)
        Reminder.objects.bulk_create(
            Reminder(
                batch=batch,
                family=each.family,
                overdue=each.overdue,
                since=each.since,
                by_letter=not each.email,
            )
            for each in told
        )
        drafts = [
            Draft(
                event_key=f"reminder:{batch.pk}:{each.family.pk}",
                to=each.email,
                subject="Votre compte",
                text=_letter(organisation),
            )
            for each in told
            if each.email
        ]
        queue_mails(purpose="rappels", drafts=drafts, batch=mails)
    return batch


def _letter(organisation: Organisation) -> str:
    return (
        "Bonjour,\n\nSauf erreur de notre part, une somme reste à régler sur votre compte, et sa "
        "date est passée. Vous la lisez, et pouvez la régler, dans « Compte » :\n"
        f"{settings.PUBLIC_URL}/famille/compte/\n\nUne difficulté ? Appelez la direction de votre "
        "centre : elle peut convenir avec vous de payer en plusieurs fois.\n\nSi votre règlement "
        f"est déjà parti, ne tenez pas compte de ce message.\n\n{organisation}\n"
    )


def pause_reminders(*, actor: User, family: Family, until: date, reason: str) -> ReminderPause:
    """Leave a family in peace until a day, included; yesterday lifts a pause that holds.

    Raises `RefusedError` without a reason, or for more than a year.
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise RefusedError("Écrivez pourquoi : une autre personne le lira.")
    if until > clock.today() + LONGEST_PAUSE:
        raise RefusedError("Une suspension dure un an au plus.")
    with short_transaction():
        made = ReminderPause.objects.create(
            family=family, until=until, reason=reason, made_at=clock.now(), made_by=actor
        )
        detail = f"rappels suspendus jusqu’au {until:%d/%m/%Y}"
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=family, detail=detail)
    return made
