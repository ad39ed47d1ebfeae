"""What changed in a row, in words, for the trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from preau.core import audit
from preau.core.models import Act, User

_SHOWN = 90
"""Characters of a value that a trace repeats: a long text is named by its beginning."""


def write_changes(
    *,
    actor: User,
    row: models.Model,
    values: Mapping[str, Any],
    act: Act = Act.SETTINGS_CHANGED,
) -> list[str]:
    """Write `values` into a row held by this transaction; each change leaves its trace.

    Returns the changes in words, none when every value was already there.
    """
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    said = [_said(row, name, values[name]) for name in changed]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    for each in said:
        audit.record(act, actor=actor, on=row, detail=each)
    return said


def _said(row: models.Model, name: str, value: object) -> str:
    field = row._meta.get_field(name)  # noqa: SLF001 - Django's own
    label = str(getattr(field, "verbose_name", name))
    return f"{label} : {_shown(field, getattr(row, name))} → {_shown(field, value)}"


def _shown(field: Any, value: object) -> str:
    base = getattr(field, "base_field", field)
    choices = {str(key): str(label) for key, label in getattr(base, "flatchoices", None) or []}
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Iterable) and not isinstance(value, str):
        text = ", ".join(choices.get(str(each), str(each)) for each in value)
    else:
        text = "" if value is None else choices.get(str(value), str(value))
    if not text:
        return "vide"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
