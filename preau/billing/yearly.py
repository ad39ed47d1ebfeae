"""What was paid for care in a calendar year (S9, money.md section 5). Pure, in whole cents.

A paid part belongs to the later of the year it was paid and the year of the care. The two totals
of the attestation, all payments of the year and what is retained for care, differ by the lines
between them: brought in from the year before, carried to the next, not eligible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from preau.billing.enums import Means, Nature

VOUCHERS = (Means.CESU, Means.ANCV)


@dataclass(frozen=True, kw_only=True)
class Paid:
    """Cents of one line paid by one payment. `means` is empty where no payment was made."""

    child_id: int | None
    nature: str
    care_on: date
    paid_on: date
    means: str
    cents: int

    @property
    def year(self) -> int:
        """The year this part counts for."""
        return max(self.care_on.year, self.paid_on.year)


@dataclass(kw_only=True)
class ChildYear:
    """One child's part: `care` retained, of which `vouchers` by means; the rest by nature."""

    care: int = 0
    vouchers: Counter[str] = field(default_factory=Counter)
    not_eligible: Counter[str] = field(default_factory=Counter)


@dataclass(kw_only=True)
class Year:
    """`received` + `brought_in` - `carried_out` - `not_eligible` = `retained`, in cents."""

    received: int = 0
    brought_in: int = 0
    carried_out: int = 0
    not_eligible: int = 0
    retained: int = 0
    children: dict[int | None, ChildYear] = field(default_factory=dict)


def year_of_payments(year: int, parts: Iterable[Paid], unused: Iterable[tuple[date, int]]) -> Year:
    """Count one year. `unused`: what is left of each payment, with its day."""
    counted = Year()
    for on, cents in unused:
        if on.year == year:
            counted.received += cents
            counted.carried_out += cents
    for part in parts:
        _count(counted, year, part)
    return counted


def _count(counted: Year, year: int, part: Paid) -> None:
    paid_now, cents = part.paid_on.year == year, part.cents
    counted.received += cents if paid_now else 0
    if part.nature != Nature.CARE:
        if paid_now:
            counted.not_eligible += cents
            _child(counted, part).not_eligible[part.nature] += cents
    elif part.year == year:
        counted.retained += cents
        counted.brought_in += 0 if paid_now else cents
        child = _child(counted, part)
        child.care += cents
        if part.means in VOUCHERS:
            child.vouchers[part.means] += cents
    elif paid_now:
        counted.carried_out += cents


def _child(counted: Year, part: Paid) -> ChildYear:
    return counted.children.setdefault(part.child_id, ChildYear())


def under_six(birth_date: date, year: int) -> bool:
    """Whether the child was under 6 on 1 January of `year`: born after 1 January six years before.

    Source: article 200 quater B of the CGI, as the tax office explains it.
    """
    return birth_date > date(year - 6, 1, 1)
