"""The one mail of this app: an answer waits. It names no child, no day and no illness."""

from __future__ import annotations

from django.conf import settings

from preau.attendance.models import MedicalCertificate
from preau.families.queries.contacts import contacts_of
from preau.messaging.actions.queue import Draft, queue_mails
from preau.org.models import Organisation


def queue_answer(certificate: MedicalCertificate) -> None:
    """Tell the family that its paper has an answer, if its contact has an address."""
    address = contacts_of([certificate.family_id]).get(certificate.family_id)
    if address is None:
        return
    ours = Organisation.objects.get()
    text = (
        "Bonjour,\n\nLe centre a répondu à un document que vous avez envoyé.\n\n"
        "Pour lire la réponse, connectez-vous et ouvrez « Absences » :\n"
        f"{settings.PUBLIC_URL}/famille/absences/\n\n"
        f"Une question ? {ours.contact_name}, {ours.contact_phone}, {ours.contact_email}\n\n"
        f"{ours}\nCe message est envoyé automatiquement, il n’est pas possible d’y répondre.\n"
    )
    queue_mails(
        purpose="certificate_answered",
        drafts=[
            Draft(
                event_key=f"certificate_answered:{certificate.pk}:{certificate.version}",
                to=address,
                subject="Le centre a répondu à un document que vous avez envoyé",
                text=text,
            )
        ],
    )
