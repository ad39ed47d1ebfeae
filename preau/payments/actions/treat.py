"""What the accountant does with what the bank said and nobody could settle."""

from __future__ import annotations

from decimal import Decimal

from preau.billing.actions.ledger import lock_account, post_payment
from preau.billing.enums import Means
from preau.billing.models import Payment
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Family
from preau.payments.acceptance import EUR, Said, Told
from preau.payments.actions.notify import bank_key, settle
from preau.payments.enums import TROUBLES, Move, Outcome, Source
from preau.payments.gateways import UnreadableError
from preau.payments.gateways.catalog import gateway_of
from preau.payments.models import BankNotification, BankTransaction
from preau.payments.shops import body_of, moves_money, unlocked


def told_by(notification: BankNotification) -> Told | None:
    """What a kept message says; None when it cannot be read."""
    gateway = gateway_of(notification.shop.gateway)
    read = gateway.parse_status if notification.source == Source.STATUS else gateway.parse
    try:
        return read(unlocked(notification.shop), body_of(notification.body))
    except UnreadableError:
        return None


def can_be_credited(told: Told | None, notification: BankNotification) -> bool:
    """Whether real money stands behind a message: signed, paid, in euros, for our shop and mode."""
    return bool(
        told
        and told.signed
        and told.said is Said.PAID
        and told.currency == EUR
        and told.site == notification.shop.site
        and told.mode == notification.shop.mode
        and told.cents > 0
        and moves_money(told.mode)
    )


def credit_by_hand(
    *, actor: User, notification: BankNotification, family: Family, note: str
) -> Payment:
    """Credit a family with money that the bank took and no attempt explains.

    The amount is the bank's. Raises `RefusedError` when no real money stands behind the message,
    `StaleError` when it was treated or counted meanwhile.
    """
    told = told_by(notification)
    if told is None or not can_be_credited(told, notification):
        raise RefusedError("Aucun argent reçu n’est prouvé par ce message : rien n’est crédité.")
    with short_transaction():
        lock_account(family)
        held = _held(notification)
        key = bank_key(held.shop, told, Move.PAID)
        if BankTransaction.objects.filter(key=key).exists():
            raise StaleError("Ce paiement est déjà porté à un compte : rien n’est ajouté.")
        at = told.at or held.received_at
        payment = post_payment(
            actor=actor,
            family=family,
            means=Means.CARD,
            amount=Decimal(told.cents) / 100,
            paid_on=clock.day_of(at),
            reference=told.reference,
            event_key=f"card:{key}",
        )
        BankTransaction.objects.create(
            key=key,
            move=Move.PAID,
            cents=told.cents,
            happened_at=at,
            attempt=held.attempt,
            notification=held,
            entry=payment.entry,
        )
        _treat(held, actor, note or f"porté au compte de {family}")
    return payment


def set_aside(*, actor: User, notification: BankNotification, note: str) -> None:
    """Say that nothing is to be done, and why. Raises `RefusedError` without a note."""
    if not note.strip():
        raise RefusedError("Écrivez pourquoi il n’y a rien à faire : d’autres le reliront.")
    with short_transaction():
        _treat(_held(notification), actor, note.strip())


def replay(*, notification: BankNotification) -> Outcome:
    """Read again a message that needs somebody, as after a key was added."""
    with short_transaction():
        _held(notification)
    return read_again(notification=notification)


def read_again(*, notification: BankNotification) -> Outcome:
    """Read a kept message again, whatever became of it. What is counted stays counted.

    Returns what it is now; a message that moved the account keeps saying so.
    """
    with short_transaction():
        held = BankNotification.objects.select_for_update(no_key=True).get(pk=notification.pk)
        if held.treated_at or held.transactions.exists():
            return Outcome(held.outcome)
        held.outcome, held.why = Outcome.WAITING, ""
        held.save(update_fields=["outcome", "why"])
    return settle(notification.pk)


def _held(notification: BankNotification) -> BankNotification:
    held = (
        BankNotification.objects.select_for_update(no_key=True, of=("self",))
        .select_related("shop", "attempt")
        .get(pk=notification.pk)
    )
    if held.treated_at or held.outcome not in TROUBLES:
        raise StaleError("Un collègue a traité ce message entre-temps : relisez-le.")
    return held


def _treat(held: BankNotification, actor: User, note: str) -> None:
    held.treated_at, held.treated_by, held.note = clock.now(), actor, note[:200]
    held.save(update_fields=["treated_at", "treated_by", "note"])
