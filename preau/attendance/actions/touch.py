"""Saving what tablets touched: each touch once, the latest by field, in whatever order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import NamedTuple
from uuid import UUID

from preau.activities.enums import Slot
from preau.activities.models import SessionDay
from preau.attendance.enums import Presence, TouchKind
from preau.attendance.errors import ForgedError
from preau.attendance.models import AttendanceTouch, CheckIn
from preau.booking.models import Booking
from preau.booking.places import lock_days
from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Custody
from preau.families.scope import families_of_centres
from preau.org.models import Centre


class Who(NamedTuple):
    """A row of the register: a child, and the family that pays."""

    child_id: int
    family_id: int


@dataclass(frozen=True, kw_only=True)
class Touch:
    """One touch as a tablet sends it. `value` is read by `value_of`; empty takes the field back."""

    uuid: UUID
    who: Who
    kind: TouchKind
    value: str
    touched_at: datetime


@dataclass(kw_only=True)
class Saved:
    """What became of touches: `strangers` are of children this register cannot hold."""

    new: list[UUID] = field(default_factory=list)
    known: list[UUID] = field(default_factory=list)
    strangers: list[UUID] = field(default_factory=list)


def save_touches(*, actor: User, day: SessionDay, touches: Sequence[Touch]) -> Saved:
    """Write touches into the log, and the latest of each field into the check-ins, at once.

    A touch already received changes nothing. Raises `RefusedError` before the day itself, and
    `ForgedError` for a value that no page sends; nothing is written then.
    """
    now = clock.now()
    if day.on > clock.day_of(now):
        raise RefusedError("Ce jour n’est pas encore venu\u00a0: le pointage ouvre le matin même.")
    for touch in touches:
        value_of(touch.kind, touch.value)
    saved = Saved()
    with short_transaction():
        lock_days([day.pk])
        held = _who_may_be_held(day, {touch.who for touch in touches})
        known = set(
            AttendanceTouch.objects.filter(uuid__in=[touch.uuid for touch in touches]).values_list(
                "uuid", flat=True
            )
        )
        fresh = {}
        for touch in touches:
            if touch.uuid in known or touch.uuid in fresh:
                saved.known.append(touch.uuid)
            elif touch.who not in held:
                saved.strangers.append(touch.uuid)
            else:
                fresh[touch.uuid] = touch
                saved.new.append(touch.uuid)
        _log(actor, day, fresh.values(), now)
        _settle(day, {touch.who for touch in fresh.values()})
    return saved


def value_of(kind: TouchKind, text: str) -> str | time | list[str] | None:
    """The value of a field from a touch's text. Raises `ForgedError` for any other text."""
    if kind is TouchKind.STATE:
        if text and text not in Presence.values:
            raise ForgedError("Cette présence est illisible. Rien n’a été enregistré.")
        return text
    if kind is TouchKind.UNBOOKED:
        slots = text.split(",") if text else []
        if not set(slots) <= set(Slot.values) or len(set(slots)) != len(slots):
            raise ForgedError("Ces tranches sont illisibles. Rien n’a été enregistré.")
        return [slot.value for slot in Slot if slot.value in slots]
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0) if text else None
    except ValueError:
        raise ForgedError("Cette heure est illisible. Rien n’a été enregistré.") from None


def _who_may_be_held(day: SessionDay, asked: Collection[Who]) -> set[Who]:
    """Who booked the day, and the children of every family of the centre."""
    children = {who.child_id for who in asked}
    lines = Booking.objects.filter(session_day=day, child__in=children)
    held = {Who(*pair) for pair in lines.values_list("child", "request__family")}
    families = families_of_centres(Centre.objects.filter(pk=day.centre_id))
    custodies = Custody.objects.filter(child__in=children, family__in=families.values("pk"))
    held |= {Who(*pair) for pair in custodies.values_list("child", "family")}
    kept = CheckIn.objects.filter(session_day=day, child__in=children)
    return held | {Who(*pair) for pair in kept.values_list("child", "family")}


def _log(actor: User, day: SessionDay, touches: Iterable[Touch], now: datetime) -> None:
    AttendanceTouch.objects.bulk_create(
        AttendanceTouch(
            uuid=touch.uuid,
            session_day=day,
            child_id=touch.who.child_id,
            family_id=touch.who.family_id,
            kind=touch.kind,
            value=touch.value,
            # A tablet whose clock runs ahead must not win over the touches of tomorrow.
            touched_at=min(touch.touched_at, now),
            received_at=now,
            actor=actor,
        )
        for touch in touches
    )


_FIELDS = {
    TouchKind.STATE: "state",
    TouchKind.ARRIVED: "arrived_at",
    TouchKind.LEFT: "left_at",
    TouchKind.UNBOOKED: "unbooked",
}


def _settle(day: SessionDay, changed: set[Who]) -> None:
    """Make each check-in be the latest touch of each of its fields."""
    children = {who.child_id for who in changed}
    values: dict[Who, dict[str, object]] = defaultdict(dict)
    touches = AttendanceTouch.objects.filter(session_day=day, child__in=children)
    for touch in touches.order_by("touched_at", "pk"):
        kind = TouchKind(touch.kind)
        who = Who(touch.child_id, touch.family_id)
        values[who][_FIELDS[kind]] = value_of(kind, touch.value)
    kept = CheckIn.objects.filter(session_day=day, child__in=children).select_for_update(
        of=("self",), no_key=True
    )
    rows = {Who(row.child_id, row.family_id): row for row in kept}
    for who in sorted(changed):
        row = rows.get(who)
        if row is None:
            row = CheckIn(session_day=day, child_id=who.child_id, family_id=who.family_id)
        else:
            row.version += 1
        for name, value in values[who].items():
            setattr(row, name, value)
        row.save()
