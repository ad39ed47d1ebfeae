"""What the bank says: kept first, then understood, and counted once.

`store` commits the words before anybody reads them; `settle` reads them and moves the account, in
one transaction, behind the lock of the family's account. Both may run twice, at once or years
later: a transaction of the bank is one row, and its credit is one payment (unique in the database).
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from preau.billing.actions.ledger import lock_account, post_debit, post_payment
from preau.billing.enums import EntryKind, Means
from preau.billing.models import LedgerEntry
from preau.billing.queries.account import balance_of_family
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.payments.acceptance import Asked, Judgement, Told, Verdict, judge
from preau.payments.enums import AttemptState, Move, Outcome, Source
from preau.payments.gateways import UnreadableError
from preau.payments.gateways.catalog import gateway_of
from preau.payments.letters import alert_accountant, thank_family
from preau.payments.models import (
    BankNotification,
    BankTransaction,
    CardShop,
    PaymentAttempt,
)
from preau.payments.shops import body_of, moves_money, sealed_body, unlocked

logger = logging.getLogger("preau.payments")

MOST_UNSIGNED = 200
"""Forged words kept a day: enough to see an attack, too few to fill the disk."""


def store(shop: CardShop, body: bytes, source: Source = Source.NOTIFICATION) -> int | None:
    """Keep what a bank said. The same words again are the same row. Returns its id.

    Raises `UnreadableError` for what is no message of this provider. None when it is one forged
    message too many. Must not be inside a transaction: what is acknowledged is committed.
    """
    told = _read(shop, body, source)
    if not told.signed and _flooded(shop):
        return None
    digest = hashlib.sha256(b"\0".join([shop.slug.encode(), source.encode(), body])).hexdigest()
    BankNotification.objects.bulk_create(
        [
            BankNotification(
                shop=shop,
                source=source,
                digest=digest,
                body=sealed_body(body),
                received_at=clock.now(),
            )
        ],
        ignore_conflicts=True,
    )
    return BankNotification.objects.values_list("pk", flat=True).get(digest=digest)


def _read(shop: CardShop, body: bytes, source: Source) -> Told:
    gateway = gateway_of(shop.gateway)
    read = gateway.parse_status if source == Source.STATUS else gateway.parse
    return read(unlocked(shop), body)


def _flooded(shop: CardShop) -> bool:
    since = clock.now() - timedelta(days=1)
    forged = BankNotification.objects.filter(
        shop=shop, outcome=Outcome.MISMATCH, attempt=None, received_at__gte=since
    )
    return forged.count() >= MOST_UNSIGNED


@dataclass(frozen=True, kw_only=True)
class _Case:
    """Words being settled, with all that is known of them."""

    row: BankNotification
    told: Told
    attempt: PaymentAttempt | None
    judgement: Judgement


def settle(notification_id: int) -> Outcome:
    """Read what was kept and do what it says, once. Returns what became of it."""
    row = BankNotification.objects.select_related("shop").get(pk=notification_id)
    if row.outcome != Outcome.WAITING:
        return Outcome(row.outcome)
    try:
        told = _read(row.shop, body_of(row.body), Source(row.source))
    except UnreadableError:
        told = None
    named = PaymentAttempt.objects.filter(reference=told.reference, shop=row.shop) if told else None
    attempt = named.select_related("family").first() if named is not None else None
    with short_transaction():
        if attempt:
            lock_account(attempt.family)
            attempt = PaymentAttempt.objects.select_for_update(no_key=True, of=("self",)).get(
                pk=attempt.pk
            )
        held = BankNotification.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
        if held.outcome != Outcome.WAITING:
            return Outcome(held.outcome)
        if told is None:
            return _note(held, Outcome.MISMATCH, "message illisible", None)
        asked = Asked(
            site=row.shop.site,
            mode=attempt.mode if attempt else row.shop.mode,
            cents=_cents(attempt.amount) if attempt else None,
        )
        case = _Case(row=held, told=told, attempt=attempt, judgement=judge(told, asked))
        return _apply(case)


def _apply(case: _Case) -> Outcome:
    verdict, attempt = case.judgement.verdict, case.attempt
    if verdict in {Verdict.MISMATCH, Verdict.ORPHAN}:
        # Forged words are tied to no attempt: who invents a reference spoils nothing.
        outcome = Outcome.MISMATCH if verdict is Verdict.MISMATCH else Outcome.ORPHAN
        alert_accountant(case.row)
        believed = attempt if case.told.signed else None
        return _note(case.row, outcome, case.judgement.why, believed)
    if attempt is None:
        return _note(case.row, Outcome.NOTHING, case.judgement.why, None)
    if verdict is Verdict.CREDIT:
        return _credit(case, attempt)
    if verdict is Verdict.REFUND:
        return _give_back(case, attempt)
    if verdict is Verdict.TAKE_BACK:
        return _take_back(case, attempt)
    ended = {Verdict.REFUSED: AttemptState.REFUSED, Verdict.ABANDONED: AttemptState.ABANDONED}
    if verdict in ended and attempt.state in {AttemptState.OPEN, AttemptState.EXPIRED}:
        _move(attempt, ended[verdict])
    return _note(case.row, Outcome.NOTHING, case.judgement.why, attempt)


def _credit(case: _Case, attempt: PaymentAttempt) -> Outcome:
    """Money came: one payment a transaction of the bank, even if the attempt was paid before."""
    key = bank_key(case.row.shop, case.told, Move.PAID)
    if BankTransaction.objects.filter(key=key).exists():
        return _note(case.row, Outcome.KNOWN, case.judgement.why, attempt)
    if not moves_money(case.told.mode):
        alert_accountant(case.row)
        why = "carte d’essai, là où l’argent est réel"
        return _note(case.row, Outcome.MISMATCH, why, attempt)
    if BankTransaction.objects.filter(key=bank_key(case.row.shop, case.told, Move.VOID)).exists():
        why = "paiement que la banque avait déjà annulé"
        return _note(case.row, Outcome.NOTHING, why, attempt)
    at = case.told.at or case.row.received_at
    payment = post_payment(
        actor=None,
        family=attempt.family,
        means=Means.CARD,
        amount=attempt.amount,
        paid_on=clock.day_of(at),
        reference=attempt.reference,
        event_key=f"card:{key}",
    )
    overpaid = balance_of_family(attempt.family) < 0
    _transaction(case, Move.PAID, at, payment.entry, overpaid=overpaid)
    _move(attempt, AttemptState.PAID)
    thank_family(attempt, payment)
    if overpaid:
        alert_accountant(case.row)
    return _note(case.row, Outcome.CREDITED, case.judgement.why, attempt)


def _give_back(case: _Case, attempt: PaymentAttempt) -> Outcome:
    """The bank gave money back: one debit a transaction of the bank, never more than was paid."""
    key = bank_key(case.row.shop, case.told, Move.REFUND)
    if BankTransaction.objects.filter(key=key).exists():
        return _note(case.row, Outcome.KNOWN, case.judgement.why, attempt)
    moved = attempt.transactions.all()
    paid = sum(each.cents for each in moved if each.move == Move.PAID)
    back = sum(each.cents for each in moved if each.move in {Move.REFUND, Move.TAKEN_BACK})
    if case.told.cents > paid - back:
        alert_accountant(case.row)
        why = "remboursement de plus que ce qui est porté au compte"
        return _note(case.row, Outcome.MISMATCH, why, attempt)
    at = case.told.at or case.row.received_at
    entry = post_debit(
        actor=None,
        family=attempt.family,
        kind=EntryKind.REFUND,
        amount=Decimal(case.told.cents) / 100,
        on=clock.day_of(at),
        wording="Remboursement sur la carte bancaire",
    )
    _transaction(case, Move.REFUND, at, entry)
    return _note(case.row, Outcome.DEBITED, case.judgement.why, attempt)


def _take_back(case: _Case, attempt: PaymentAttempt) -> Outcome:
    """The bank cancelled a payment: what it had credited is reversed, once."""
    paid = BankTransaction.objects.filter(key=bank_key(case.row.shop, case.told, Move.PAID)).first()
    key = bank_key(case.row.shop, case.told, Move.TAKEN_BACK)
    if paid is None or paid.entry is None:
        if attempt.state in {AttemptState.OPEN, AttemptState.EXPIRED}:
            _move(attempt, AttemptState.REFUSED)
        # Its payment may still be on the way: it must find that it is nothing any more.
        void = bank_key(case.row.shop, case.told, Move.VOID)
        if not BankTransaction.objects.filter(key=void).exists():
            _transaction(case, Move.VOID, case.row.received_at, None)
        return _note(case.row, Outcome.NOTHING, case.judgement.why, attempt)
    reversed_before = LedgerEntry.objects.filter(reverses=paid.entry).exists()
    if BankTransaction.objects.filter(key=key).exists() or reversed_before:
        return _note(case.row, Outcome.KNOWN, case.judgement.why, attempt)
    entry = post_debit(
        actor=None,
        family=attempt.family,
        kind=EntryKind.REJECTION,
        amount=attempt.amount,
        on=clock.today(),
        wording="Rejet\u00a0: paiement par carte du "
        f"{wording.bare_day(clock.day_of(paid.happened_at), year=True)} annulé par la banque",
        reverses=paid.entry,
    )
    _transaction(case, Move.TAKEN_BACK, clock.now(), entry)
    alert_accountant(case.row)
    return _note(case.row, Outcome.DEBITED, case.judgement.why, attempt)


def bank_key(shop: CardShop, told: Told, move: Move) -> str:
    """The name of a movement of money, the same whoever tells it."""
    return f"{shop.gateway}:{told.site}:{told.mode}:{told.transaction}:{move}"


def _transaction(
    case: _Case, move: Move, at: datetime, entry: LedgerEntry | None, *, overpaid: bool = False
) -> None:
    BankTransaction.objects.create(
        key=bank_key(case.row.shop, case.told, move),
        move=move,
        cents=case.told.cents,
        happened_at=at,
        attempt=case.attempt,
        notification=case.row,
        entry=entry,
        overpaid=overpaid,
    )


def _move(attempt: PaymentAttempt, state: AttemptState) -> None:
    attempt.state = state
    if state == AttemptState.PAID:
        attempt.ask_at = None
    attempt.save(update_fields=["state", "ask_at"])


def _note(
    row: BankNotification, outcome: Outcome, why: str, attempt: PaymentAttempt | None
) -> Outcome:
    row.outcome, row.why, row.attempt = outcome, why[:300], attempt
    row.save(update_fields=["outcome", "why", "attempt"])
    return outcome


def _cents(amount: Decimal) -> int:
    return int(amount * 100)


def settle_waiting() -> int:
    """Settle what was kept and not read: its process died, or the account was busy."""
    before = clock.now() - timedelta(seconds=5)
    waiting = BankNotification.objects.filter(outcome=Outcome.WAITING, received_at__lt=before)
    done = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:200]):
        try:
            settle(pk)
            done += 1
        except RefusedError:
            continue  # the account is busy: at the next turn
        except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
            kind = type(error).__name__  # and no trace: it could hold what a bank said
            logger.error("message %s of a bank is not settled: %s", pk, kind)  # noqa: TRY400
    return done
