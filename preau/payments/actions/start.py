"""A family leaves for the bank."""

from __future__ import annotations

import secrets
import string
from datetime import UTC, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction

from preau.billing.actions.ledger import lock_account
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Family
from preau.payments.gateways import BankForm, Order
from preau.payments.gateways.catalog import gateway_of
from preau.payments.models import CardShop, PaymentAttempt
from preau.payments.queries.offer import Pay, pay_offer
from preau.payments.shops import unlocked

LASTS = timedelta(minutes=12)
"""How long the bank keeps its page, hence how long we wait before offering a second payment."""
_LETTERS = string.ascii_lowercase + string.digits


class AlreadyStartedError(RefusedError):
    """A payment has just begun, perhaps in another tab: a second one must be meant."""


def start_payment(
    *, actor: User, family: Family, seen_amount: Decimal, confirmed: bool = False
) -> PaymentAttempt:
    """Write down a payment of the whole amount that may be paid now.

    `seen_amount` is what the page showed. Raises `RefusedError` when nothing may be paid on line,
    or the amount changed; `AlreadyStartedError` while another payment has no answer, unless
    `confirmed`.
    """
    with short_transaction():
        lock_account(family)
        offer = pay_offer(family)
        if offer.pay is not Pay.OFFERED or offer.shop is None:
            raise RefusedError(
                "Rien ne peut être réglé en ligne pour l’instant : la page du compte dit pourquoi."
            )
        if not seen_amount.is_finite() or offer.amount != seen_amount:
            raise RefusedError(
                f"Votre compte a changé : il y a maintenant {wording.euros(offer.amount)} à régler."
                " Relisez-le avant de payer."
            )
        if offer.open_attempt and not confirmed:
            raise AlreadyStartedError(
                "Un paiement est déjà en cours depuis "
                f"{wording.moment(offer.open_attempt.started_at)}. Attendez sa réponse, ou "
                "confirmez que vous l’avez abandonné."
            )
        return _write(actor, family, offer.shop, offer.amount)


def _write(actor: User, family: Family, shop: CardShop, amount: Decimal) -> PaymentAttempt:
    now = clock.now()
    while True:
        try:
            with transaction.atomic():
                return PaymentAttempt.objects.create(
                    family=family,
                    shop=shop,
                    mode=shop.mode,
                    amount=amount,
                    reference=f"P{secrets.token_hex(12)}",
                    trans_id=_trans_id(),
                    trans_day=now.astimezone(UTC).date(),
                    started_at=now,
                    started_by=actor,
                    expires_at=now + LASTS,
                    ask_at=now + LASTS,
                )
        except IntegrityError as error:
            if "attempt_trans_id_once_a_day" not in str(error):
                raise


def _trans_id() -> str:
    """Six letters or digits; those that begin with 9 are the provider's own."""
    first = secrets.choice(_LETTERS.replace("9", ""))
    return first + "".join(secrets.choice(_LETTERS) for _ in range(5))


def bank_form(attempt: PaymentAttempt) -> BankForm:
    """The form that takes the browser to the bank. It names nobody."""
    shop = unlocked(attempt.shop, mode=attempt.mode)
    order = Order(
        reference=attempt.reference,
        trans_id=attempt.trans_id,
        amount=attempt.amount,
        return_url=f"{settings.PUBLIC_URL}/paiement/retour/{attempt.reference}/",
        at=attempt.started_at,
    )
    return gateway_of(attempt.shop.gateway).start(shop, order)
