"""What a pre-paid CESU may settle: the care of a child under six, and nothing else (B27). Pure."""

from __future__ import annotations

from datetime import date

from preau.billing.enums import Nature


def settled_by_cesu(nature: str, born_on: date | None, on: date) -> bool:
    """Whether a CESU may settle a line of this nature, for a child born that day, of care on `on`.

    The child must not have had its sixth birthday on the day of the care; meals, outings and the
    rest never are, nor a line without a child.
    """
    if nature != Nature.CARE or born_on is None:
        return False
    return (on.year - born_on.year, on.month, on.day) < (6, born_on.month, born_on.day)
