"""Writing and reading a child's health sheet; each reading leaves its trace (trust.md)."""

from __future__ import annotations

from django.db.models import F

from preau.core import audit, clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.core.sealing import UnsealError
from preau.families.health import Health, as_sealed, from_sealed, school_year_of
from preau.families.models import Child, HealthSheet


def write_health(*, actor: User, child: Child, health: Health) -> HealthSheet:
    """Write the sheet of this school year, in the place of what it said."""
    now = clock.now()
    with short_transaction():
        sheet, _ = HealthSheet.objects.update_or_create(
            child=child,
            school_year=school_year_of(clock.today()),
            defaults={"sealed": as_sealed(health), "written_at": now, "written_by": actor},
        )
        child.custodies.update(care_version=F("care_version") + 1)
        audit.record(Act.HEALTH_WRITTEN, actor=actor, on=child)
    return sheet


def read_health(*, actor: User, child: Child, why: str) -> tuple[HealthSheet, Health] | None:
    """The sheet of this school year and what it says, None when nobody wrote it.

    A member of staff leaves a trace of having read it, with `why` (the page); nothing is read
    unless the trace is written. Raises `RefusedError` when the key that sealed it is lost.
    """
    sheet = (
        HealthSheet.objects.select_related("written_by")
        .filter(child=child, school_year=school_year_of(clock.today()))
        .first()
    )
    if sheet is None:
        return None
    audit.record(Act.HEALTH_READ, actor=actor, on=child, detail=why)
    try:
        return sheet, from_sealed(sheet.sealed)
    except UnsealError as error:
        raise RefusedError(
            "Cette fiche a été chiffrée avec une autre clé du site : demandez à la famille de la "
            "remplir de nouveau."
        ) from error
