"""What somebody typed, or sent by hand, where a number is expected."""

from __future__ import annotations

_LONGEST = 18  # beyond it no id exists, and the database would not know the number


def typed_id(text: str) -> int:
    """The id that this text writes, 0 (which nothing has) when it writes none."""
    written = text.isascii() and text.isdigit() and len(text) <= _LONGEST
    return int(text) if written else 0
