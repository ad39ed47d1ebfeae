"""Giving money back: one person asks, another approves (daily life 7)."""

from __future__ import annotations

from decimal import Decimal

from preau.billing.actions.ledger import lock_account, post_debit
from preau.billing.enums import EntryKind, RefundState
from preau.billing.models import LedgerEntry, Refund
from preau.billing.queries.account import balance_of_family
from preau.core import audit, clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.families.models import Family


def ask_refund(*, actor: User, family: Family, amount: Decimal, reason: str) -> Refund:
    """Ask to give money back to a family in credit. Nothing moves until another person approves.

    Raises `RefusedError` for more than its credit, without a reason, or while one waits.
    """
    if not reason.strip():
        raise RefusedError("Écrivez le motif : la personne qui approuve le lira.")
    with short_transaction():
        lock_account(family)
        if Refund.objects.filter(family=family, state=RefundState.WAITING).exists():
            raise RefusedError("Un remboursement de cette famille attend déjà un second accord.")
        _check_credit(family, amount)
        asked = Refund.objects.create(
            family=family,
            amount=amount,
            reason=reason.strip(),
            asked_at=clock.now(),
            asked_by=actor,
        )
        audit.record(Act.REFUND, actor=actor, on=family, detail=f"demandé : {amount}, {reason}")
    return asked


def approve_refund(*, actor: User, refund: Refund) -> LedgerEntry:
    """Approve what another person asked for, and write it in the account.

    Raises `RefusedError` for one's own request, one already decided, or when the family no longer
    has that much in its favour.
    """
    with short_transaction():
        locked = _waiting(refund)
        if locked.asked_by_id == actor.pk:
            raise RefusedError(
                "Vous avez demandé ce remboursement : une autre personne doit l’approuver."
            )
        _check_credit(locked.family, locked.amount)
        entry = post_debit(
            actor=actor,
            family=locked.family,
            kind=EntryKind.REFUND,
            amount=locked.amount,
            on=clock.today(),
            wording="Remboursement par virement",
        )
        locked.entry = entry
        _decide(locked, actor, RefundState.APPROVED, "approuvé")
    return entry


def decline_refund(*, actor: User, refund: Refund) -> None:
    """Say no to a request, or take back one's own. Raises `RefusedError` once decided."""
    with short_transaction():
        locked = _waiting(refund)
        own = locked.asked_by_id == actor.pk
        _decide(locked, actor, RefundState.DECLINED, "retiré" if own else "refusé")


def _waiting(refund: Refund) -> Refund:
    """The account first, then the request: the order in which asking takes them."""
    lock_account(refund.family)
    locked = Refund.objects.select_for_update(of=("self",)).select_related("family")
    found = locked.get(pk=refund.pk)
    if found.state != RefundState.WAITING:
        raise RefusedError("Ce remboursement a déjà reçu une réponse.")
    return found


def _decide(refund: Refund, actor: User, state: RefundState, said: str) -> None:
    refund.state, refund.decided_by, refund.decided_at = state, actor, clock.now()
    refund.save(update_fields=["state", "decided_by", "decided_at", "entry"])
    audit.record(Act.REFUND, actor=actor, on=refund.family, detail=f"{said} : {refund.amount}")


def _check_credit(family: Family, amount: Decimal) -> None:
    credit = -balance_of_family(family)
    if not 0 < amount <= credit:
        raise RefusedError(
            f"Cette famille a {wording.euros(max(credit, Decimal(0)))} en sa faveur : on ne "
            "peut rembourser davantage."
        )
