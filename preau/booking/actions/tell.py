"""Validating decisions and telling the families (S17, B21)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from preau.activities.models import Period
from preau.booking.enums import Status
from preau.booking.history import move_line, save_moves
from preau.booking.letters import answered, queue_letters
from preau.booking.models import Booking, Sending
from preau.booking.states import Move
from preau.core import clock
from preau.core.errors import StaleError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Family
from preau.families.queries.contacts import contacts_of


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """What validating now would do. `fingerprint` changes whenever any decision changes."""

    families: int
    lines: int
    without_mail: list[Family]
    waiting_families: int
    fingerprint: str

    @property
    def mails(self) -> int:
        """How many mails would leave: one a family that has an address."""
        return self.families - len(self.without_mail)


def readiness_of_period(period: Period) -> Readiness:
    """What "Valider et prévenir" would do now, in three queries."""
    lines = list(
        _untold(period).select_related("request").only("draft", "version", "request__family_id")
    )
    ready = _ready(lines)
    with_mail = contacts_of(ready)
    families = Family.objects.filter(pk__in=ready)
    started = {line.request.family_id for line in lines if line.draft}
    return Readiness(
        families=len(ready),
        lines=sum(line.request.family_id in ready for line in lines),
        without_mail=[family for family in families if family.pk not in with_mail],
        waiting_families=len(started - ready),
        fingerprint=_fingerprint(lines),
    )


def validate_decisions(*, actor: User, period: Period, fingerprint: str) -> Sending:
    """Make the prepared decisions final and tell each family once, in one transaction.

    A family with a line still undecided waits for the next sending. `fingerprint` is that of the
    `Readiness` the director confirmed: when decisions have changed since, `StaleError` is raised
    and nothing is sent. The mails leave by the worker, after the commit.
    """
    now = clock.now()
    with short_transaction():
        locked = _untold(period).select_for_update(of=("self",), no_key=True)
        lines = list(locked.select_related("request__period__centre").order_by("pk"))
        ready = _ready(lines)
        if not ready or _fingerprint(lines) != fingerprint:
            raise StaleError(
                "Les décisions ont changé depuis l’affichage de cette page. Rien n’a été envoyé : "
                "vérifiez les nouveaux nombres, puis validez."
            )
        told = [line for line in lines if line.request.family_id in ready]
        for line in told:
            move_line(line, Move.TELL, reason=line.reason).told_at = now
        save_moves(told, Move.TELL, actor=actor, at=now)
        contacts = contacts_of(ready)
        mails = queue_letters(answered, told, contacts=contacts)
        return Sending.objects.create(
            period=period,
            sent_at=now,
            actor=actor,
            families=len(ready),
            lines=len(told),
            without_mail=len(ready) - len(contacts),
            mails=mails,
        )


def _untold(period: Period) -> QuerySet[Booking]:
    return Booking.objects.filter(request__period=period, status=Status.PENDING)


def _ready(lines: Iterable[Booking]) -> set[int]:
    """Families whose every line has a decision."""
    families = {line.request.family_id for line in lines}
    return families - {line.request.family_id for line in lines if not line.draft}


def _fingerprint(lines: Iterable[Booking]) -> str:
    versions = sorted((line.pk, line.version) for line in lines)
    return hashlib.sha256(repr(versions).encode()).hexdigest()[:32]
