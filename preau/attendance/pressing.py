"""What one button of the register means, as touches. `register.js` says the same on the tablet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from preau.attendance.actions.touch import Touch, Who
from preau.attendance.enums import Presence, TouchKind
from preau.attendance.models import CheckIn
from preau.core import clock

BUTTONS = ("present", "absent", "undo", "leave", "times")


def pressed(
    button: str, check_in: CheckIn, *, typed: Mapping[TouchKind, str], now: datetime
) -> list[Touch]:
    """The touches of one of `BUTTONS` for this row, with the hours `typed` beside it.

    Present gives the hour of arrival, on the day itself, where none is known; absent and undo take
    the hours back.
    """
    values: dict[TouchKind, str] = dict(typed)
    clock_now = now.astimezone(clock.PARIS).strftime("%H:%M")
    its_day = check_in.session_day.on == clock.day_of(now)
    if button == "present":
        values[TouchKind.STATE] = Presence.PRESENT
        if its_day and not check_in.arrived_at:
            values.setdefault(TouchKind.ARRIVED, clock_now)
    elif button in {"absent", "undo"}:
        values = {TouchKind.STATE: Presence.ABSENT if button == "absent" else ""}
        if check_in.arrived_at:
            values[TouchKind.ARRIVED] = ""
        if check_in.left_at:
            values[TouchKind.LEFT] = ""
    elif button == "leave":
        values[TouchKind.LEFT] = clock_now
    return touches_of(Who(check_in.child_id, check_in.family_id), values, now=now)


def touches_of(who: Who, values: Mapping[TouchKind, str], *, now: datetime) -> list[Touch]:
    """One touch for each of these values, made by the server."""
    return [
        Touch(uuid=uuid4(), who=who, kind=kind, value=value, touched_at=now)
        for kind, value in values.items()
    ]
