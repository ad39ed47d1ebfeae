"""A query that is always the same but for its values: built and put into SQL once a process.

Building a queryset and turning it into SQL costs several times what PostgreSQL takes to answer
it. The pages that everybody opens on the same morning read through these; anything else should
use querysets as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import update_wrapper
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

Value = int | str | date | datetime


class _Compiled(SQLCompiler):
    """Django's compiler, which compiles once; `with_values` gives what runs the same statement."""

    statement: tuple[str, tuple[Any, ...]]

    def put_into_sql(self) -> None:
        self.statement = super().as_sql()

    def with_values(self, values: Sequence[Value], marks: Sequence[Value]) -> _Compiled:
        """The same statement, with each mark replaced by its value, on this thread's connection."""
        now = dict(zip(marks, values, strict=True))
        sql, params = self.statement
        other = copy.copy(self)
        other.connection = connections[str(self.using)]
        other.statement = (sql, tuple(now.get(param, param) for param in params))
        return other

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        """The statement and its values, without looking at the query again."""
        return self.statement


class CompiledOnce[**P, Row]:
    """What `compiled_once` makes of a function: called with values, it gives the rows as a list."""

    def __init__(self, build: Callable[P, QuerySet[Any, Row]]) -> None:
        update_wrapper(self, build)
        self._build = build
        self._marks: list[Value] = []
        self._queryset: QuerySet[Any, Row] | None = None
        self._compiler: _Compiled | None = None

    def __call__(self, *values: P.args, **named: P.kwargs) -> list[Row]:
        """The rows for these values, by position: numbers, words, dates, instants, never None."""
        if named:
            raise TypeError("values are given by position")
        queryset, compiler = self._compiled(values)
        replayed = compiler.with_values(list(values), self._marks)  # type: ignore[arg-type]
        again = queryset.all()
        again.query.get_compiler = lambda *_, **__: replayed  # type: ignore[method-assign]
        return list(again)

    def queryset(self, *values: P.args, **named: P.kwargs) -> QuerySet[Any, Row]:
        """The queryset for these values, to go on from."""
        return self._build(*values, **named)

    def _compiled(self, values: Sequence[Any]) -> tuple[QuerySet[Any, Row], _Compiled]:
        """The queryset and its statement, made at the first call with a mark for each value."""
        if self._queryset is None or self._compiler is None:
            marks = [_mark(rank, value) for rank, value in enumerate(values)]
            queryset = self._build(*marks)  # type: ignore[arg-type, call-arg]
            compiler = _compiler(queryset.query, queryset.db)
            missing = [mark for mark in marks if mark not in compiler.statement[1]]
            if missing:
                raise TypeError(f"{self._build.__name__} does not pass each value to the database")
            self._marks, self._compiler, self._queryset = marks, compiler, queryset
        return self._queryset, self._compiler


def _compiler(query: Query, using: str) -> _Compiled:
    compiler = _Compiled(query, connections[using], using)
    compiler.put_into_sql()
    return compiler


def _mark(rank: int, value: object) -> Value:
    """A value of the same type that nothing else in a statement has."""
    marks: dict[type, Value] = {
        int: 1_900_000_000 + rank,
        str: f"\N{CURRENCY SIGN}{rank}\N{CURRENCY SIGN}",
        date: date(9000 + rank, 1, 1),
        datetime: datetime(9000 + rank, 1, 1, tzinfo=UTC),
    }
    try:
        return marks[type(value)]
    except KeyError:
        raise TypeError(f"no value that a compiled query can hold: {value!r}") from None


def compiled_once[**P, Row](build: Callable[P, QuerySet[Any, Row]]) -> CompiledOnce[P, Row]:
    """Run the queryset that a function builds, without building it each time.

    The function receives numbers, words, dates and instants, each of which must reach the database
    as it is (`pk=`, `on__gte=`), and looks at nothing else: it is called once a process, with
    marks instead of values.
    """
    return CompiledOnce(build)
