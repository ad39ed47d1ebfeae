"""A GET cannot write: whatever a page does by mistake, the database refuses it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_WRITES = re.compile(
    r"(?:\s|--[^\n]*|/\*.*?\*/)*(?:WITH\b.*\b)?(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|COPY)\b",
    re.IGNORECASE | re.DOTALL,
)
# Sign-in limits, sessions and the trace keep their own books while a page is read.
_BOOKKEEPING = re.compile(r'"(?:core_cache|core_session|core_auditevent)"')


_keeping_books: ContextVar[bool] = ContextVar("keeping_books", default=False)


class WriteOnReadError(RuntimeError):
    """Code run by a GET tried to change the database: a fault of ours."""


def _refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    if _WRITES.match(sql) and not (_keeping_books.get() or _BOOKKEEPING.search(sql)):
        raise WriteOnReadError(f"a page that only reads tried to write: {sql[:120]}")
    return execute(sql, params, many, context)


@contextmanager
def read_only() -> Iterator[None]:
    """Within, any statement that writes raises `WriteOnReadError`."""
    with connection.execute_wrapper(_refuse):
        yield


@contextmanager
def keeping_books() -> Iterator[None]:
    """Within, a page that only reads may note that it was read: nothing else is written here."""
    token = _keeping_books.set(True)
    try:
        yield
    finally:
        _keeping_books.reset(token)


class ReadOnlyOnGet:
    """Middleware: views answering GET, HEAD and OPTIONS run inside `read_only`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in _SAFE:
            return self.get_response(request)
        with read_only():
            return self.get_response(request)
