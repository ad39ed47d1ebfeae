"""What somebody typed, or sent by hand, where a number is expected."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import BadRequest

_LONGEST = 18  # beyond it no id exists, and the database would not know the number


def typed_id(text: str) -> int:
    """The id that this text writes, 0 (which nothing has) when it writes none."""
    written = text.isascii() and text.isdigit() and len(text) <= _LONGEST
    return int(text) if written else 0


def typed_days(first: str, last: str) -> tuple[date | None, date | None]:
    """Two days of an address ("2027-01-12"), None where nothing was typed.

    Raises `BadRequest` when one is no day, or the last comes before the first.
    """
    try:
        found = [date.fromisoformat(text) if text else None for text in (first, last)]
    except ValueError:
        raise BadRequest("Une des dates n’existe pas.") from None
    if found[0] and found[1] and found[1] < found[0]:
        raise BadRequest("La seconde date vient avant la première.")
    return found[0], found[1]
