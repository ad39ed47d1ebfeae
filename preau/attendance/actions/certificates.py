"""Medical certificates: a family sends one, a director accepts or refuses it (S20, B6)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from secrets import token_hex

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from preau.activities.models import SessionDay
from preau.attendance.enums import CertificateState, Presence
from preau.attendance.letters import queue_answer
from preau.attendance.models import CheckIn, ExcusedAbsence, MedicalCertificate
from preau.booking.enums import CancelKind, Status
from preau.booking.models import Booking
from preau.booking.places import lock_days
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.core.uploads import Cleaned
from preau.families.models import Child, Family

LONGEST = timedelta(days=366)
OLDEST = timedelta(days=366)
"""Longest absence of one certificate, and how long ago it may have ended."""
MOST_WAITING = 20
"""Certificates of one family that may wait for an answer: nobody is ill so often."""


def send_certificate(
    *, actor: User, family: Family, child: Child, starts_on: date, ends_on: date, paper: Cleaned
) -> MedicalCertificate:
    """Keep a certificate for the director. The same file sent twice for the same days is one.

    Raises `RefusedError` for dates that cannot be, or when too many wait already.
    """
    _check_dates(starts_on, ends_on)
    if not family.children.filter(pk=child.pk).exists():
        raise RefusedError("Choisissez un enfant de votre famille.")
    name = f"certificats/{clock.today():%Y}/{token_hex(16)}{paper.extension}"
    with short_transaction():
        Family.objects.select_for_update(no_key=True).get(pk=family.pk)
        waiting = family.certificates.filter(state=CertificateState.SENT)
        same = waiting.filter(child=child, starts_on=starts_on, ends_on=ends_on).first()
        if same is not None:
            raise RefusedError(
                "Un justificatif pour cet enfant et ces dates attend déjà la réponse du centre."
            )
        if waiting.count() >= MOST_WAITING:
            raise RefusedError(
                "Beaucoup de justificatifs attendent déjà une réponse\u00a0: contactez le centre."
            )
        stored = default_storage.save(name, ContentFile(paper.content))
        try:
            with transaction.atomic():
                return MedicalCertificate.objects.create(
                    child=child,
                    family=family,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    file=stored,
                    media_type=paper.media_type,
                    sent_at=clock.now(),
                    sent_by=actor,
                )
        except BaseException:
            default_storage.delete(stored)
            raise


def _check_dates(starts_on: date, ends_on: date) -> None:
    today = clock.today()
    if ends_on < starts_on:
        raise RefusedError("Le dernier jour de l’absence vient après le premier.")
    if ends_on - starts_on > LONGEST or starts_on - today > LONGEST:
        raise RefusedError("L’absence couvre un an au plus.")
    if today - ends_on > OLDEST:
        raise RefusedError(
            "Cette absence date de plus d’un an\u00a0: contactez la direction du centre."
        )


def withdraw_certificate(*, family: Family, certificate: MedicalCertificate) -> None:
    """A family takes back what was not answered yet; its file goes with it.

    Raises `StaleError` once it is answered.
    """
    with short_transaction():
        held = family.certificates.select_for_update(of=("self",), no_key=True).filter(
            pk=certificate.pk, state=CertificateState.SENT
        )
        found = held.first()
        if found is None:
            raise StaleError("Le centre a répondu entre-temps\u00a0: rien n’a été retiré.")
        transaction.on_commit(partial(default_storage.delete, found.file))
        found.delete()


def accept_certificate(
    *, actor: User, certificate: MedicalCertificate, seen_version: int
) -> list[ExcusedAbsence]:
    """Accept: every day of its dates that the child had booked is excused, in every centre.

    Days on which the register saw the child present are left out. The family is told by one mail.
    Returns the days excused. Raises `StaleError` when a colleague answered meanwhile.
    """
    with short_transaction():
        days = list(_days_of(certificate).values_list("pk", flat=True))
        lock_days(days)
        held = _held(certificate, seen_version)
        _decide(held, CertificateState.ACCEPTED, actor=actor)
        present = CheckIn.objects.filter(
            child=held.child_id, session_day=OuterRef("pk"), state=Presence.PRESENT
        )
        already = ExcusedAbsence.objects.filter(
            child=held.child_id, session_day=OuterRef("pk"), lifted_at=None
        )
        absent = SessionDay.objects.filter(~Exists(present), ~Exists(already), pk__in=days)
        made = ExcusedAbsence.objects.bulk_create(
            ExcusedAbsence(
                child_id=held.child_id,
                session_day=day,
                certificate=held,
                reason="certificat médical",
                excused_at=clock.now(),
                excused_by=actor,
            )
            for day in absent
        )
        queue_answer(held)
    return made


def refuse_certificate(
    *, actor: User, certificate: MedicalCertificate, seen_version: int, reason: str
) -> None:
    """Refuse, with the reason the family reads; what it had excused is billed again.

    Raises `RefusedError` without a reason, `StaleError` when a colleague answered meanwhile.
    """
    if not reason:
        raise RefusedError("Un refus donne son motif\u00a0: la famille le lira.")
    with short_transaction():
        excused = certificate.absences.filter(lifted_at=None)
        lock_days(list(excused.values_list("session_day", flat=True)))
        held = _held(certificate, seen_version)
        _decide(held, CertificateState.REFUSED, actor=actor, reason=reason)
        excused.update(lifted_at=clock.now(), lifted_by=actor)
        queue_answer(held)


def _days_of(certificate: MedicalCertificate) -> QuerySet[SessionDay]:
    """Days of its dates on which the child has a line that is billed."""
    billed = Q(status=Status.ACCEPTED) | Q(status=Status.CANCELLED, cancelled_as=CancelKind.LATE)
    lines = Booking.objects.filter(
        billed,
        child=certificate.child_id,
        on__range=(certificate.starts_on, certificate.ends_on),
    )
    return SessionDay.objects.filter(pk__in=lines.values("session_day")).order_by("pk")


def _held(certificate: MedicalCertificate, seen_version: int) -> MedicalCertificate:
    held = MedicalCertificate.objects.select_for_update(of=("self",), no_key=True).get(
        pk=certificate.pk
    )
    if held.version != seen_version:
        raise StaleError(
            "Un collègue a répondu entre-temps. Rien n’a été changé\u00a0: relisez sa réponse."
        )
    return held


def _decide(
    held: MedicalCertificate, state: CertificateState, *, actor: User, reason: str = ""
) -> None:
    if held.state == state:
        raise StaleError("Cette réponse est déjà donnée\u00a0: rien n’a changé.")
    held.state, held.reason = state, reason
    held.decided_at, held.decided_by = clock.now(), actor
    held.version += 1
    held.save(update_fields=["state", "reason", "decided_at", "decided_by", "version"])
