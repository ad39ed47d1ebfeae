"""The mail of an invoicing: one a family, nothing personal in it."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings

from preau.billing.models import BillingRun
from preau.families.queries.contacts import contacts_of
from preau.messaging.actions.queue import Draft, queue_mails
from preau.org.models import Organisation


def queue_billing_mails(run: BillingRun, families: Collection[int]) -> None:
    """Tell these families that their account has a new paper, in the transaction that issued it.

    One mail a run and family, even with an invoice and a credit note.
    """
    contacts = contacts_of(families)
    if not contacts:
        return
    sender = str(Organisation.objects.get())
    queue_mails(
        purpose="factures",
        batch=run.mails,
        drafts=[
            Draft(
                event_key=f"billing:{run.pk}:{family_id}",
                to=contact,
                subject="Une nouvelle pièce est sur votre compte",
                text=(
                    "Bonjour,\n\nUne facture ou un avoir vient d’être ajouté à votre compte. Vous "
                    f"le lisez dans « Compte » :\n{settings.PUBLIC_URL}/famille/compte/\n\n"
                    f"{sender}\nCe message est envoyé automatiquement, il n’est pas possible d’y "
                    "répondre.\n"
                ),
            )
            for family_id, contact in contacts.items()
        ],
    )
