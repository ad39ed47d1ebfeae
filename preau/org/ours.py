"""The organisation itself, read once for each page however many parts of it ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from preau.org.models import Organisation

_read: ContextVar[list[Organisation | None] | None] = ContextVar("organisation", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Within, the organisation is read from the database at most once: one page, one answer."""
    token = _read.set([])
    try:
        yield
    finally:
        _read.reset(token)


def organisation() -> Organisation | None:
    """The organisation, None before it exists. At most one query; not for what changes it."""
    known = _read.get()
    if known is None:
        return Organisation.objects.first()
    if not known:
        known.append(Organisation.objects.first())
    return known[0]
