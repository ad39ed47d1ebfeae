"""Waiting for each other, politely."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, OperationalError, transaction
from psycopg import errors

from preau.core.errors import RefusedError

BUSY = (
    "Beaucoup de personnes enregistrent en ce moment. Rien n’a été changé : "
    "réessayez dans quelques secondes."
)


@contextmanager
def short_transaction() -> Iterator[None]:
    """One transaction; a lock not obtained in time becomes a polite refusal.

    Raises `RefusedError` when another transaction holds the rows too long, or when the database
    chose this one to break a deadlock. Locks are taken in this order everywhere: session days,
    bookings, invoices, payment attempts.
    """
    try:
        with transaction.atomic():
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
            raise RefusedError(BUSY) from error
        raise


@contextmanager
def refusing(*constraints: str, sentence: str) -> Iterator[None]:
    """A savepoint in which the database's refusal by one of these constraints is a `RefusedError`
    with `sentence`; its refusal by another passes, since it would be a fault of ours.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not any(name in str(error) for name in constraints):
            raise
        raise RefusedError(sentence) from error
