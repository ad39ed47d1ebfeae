"""Choosing which invoice a payment settles; without a choice, the oldest due comes first."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from preau.billing.actions.ledger import lock_account
from preau.billing.enums import EntryKind
from preau.billing.models import Allocation, LedgerEntry
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.core.money import ZERO


def set_against(
    *, actor: User, payment: LedgerEntry, invoice: LedgerEntry, amount: Decimal
) -> Allocation:
    """Set `amount` of a payment against an invoice of the same family.

    Raises `RefusedError` when one of them was undone, is not of this family, or for more than is
    left of the payment or of the invoice.
    """
    with short_transaction():
        lock_account(payment.family)
        fits = payment.family_id == invoice.family_id and payment.kind == EntryKind.PAYMENT
        if not fits or invoice.kind != EntryKind.INVOICE:
            raise RefusedError("Choisissez un règlement et une facture de cette famille.")
        if LedgerEntry.objects.filter(reverses=payment).exists():
            raise RefusedError("Ce règlement a été annulé : il ne règle plus rien.")
        left = min(
            payment.credit - _already(credit=payment), invoice.debit - _already(debit=invoice)
        )
        if not 0 < amount <= left:
            raise RefusedError(
                f"Au plus {wording.euros(max(left, ZERO))} de ce règlement peuvent aller à cette "
                "facture."
            )
        return Allocation.objects.create(
            credit=payment, debit=invoice, amount=amount, at=clock.now(), by=actor
        )


def undo_allocation(*, actor: User, payment: LedgerEntry, invoice: LedgerEntry) -> None:
    """Take the choice back, by a row of the opposite amount. Twice changes nothing."""
    with short_transaction():
        lock_account(payment.family)
        chosen = _already(credit=payment, debit=invoice)
        if chosen:
            Allocation.objects.create(
                credit=payment, debit=invoice, amount=-chosen, at=clock.now(), by=actor
            )


def _already(**which: LedgerEntry) -> Decimal:
    return Allocation.objects.filter(**which).aggregate(sum=Sum("amount"))["sum"] or ZERO
