"""The health sheet of a child: what it says, and its school year."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date

from preau.core.sealing import seal, unseal

_PURPOSE = "health sheet"
SEPTEMBER = 9


@dataclass(frozen=True, kw_only=True)
class Health:
    """What a guardian writes: never the nature of a handicap (trust.md, "Privacy").

    `allergies` and `instructions` are what whoever holds the register may read, for safety.
    """

    allergies: str = ""
    instructions: str = ""
    treatments: str = ""
    care_plan: bool = False
    doctor: str = ""

    @property
    def needs_care(self) -> bool:
        """Whether the register says that there is something to know."""
        return bool(self.allergies or self.instructions or self.care_plan)


def as_sealed(health: Health) -> str:
    """The text that the database holds."""
    return seal(json.dumps(asdict(health)), purpose=_PURPOSE)


def from_sealed(sealed: str) -> Health:
    """What it says. Raises `UnsealError` when another key sealed it."""
    return Health(**json.loads(unseal(sealed, purpose=_PURPOSE)))


def school_year_of(day: date) -> int:
    """The year in which the school year of `day` began, on 1 September."""
    return day.year if day.month >= SEPTEMBER else day.year - 1
