"""The mails of this app: one a family and event, naming no child and no answer (S17)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from django.conf import settings

from preau.activities.models import Period
from preau.booking.models import Booking
from preau.core import wording
from preau.families.queries.contacts import contacts_of
from preau.messaging.actions.queue import Draft, queue_mails
from preau.messaging.models import MailBatch
from preau.org.models import Centre
from preau.org.ours import organisation

Letter = Callable[[Period, list[Booking]], tuple[str, str]]


def answered(period: Period, _lines: list[Booking]) -> tuple[str, str]:
    """The director has answered (S17)."""
    return (
        "Votre demande de réservation a reçu une réponse",
        (
            f"{period.centre} a répondu à votre demande pour « {period} ».\n\n"
            "Pour lire la réponse, connectez-vous et ouvrez « Statut de vos demandes » :"
        ),
    )


def corrected(period: Period, _lines: list[Booking]) -> tuple[str, str]:
    """An answer already told was changed (daily life 2)."""
    return (
        "Une réponse à votre demande a changé",
        (
            f"{period.centre} a corrigé une réponse à votre demande pour « {period} ».\n\n"
            "Pour la lire, connectez-vous et ouvrez « Statut de vos demandes » :"
        ),
    )


def place_offered(period: Period, lines: list[Booking]) -> tuple[str, str]:
    """A place is kept for the family until it confirms (B5)."""
    until = min(line.offered_until for line in lines if line.offered_until)
    return (
        "Une place s’est libérée",
        (
            f"Une place s’est libérée pour « {period} », {period.centre}. Elle vous est gardée "
            f"jusqu’au {wording.moment(until)} ; ensuite elle passe à une autre famille.\n\n"
            "Pour la prendre ou la laisser, connectez-vous et ouvrez « Statut de vos demandes » :"
        ),
    )


def day_closed(period: Period, lines: list[Booking]) -> tuple[str, str]:
    """The centre closes a day for all (daily life 1): the mail names the day."""
    days = wording.listing([wording.day(day) for day in sorted({line.on for line in lines})])
    reason = lines[0].reason
    return (
        f"{period.centre} : fermeture {days}",
        (
            f"{period.centre} sera fermé {days} : {reason}. Ce qui était réservé est annulé et ne "
            "sera pas facturé.\n\nLe détail est dans « Statut de vos demandes » :"
        ),
    )


def queue_letters(
    letter: Letter, lines: Iterable[Booking], *, contacts: dict[int, str] | None = None
) -> MailBatch:
    """Write one mail a family for these lines, in the transaction that changed them.

    Families whose contact has no address get none; `contacts` gives the addresses to a caller that
    needed them already. Returns the batch, empty without lines.
    """
    of_family: dict[tuple[int, int], list[Booking]] = {}
    for line in lines:
        of_family.setdefault((line.request.period_id, line.request.family_id), []).append(line)
    if contacts is None:
        contacts = contacts_of({family for _, family in of_family})
    sender = str(organisation())
    return queue_mails(
        purpose=letter.__name__,
        drafts=[
            _draft(letter, members, contacts[family], sender)
            for (_, family), members in sorted(of_family.items())
            if family in contacts
        ],
    )


def _draft(letter: Letter, lines: list[Booking], address: str, sender: str) -> Draft:
    request = lines[0].request
    subject, body = letter(request.period, lines)
    text = f"Bonjour,\n\n{body}\n{settings.PUBLIC_URL}/famille/demandes/\n\n"
    return Draft(
        event_key=f"{letter.__name__}:{request.pk}:{_fingerprint(lines)}",
        to=address,
        subject=subject,
        text=f"{text}{_signature(request.period.centre, sender)}",
    )


def _fingerprint(lines: Iterable[Booking]) -> str:
    """Names the event by the very state of its lines, which never comes back."""
    versions = sorted((line.pk, line.version) for line in lines)
    return hashlib.sha256(repr(versions).encode()).hexdigest()[:32]


def _signature(centre: Centre, sender: str) -> str:
    return (
        f"Une question ? {centre.director_name}, {centre.phone}, {centre.email}\n\n{sender}\n"
        "Ce message est envoyé automatiquement, il n’est pas possible d’y répondre.\n"
    )
