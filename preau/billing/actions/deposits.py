"""Bringing cheques to the bank with a numbered slip (B27)."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from preau.billing.models import ChequeDeposit, DepositedCheque, Payment
from preau.billing.queries.deposits import cheques_to_deposit
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.core.numbering import take_number
from preau.families.models import Family

SLIPS = "B"
_ELSEWHERE = (
    "Un de ces chèques est déjà sur une autre remise, ou a été annulé entre-temps. Rien n’est "
    "remis : la liste est à jour."
)


def deposit_cheques(
    *, actor: User, families: QuerySet[Family], cheques: Collection[int]
) -> ChequeDeposit:
    """Put these payments (ids of standing cheques of `families`) on a new slip.

    Raises `RefusedError` without any, `StaleError` when one of them can no longer be.
    """
    if not cheques:
        raise RefusedError("Cochez au moins un chèque.")
    wanted = sorted(set(cheques))
    with short_transaction():
        # Two accountants at once: the second waits here, then finds them taken.
        list(Payment.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
        standing = cheques_to_deposit(families).filter(pk__in=wanted).values_list("pk", flat=True)
        if set(standing) != set(wanted):
            raise StaleError(_ELSEWHERE)
        number = take_number(SLIPS, clock.today())
        made = ChequeDeposit.objects.create(
            year=number.year,
            sequence=number.sequence,
            made_on=number.on,
            made_at=clock.now(),
            made_by=actor,
        )
        DepositedCheque.objects.bulk_create(
            DepositedCheque(deposit=made, payment_id=pk) for pk in wanted
        )
    return made
