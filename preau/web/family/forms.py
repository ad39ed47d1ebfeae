"""Reading what the booking page sends."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import QueryDict

from preau.activities.enums import Slot
from preau.booking.errors import ForgedError
from preau.booking.queries.offer import Asked, Wish

_OUTING = "outing-"
_UNREADABLE = "Une case de ce formulaire est illisible. Rien n’a été enregistré."


def parse_asked(post: QueryDict) -> Asked:
    """Boxes such as `12.802.morning` or `12.802.outing-31`. Raises `ForgedError` otherwise."""
    return Asked(
        wishes=_wishes(post.getlist("pick") + post.getlist("outing")),
        together=post.get("together") == "1",
        only_with=_wishes(post.getlist("only")),
    )


def _wishes(values: Iterable[str]) -> frozenset[Wish]:
    return frozenset(_wish(value) for value in values)


def _wish(value: str) -> Wish:
    parts = value.split(".")
    if len(parts) != 3:
        raise ForgedError(_UNREADABLE)
    child, day, what = parts
    if what.startswith(_OUTING):
        return Wish(_number(child), _number(day), outing_id=_number(what.removeprefix(_OUTING)))
    if what not in Slot.values:
        raise ForgedError(_UNREADABLE)
    return Wish(_number(child), _number(day), slot=what)


def parse_version(post: QueryDict) -> int:
    """The version of the request on the page that was filled in. Raises `ForgedError`."""
    return _number(post.get("version", ""))


def _number(text: str) -> int:
    """A database number: digits only, and no longer than the database holds."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ForgedError(_UNREADABLE)
    return int(text)
