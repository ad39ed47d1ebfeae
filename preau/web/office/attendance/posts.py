"""Reading what the register sends: touches of a tablet, and its forms."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict

from preau.activities.enums import Slot
from preau.attendance.actions.touch import Touch, Who
from preau.attendance.enums import TouchKind
from preau.attendance.errors import ForgedError

_UNREADABLE = "Ce pointage est illisible. Rien n’a été enregistré."
_MOST_TOUCHES = 500


def parse_touches(body: bytes) -> list[Touch]:
    """Read `{"touches": [{uuid, child, family, kind, value, at}]}`. Raises `ForgedError`."""
    try:
        read = json.loads(body)
        given = read["touches"]
        if not isinstance(given, list) or len(given) > _MOST_TOUCHES:
            raise ForgedError(_UNREADABLE)
        return [_touch(each) for each in given]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ForgedError(_UNREADABLE) from error


def _touch(given: dict[str, Any]) -> Touch:
    touched_at = datetime.fromisoformat(given["at"])
    value = given["value"]
    if touched_at.utcoffset() is None or not isinstance(value, str) or len(value) > 60:
        raise ForgedError(_UNREADABLE)
    return Touch(
        uuid=UUID(given["uuid"]),
        who=Who(_number(given["child"]), _number(given["family"])),
        kind=TouchKind(given["kind"]),
        value=value,
        touched_at=touched_at,
    )


def _number(given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < 10**18:
        raise ForgedError(_UNREADABLE)
    return given


def parse_who(post: QueryDict) -> Who:
    """Read `row`, such as "12-4". Raises `ForgedError`."""
    parts = post.get("row", "").split("-")
    if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) < 18 for p in parts):
        raise ForgedError(_UNREADABLE)
    return Who(int(parts[0]), int(parts[1]))


def parse_typed(post: QueryDict) -> dict[TouchKind, str]:
    """The hours that differ from those `shown` when the form was made."""
    shown = [*post.get("shown", "").split("|"), "", ""][:2]
    typed = {
        TouchKind.ARRIVED: post.get("arrived", shown[0])[:8],
        TouchKind.LEFT: post.get("left", shown[1])[:8],
    }
    kinds = zip(typed, shown, strict=True)
    return {kind: typed[kind] for kind, before in kinds if typed[kind] != before}


def parse_slots(post: QueryDict) -> list[str]:
    """The slots ticked, in the order of the day. Raises `ForgedError`."""
    ticked = set(post.getlist("slots"))
    if not ticked <= set(Slot.values):
        raise ForgedError(_UNREADABLE)
    return [slot.value for slot in Slot if slot.value in ticked]
