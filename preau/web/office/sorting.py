"""The order of a list, chosen in its address: "tri=nom", or "tri=-nom" for the other way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import HttpRequest


def chosen_sort(request: HttpRequest, known: Iterable[str]) -> str:
    """The order that the address asks for, "" for the usual one."""
    asked = request.GET.get("tri", "")
    return asked if asked.removeprefix("-") in set(known) else ""


def sorted_by[T](rows: Iterable[T], sort: str, keys: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """The rows in the chosen order; as they come without one."""
    if not sort:
        return list(rows)
    return sorted(rows, key=keys[sort.removeprefix("-")], reverse=sort.startswith("-"))


def columns_by(sort: str, columns: Mapping[str, list[str]]) -> list[str]:
    """The columns of the database for the chosen order, none without one."""
    if not sort:
        return []
    names = columns[sort.removeprefix("-")]
    return [f"-{name}" for name in names] if sort.startswith("-") else names
