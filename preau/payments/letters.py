"""The mails of payments by card: nothing personal in them (trust.md)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction

from preau.billing.models import Payment
from preau.families.queries.contacts import contacts_of
from preau.messaging.actions.queue import Draft, queue_mails
from preau.org.models import Organisation
from preau.payments.models import BankNotification, PaymentAttempt

_END = "Ce message est envoyé automatiquement, il n’est pas possible d’y répondre.\n"


@contextmanager
def _without_harm() -> Iterator[None]:
    """What cannot be told undoes nothing of what is told: the credit around stays."""
    try:
        with transaction.atomic():
            yield
    except (DatabaseError, ObjectDoesNotExist) as error:
        logging.getLogger("preau.payments").error("mail not written: %s", type(error).__name__)  # noqa: TRY400 - the trace could name people


@_without_harm()
def thank_family(attempt: PaymentAttempt, payment: Payment) -> None:
    """Tell the family that its payment is on its account, in the transaction that wrote it."""
    address = contacts_of([attempt.family_id]).get(attempt.family_id)
    if not address:
        return
    sender = str(Organisation.objects.get())
    queue_mails(
        purpose="paiement reçu",
        drafts=[
            Draft(
                event_key=f"card_payment:{payment.pk}",
                to=address,
                subject="Votre paiement est enregistré",
                text=(
                    "Bonjour,\n\nVotre paiement par carte est enregistré. Le reçu est dans "
                    f"« Compte » :\n{settings.PUBLIC_URL}/famille/compte/\n\n{sender}\n{_END}"
                ),
            )
        ],
    )


@_without_harm()
def alert_accountant(notification: BankNotification) -> None:
    """Tell the office that something a bank said needs somebody. One mail for one message."""
    ours = Organisation.objects.get()
    queue_mails(
        purpose="paiement à vérifier",
        drafts=[
            Draft(
                event_key=f"card_trouble:{notification.pk}",
                to=ours.contact_email,
                subject="Un paiement par carte est à vérifier",
                text=(
                    "Bonjour,\n\nUn message de la banque demande une décision. Il est dans "
                    f"« Paiements par carte » :\n{settings.PUBLIC_URL}/direction/reglements/\n\n"
                    f"{ours}\n{_END}"
                ),
            )
        ],
    )
