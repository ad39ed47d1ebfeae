"""How many adults the law asks for (B23): pure numbers, with the source of each.

The ratios count the children present together; those of a day are at most its expected children.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from preau.activities.enums import PeriodKind, StaffRule


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Children for one adult, under six and from six; `source` is the text that says so."""

    under_six: int
    from_six: int
    source: str


_SCHOOL_TIME = "Code de l’action sociale et des familles, article R227-16"
RATIOS: Final[dict[StaffRule, Ratio]] = {
    StaffRule.HOLIDAYS: Ratio(
        under_six=8,
        from_six=12,
        source="Code de l’action sociale et des familles, article R227-15",
    ),
    StaffRule.SHORT: Ratio(under_six=10, from_six=14, source=f"{_SCHOOL_TIME}, I"),
    StaffRule.LONG: Ratio(under_six=8, from_six=12, source=f"{_SCHOOL_TIME}, I"),
    StaffRule.SHORT_PLAN: Ratio(under_six=14, from_six=18, source=f"{_SCHOOL_TIME}, II"),
    StaffRule.LONG_PLAN: Ratio(under_six=10, from_six=14, source=f"{_SCHOOL_TIME}, II"),
}


def usual_rule(kind: PeriodKind) -> StaffRule:
    """The rule of a new period: Wednesdays are school time, taken at their strictest."""
    return StaffRule.HOLIDAYS if kind == PeriodKind.HOLIDAYS else StaffRule.LONG


def staff_needed(*, under_six: int, from_six: int, ratio: Ratio) -> int:
    """Adults needed for so many children. Each age is rounded up by itself: never too few."""
    return -(-under_six // ratio.under_six) - (-from_six // ratio.from_six)
