"""Payments that reach the office, and those that come back (S22, B27)."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

from django.db import IntegrityError

from preau.billing.actions.ledger import lock_account, post_debit, post_payment
from preau.billing.enums import EntryKind, Means
from preau.billing.models import LedgerEntry, Payment
from preau.billing.queries.vouchers import most_by_cesu
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Family

OFFICE_MEANS = (Means.CHEQUE, Means.CASH, Means.TRANSFER, Means.CESU, Means.ANCV)
MOST = Decimal("99999.99")


def record_payment(
    *,
    actor: User,
    family: Family,
    means: Means,
    amount: Decimal,
    paid_on: date,
    form_key: uuid.UUID,
    drawer: str = "",
    bank: str = "",
    reference: str = "",
) -> Payment:
    """Write a payment received by the office, with its receipt. Amount in euros, to the cent.

    `form_key` is the form's own: sent twice (double click, back button), it writes one payment and
    returns the same. Raises `RefusedError` for an amount or a day that cannot be, a cheque without
    its number, or a CESU of more than the care of children under six still owed that it can settle.
    """
    _check_payment(means, amount, paid_on, reference)
    key = f"office:{form_key}"
    try:
        with short_transaction():
            lock_account(family)
            if means == Means.CESU and not Payment.objects.filter(event_key=key).exists():
                _check_cesu(family, amount, paid_on)
            return post_payment(
                actor=actor,
                family=family,
                means=means,
                amount=amount,
                paid_on=paid_on,
                drawer=drawer,
                bank=bank,
                reference=reference,
                event_key=key,
            )
    except IntegrityError:
        return Payment.objects.get(event_key=key, family=family)


def _check_payment(means: Means, amount: Decimal, paid_on: date, reference: str) -> None:
    if means not in OFFICE_MEANS:
        raise RefusedError("Ce moyen de règlement ne s’enregistre pas à la main.")
    if not 0 < amount <= MOST:
        raise RefusedError(f"Le montant va de 0,01 € à {wording.euros(MOST)}.")
    if paid_on > clock.today():
        raise RefusedError("La date du règlement est dans l’avenir : rien n’est enregistré.")
    if means == Means.CHEQUE and not reference:
        raise RefusedError("Indiquez le numéro du chèque : il servira au bordereau de remise.")


def _check_cesu(family: Family, amount: Decimal, paid_on: date) -> None:
    """No change is given on a CESU: what it cannot settle is refused with it."""
    most = most_by_cesu(family, amount, paid_on)
    if most < amount:
        raise RefusedError(
            "Un CESU ne règle que la garde d’enfants de moins de six ans, sans rendu de monnaie : "
            f"au plus {wording.euros(most)} ici. Rien n’est enregistré."
        )


def reject_payment(*, actor: User, payment: Payment, reason: str) -> LedgerEntry:
    """A payment came back (cheque without funds, direct debit returned): reverse it.

    Raises `RefusedError` without a reason, or when it was reversed already.
    """
    if not reason.strip():
        raise RefusedError("Écrivez pourquoi ce règlement est rejeté.")
    with short_transaction():
        lock_account(payment.family)
        entry = LedgerEntry.objects.get(payment=payment)
        if LedgerEntry.objects.filter(reverses=entry).exists():
            raise RefusedError("Ce règlement est déjà annulé.")
        return post_debit(
            actor=actor,
            family=payment.family,
            kind=EntryKind.REJECTION,
            amount=payment.amount,
            on=clock.today(),
            wording=f"Rejet : {payment.get_means_display()} du "
            f"{wording.bare_day(payment.paid_on, year=True)} ({reason.strip()})"[:200],
            reverses=entry,
        )
