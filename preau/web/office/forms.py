"""Reading what the processing board sends."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from preau.activities.enums import Slot
from preau.booking.actions.move import Target
from preau.booking.enums import CancelKind, Decision
from preau.booking.errors import ForgedError


class SituationForm(forms.Form):
    """What the priorities of a period look at."""

    town = forms.CharField(label="Commune", max_length=120, required=False)
    parents_work = forms.BooleanField(
        label="Les deux parents, ou le seul, travaillent ou étudient", required=False
    )


UNDO = "undo"
_UNREADABLE = "Ce formulaire est illisible. Rien n’a été enregistré."
_MOST_LINES = 20_000


@dataclass(frozen=True, kw_only=True)
class DecisionPost:
    """What to do with which lines, each with the version that was on the screen.

    `beyond` means going over the capacity knowingly.
    """

    decision: Decision | None
    seen: dict[int, int]
    reason: str
    beyond: bool


def parse_decision(post: QueryDict) -> DecisionPost:
    """Read `do` ("accepted:12.1,13.1", or "accepted" with `lines` boxes) and `reason`.

    Raises `ForgedError` for anything else.
    """
    word, _, key = post.get("do", "").partition(":")
    keys = [key] if key else post.getlist("lines")
    if word != UNDO and word not in Decision.values:
        raise ForgedError(_UNREADABLE)
    return DecisionPost(
        decision=None if word == UNDO else Decision(word),
        seen=parse_lines(",".join(keys)),
        reason=_one_line(post.get("reason", "")),
        beyond=post.get("beyond") == "1",
    )


def parse_lines(text: str) -> dict[int, int]:
    """ "12.1,13.4" as ids with versions. Raises `ForgedError`."""
    seen = {}
    for part in filter(None, text.split(",")):
        line, _, version = part.partition(".")
        if not (line.isascii() and line.isdigit() and version.isascii() and version.isdigit()):
            raise ForgedError(_UNREADABLE)
        if len(line) > 18 or len(version) > 9:
            raise ForgedError(_UNREADABLE)
        seen[int(line)] = int(version)
    if len(seen) > _MOST_LINES:
        raise ForgedError(_UNREADABLE)
    return seen


CORRECTIONS = [
    ("accepted", "Accepter"),
    ("waitlisted", "Remettre en liste d’attente"),
    ("refused", "Refuser"),
    (CancelKind.BY_FAMILY.value, "Annuler à la demande de la famille, sans facturer"),
    (CancelKind.LATE.value, "Annuler hors délai, facturée"),
]


@dataclass(frozen=True, kw_only=True)
class CorrectionPost:
    """What to do with lines already told. `beyond` means going over the capacity knowingly."""

    answer: Decision | CancelKind
    seen: dict[int, int]
    reason: str
    beyond: bool


def parse_correction(post: QueryDict) -> CorrectionPost:
    """Read the correction form of told lines. Raises `ForgedError` for anything else."""
    word = post.get("answer", "")
    if word not in dict(CORRECTIONS):
        raise ForgedError(_UNREADABLE)
    return CorrectionPost(
        answer=Decision(word) if word in Decision.values else CancelKind(word),
        seen=parse_lines(",".join(post.getlist("lines"))),
        reason=_one_line(post.get("reason", "")),
        beyond=post.get("beyond") == "1",
    )


@dataclass(frozen=True, kw_only=True)
class ShiftPost:
    """Where lines go, and why."""

    to: Target
    seen: dict[int, int]
    reason: str
    beyond: bool


def parse_shift(post: QueryDict) -> ShiftPost:
    """Read the form that moves lines. Raises `ForgedError` for anything else."""
    slot = post.get("slot", "")
    if slot and slot not in Slot.values:
        raise ForgedError(_UNREADABLE)
    return ShiftPost(
        to=Target(
            day_id=_number(post.get("day", "")),
            slot=Slot(slot) if slot else None,
            group_id=_number(post.get("group", "")),
        ),
        seen=parse_lines(",".join(post.getlist("lines"))),
        reason=_one_line(post.get("reason", "")),
        beyond=post.get("beyond") == "1",
    )


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ForgedError(_UNREADABLE)
    return int(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
