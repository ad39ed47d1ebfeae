"""Excusing a day by hand, and taking it back (S20)."""

from __future__ import annotations

from preau.activities.models import SessionDay
from preau.attendance.enums import Presence
from preau.attendance.models import CheckIn, ExcusedAbsence
from preau.booking.places import lock_days
from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Child


def excuse_absence(*, actor: User, child: Child, day: SessionDay, reason: str) -> ExcusedAbsence:
    """A director excuses a child's day: what was booked is not billed.

    Raises `RefusedError` without a reason, when it is excused already, or when the register says
    that the child was present.
    """
    if not reason:
        raise RefusedError("Une absence justifiée donne son motif.")
    with short_transaction():
        lock_days([day.pk])
        if ExcusedAbsence.objects.filter(child=child, session_day=day, lifted_at=None).exists():
            raise RefusedError("Cette absence est déjà justifiée.")
        present = CheckIn.objects.filter(child=child, session_day=day, state=Presence.PRESENT)
        if present.exists():
            raise RefusedError(
                f"{child.first_name} est pointé présent ce jour\u00a0: corrigez d’abord le "
                "pointage."
            )
        return ExcusedAbsence.objects.create(
            child=child,
            session_day=day,
            reason=reason,
            excused_at=clock.now(),
            excused_by=actor,
        )


def lift_excuse(*, actor: User, child: Child, day: SessionDay) -> None:
    """Take an excuse back: the day is billed again. The row stays, with who lifted it and when.

    Raises `RefusedError` when there is none.
    """
    with short_transaction():
        lock_days([day.pk])
        excuse = ExcusedAbsence.objects.filter(child=child, session_day=day, lifted_at=None).first()
        if excuse is None:
            raise RefusedError("Cette absence n’est plus justifiée\u00a0: rien n’a changé.")
        excuse.lifted_at, excuse.lifted_by = clock.now(), actor
        excuse.save(update_fields=["lifted_at", "lifted_by"])
