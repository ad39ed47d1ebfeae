"""Asking the bank about payments of which it said nothing."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

from django.db.models import F

from preau.core import clock
from preau.core.errors import RefusedError
from preau.payments.actions.notify import settle, store
from preau.payments.enums import AttemptState, Source
from preau.payments.gateways import BankAwayError
from preau.payments.gateways.catalog import gateway_of
from preau.payments.models import PaymentAttempt
from preau.payments.shops import unlocked

logger = logging.getLogger("preau.payments")

# After the first question, when the payment's time is over: a notification may be hours late, a
# payment validated days after.
PAUSES = (
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
)
_AT_ONCE = 50


def ask_about_silent_payments() -> int:
    """Ask the bank about every payment whose time to be asked for has come. Returns how many.

    The time of the next question is written before the bank is asked, so that two workers do not
    ask twice, and no lock is held while it answers.
    """
    asked = 0
    due = PaymentAttempt.objects.filter(ask_at__lte=clock.now()).select_related("shop")
    for attempt in due.order_by("ask_at")[:_AT_ONCE]:
        if _claim(attempt):
            asked += 1
            _ask(attempt)
    return asked


def _claim(attempt: PaymentAttempt) -> bool:
    pause = PAUSES[attempt.asked] if attempt.asked < len(PAUSES) else None
    same = PaymentAttempt.objects.filter(pk=attempt.pk, ask_at=attempt.ask_at)
    return bool(same.update(ask_at=clock.now() + pause if pause else None, asked=F("asked") + 1))


def _ask(attempt: PaymentAttempt) -> None:
    gateway = gateway_of(attempt.shop.gateway)
    try:
        messages = gateway.status(unlocked(attempt.shop, mode=attempt.mode), attempt.reference)
    except BankAwayError as error:
        logger.warning("the bank was asked about a payment and did not answer: %s", error)
        messages = []
    for body in messages:
        number = store(attempt.shop, body, Source.STATUS)
        if number is not None:
            with suppress(RefusedError):  # the worker settles it at its next turn
                settle(number)
    PaymentAttempt.objects.filter(
        pk=attempt.pk, state=AttemptState.OPEN, expires_at__lte=clock.now()
    ).update(state=AttemptState.EXPIRED)
