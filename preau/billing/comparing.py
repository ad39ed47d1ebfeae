"""What is due against what was billed: the next invoice and the next credit note. Pure.

A fact is one billed thing ("care:child:day/service"). What a run billed and credited again is told
apart from what an accountant credited by hand: the first follows the facts, the second is a
decision and stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from preau.billing.lines import Line


@dataclass(frozen=True, kw_only=True)
class Billed:
    """A line already issued. `left`: what no credit note took back, in euros.

    `undone`: a run took it back, since the fact had changed.
    """

    pk: int
    line: Line
    left: Decimal
    undone: bool


@dataclass(kw_only=True)
class Difference:
    """Lines for the next invoice, lines for the next credit note, and what a person must see."""

    to_bill: list[Line] = field(default_factory=list)
    to_credit: list[Line] = field(default_factory=list)
    oddities: list[str] = field(default_factory=list)


def difference(due: Iterable[Line], billed: Iterable[Billed]) -> Difference:
    """Compare one family's facts, all revisions of them, with what is due today."""
    wanted = {line.fact: line for line in due}
    history: dict[str | None, list[Billed]] = defaultdict(list)
    for each in billed:
        history[each.line.fact].append(each)
    found = Difference()
    for fact in [*wanted, *(fact for fact in history if fact not in wanted)]:
        _compare(found, wanted.get(fact), history.get(fact, []))
    return found


def _compare(found: Difference, due: Line | None, history: list[Billed]) -> None:
    standing = next((each for each in reversed(history) if not each.undone), None)
    if standing and due and standing.line.amount == due.amount:
        return
    if standing and standing.left != standing.line.amount:
        found.oddities.append(
            f"« {standing.line.wording} » a changé, mais un avoir fait à la main la corrige déjà : "
            "elle n’est pas reprise."
        )
        return
    if standing:
        found.to_credit.append(
            replace(
                standing.line,
                amount=standing.left,
                quantity=Decimal(1),
                unit_price=None,
                corrects=standing.pk,
                explanation=[],
            )
        )
    if due and due.amount > 0:
        found.to_bill.append(replace(due, revision=len(history)) if history else due)
    elif due:
        found.oddities.append(f"« {due.wording} » a un prix nul : elle n’est pas facturée.")
