"""Issuing the attestations of a year, and again when something has changed (S9)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import transaction

from preau.billing.actions.ledger import lock_account
from preau.billing.attesting import Explained, frozen_attestation, years_of_families
from preau.billing.identity import billing_settings
from preau.billing.models import Attestation
from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.models import User
from preau.core.numbering import take_number
from preau.families.models import Family, Guardian

_SERIES = "T"
_A_TIME = 200


def issue_attestations(*, actor: User | None, families: Collection[Family], year: int) -> int:
    """Issue what is missing or has changed for `year`; returns how many. One transaction a family.

    A family without payments gets none. Raises `RefusedError` for a year that is not over.
    """
    check_year(year)
    ordered, issued = list(families), 0
    for start in range(0, len(ordered), _A_TIME):
        for family in ordered[start : start + _A_TIME]:
            with transaction.atomic():
                lock_account(family)
                explained = years_of_families([family], year)[0]
                issued += _issue(actor, explained)
    return issued


def check_year(year: int) -> None:
    """Raises `RefusedError` for a year that is not over."""
    if year >= clock.today().year:
        raise RefusedError(f"L’année {year} n’est pas finie : ses attestations s’établiront après.")


def _issue(actor: User | None, explained: Explained) -> bool:
    last = last_attestation(explained.family, explained.year)
    if not _news(explained, last):
        return False
    today = clock.today()
    number = take_number(_SERIES, today)
    chosen = billing_settings()
    set_day = date(explained.year + 1, chosen.attestation_month, chosen.attestation_day)
    attestation = Attestation(
        family=explained.family,
        year=explained.year,
        number_year=number.year,
        sequence=number.sequence,
        issued_on=number.on,
        published_on=max(set_day, number.on),
        received=Decimal(explained.counted.received) / 100,
        retained=Decimal(explained.counted.retained) / 100,
        frozen={},
        replaces=last,
        issued_at=clock.now(),
        issued_by=actor,
    )
    attestation.frozen = frozen_attestation(
        explained, number=attestation.number, replaces=last.number if last else ""
    )
    attestation.save(force_insert=True)
    return True


_SAYS = ("addressee", "children", "bridge", "payments")


def _news(explained: Explained, last: Attestation | None) -> bool:
    """Whether there is something to attest that the last one does not say."""
    if last is None:
        return explained.worth_issuing
    today = frozen_attestation(explained, number=last.number, replaces="")
    return any(last.frozen[key] != today[key] for key in _SAYS)


def last_attestation(family: Family, year: int) -> Attestation | None:
    """The one in force, if any."""
    return Attestation.objects.filter(family=family, year=year, replaced_by=None).first()


def choose_declaring_guardian(*, family: Family, guardian: Guardian | None) -> None:
    """Make attestations out to this guardian of the family; None: to the family's contact."""
    if guardian and not family.guardianships.in_force().filter(guardian=guardian).exists():
        raise RefusedError("Cette personne n’est pas responsable de cette famille.")
    family.declaring_guardian = guardian
    family.save(update_fields=["declaring_guardian"])
