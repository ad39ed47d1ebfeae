"""The trace of what people do (trust.md): one append-only table, one way to write in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta

from django.db import models
from django.db.models import Q, QuerySet

from preau.core import clock
from preau.core.models import Act, AuditEvent, User

_origin: ContextVar[str | None] = ContextVar("origin", default=None)


@contextmanager
def acting_from(address: str | None) -> Iterator[None]:
    """Within, what is recorded comes from this network address."""
    token = _origin.set(address)
    try:
        yield
    finally:
        _origin.reset(token)


def record(
    act: Act,
    *,
    actor: User | None,
    on: models.Model | str = "",
    detail: str = "",
) -> AuditEvent:
    """Write that `actor` did `act` to an object (or to what a text names), in this transaction.

    `detail` is a few words for the administrator: never a password, a key or a health datum.
    """
    key = f"{on._meta.label_lower}.{on.pk}" if isinstance(on, models.Model) else ""  # noqa: SLF001
    return AuditEvent.objects.create(
        at=clock.now(),
        act=act,
        actor=actor,
        actor_name=actor.name if actor else "",
        object_name=str(on)[:200],
        object_key=key,
        detail=detail[:300],
        address=_origin.get(),
    )


def events_found(
    *,
    act: str = "",
    who: str = "",
    on: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AuditEvent]:
    """Events, the newest first. `who` and `on` are parts of names; both days are included."""
    found = AuditEvent.objects.order_by("-pk")
    if act:
        found = found.filter(act=act)
    if who:
        found = found.filter(actor_name__icontains=who)
    if on:
        found = found.filter(Q(object_name__icontains=on) | Q(detail__icontains=on))
    if since:
        found = found.filter(at__gte=clock.start_of(since))
    if until:
        found = found.filter(at__lt=clock.start_of(until + timedelta(days=1)))
    return found
