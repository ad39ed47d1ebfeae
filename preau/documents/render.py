"""From plain data to a tagged PDF (PDF/UA-1), the same bytes for the same data.

Typst runs here, in the process, with the fonts it brings: papers look alike on every machine, and
nothing is fetched. It must not be started before a server forks, so nothing compiles on import.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.core.files.storage import default_storage

from preau.core.wording import NO_BREAK, THIN

_TEMPLATES = Path(__file__).parent / "typst"
# Typst takes the time of the machine for the PDF's date unless told: papers must not vary.
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """Render `typst/TEMPLATE.typ` with `data`: texts, numbers, lists and mappings, as JSON has.

    Amounts and dates come already in words. Raises `typst.TypstError` when the template and the
    data do not fit: a fault of ours.
    """
    spaced = _spaced(data)
    if logo := spaced.get("organisation", {}).get("logo"):
        spaced["organisation"] |= {"logo": _picture(logo)}
    content = json.dumps(spaced, ensure_ascii=False)
    made: bytes = typst.compile(
        str(_TEMPLATES / f"{template}.typ"),
        root=str(_TEMPLATES),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": content},
        pdf_standards=["ua-1"],
        timestamp=_NO_TIME,
    )
    return made


@lru_cache(maxsize=8)
def _picture(name: str) -> list[int]:
    """The bytes of a logo, kept under the name of its content, so that it never changes."""
    with default_storage.open(name) as stored:
        return list(stored.read())


def _spaced(value: Any) -> Any:
    """French typography for free text: no line begins with ";" or "»"."""
    if isinstance(value, str):
        text = re.sub(r" (?=[;!?])", THIN, value)
        return re.sub(r" (?=[:»€%])|(?<=«) ", NO_BREAK, text)
    if isinstance(value, Mapping):
        return {key: _spaced(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_spaced(each) for each in value]
    return value
