"""Giving places in order: for the director's proposal, first come first served, and offers.

Some lines stand or fall together: brothers and sisters on the same slot when the family wants them
"ensemble ou pas du tout", and an outing with its day when the family wants none without the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from preau.booking.conditions import (
    NO_PLACE,
    Weeks,
    late_reason,
    reason_to_wait,
    weeks_of_others,
    with_days_of,
)
from preau.booking.models import Booking, Cell

TOGETHER = "ensemble ou pas du tout, et il n’y a pas de place pour tous"
NOT_WITHOUT_OUTING = "journée demandée seulement avec la sortie"
NOT_WITHOUT_DAY = "sortie prise avec la journée, qui n’a plus de place"

Block = list[Booking]
# Why each line of a block waits, in the same order; empty when the block has its places.
Reasons = list[str]


def blocks_of(lines: Iterable[Booking], *, whole_days: bool = False) -> list[Block]:
    """The lines grouped by what stands or falls together, in the order of their first line.

    With `whole_days`, so do the slots that a child was asked for at once on one day: a morning is
    of no use to a family whose lunch has no place.
    """
    lines = list(lines)
    bound: dict[tuple[object, ...], list[int]] = defaultdict(list)
    ties = _day_ties if whole_days else _ties
    for number, line in enumerate(lines):
        for tie in ties(line):
            bound[tie].append(number)
    left = dict.fromkeys(range(len(lines)))
    blocks = []
    while left:
        members, reached = [], [next(iter(left))]
        while reached:
            number = reached.pop()
            if number in left:
                del left[number]
                members.append(number)
                reached += [other for tie in ties(lines[number]) for other in bound[tie]]
        blocks.append([lines[number] for number in sorted(members)])
    return blocks


def _ties(line: Booking) -> Iterator[tuple[object, ...]]:
    """Names of what this line is bound to: lines that share one are in one block."""
    day = (line.request_id, line.session_day_id)
    if line.request.together:
        yield (*day, line.slot, line.outing_id)
    if line.slot:
        yield (*day, line.child_id, line.slot)
    elif line.outing and not line.keeps_day:
        for slot in line.outing.slots:
            yield (*day, line.child_id, slot)


def _day_ties(line: Booking) -> Iterator[tuple[object, ...]]:
    yield from _ties(line)
    if line.slot:
        yield (line.request_id, line.session_day_id, line.child_id, line.asked_at)


def allocate(
    lines: list[Booking], free: Counter[Cell], *, queue: Counter[Cell] | None = None
) -> list[tuple[Booking, str]]:
    """Answer undecided lines in their order: each with "" for a place, or why it waits.

    `free` are the places left; what is in `queue` has others waiting, who are not overtaken. Days
    come before the outings that stand alone, whose condition counts them. A day that goes only
    with an outing gives its places back when that condition fails, and all is done again without
    it: each round settles one block at least. One query.
    """
    blocks = blocks_of(lines)
    queue = queue or Counter()
    others = weeks_of_others(lines)
    days = [n for n, block in enumerate(blocks) if any(line.slot for line in block)]
    failed: dict[int, Reasons] = {}
    while True:
        left = Counter(free)
        answers = {n: failed.get(n) or _take(blocks[n], left, queue) for n in days}
        weeks = with_days_of((line for n in days if not answers[n] for line in blocks[n]), others)
        unmet = {n: _condition(blocks[n], weeks) for n in days if not answers[n]}
        fresh = {n: reasons for n, reasons in unmet.items() if reasons}
        if not fresh:
            break
        failed |= fresh
    for n, block in enumerate(blocks):
        if n not in answers:
            answers[n] = _condition(block, weeks) or _take(block, left, queue)
    # By identity: a line that is not written yet has no other.
    said = {
        id(line): reason
        for n, block in enumerate(blocks)
        for line, reason in zip(block, answers[n] or [""] * len(block), strict=True)
    }
    return [(line, said[id(line)]) for line in lines]


def fits(block: Block, free: Counter[Cell]) -> bool:
    """Whether there is a place for every line of the block."""
    return all(free[cell] >= n for cell, n in Counter(line.cell for line in block).items())


def condition_of(block: Block) -> bool:
    """Whether the outings of a block, as they are written now, have the days they ask for."""
    return not _condition(block, with_days_of(block, weeks_of_others(block)))


def _take(block: Block, left: Counter[Cell], queue: Counter[Cell]) -> Reasons:
    """Take the places of a block if it can have them all."""
    late = [late_reason(line) for line in block]
    if any(late):
        return [reason or _beside(line, block) for line, reason in zip(block, late, strict=True)]
    if fits(block, left) and not any(queue[line.cell] for line in block):
        left.subtract(line.cell for line in block)
        return []
    return [
        NO_PLACE if left[line.cell] < 1 or queue[line.cell] else _beside(line, block)
        for line in block
    ]


def _condition(block: Block, weeks: Weeks) -> Reasons:
    """Why an outing's condition makes the block wait, if it does."""
    missing = [reason_to_wait(line, weeks) for line in block]
    if not any(missing):
        return []
    return [reason or _beside(line, block) for line, reason in zip(block, missing, strict=True)]


def _beside(line: Booking, block: Block) -> str:
    """Why a line waits because of the others of its block."""
    if len({each.child_id for each in block}) > 1:
        return TOGETHER
    return NOT_WITHOUT_OUTING if line.slot else NOT_WITHOUT_DAY
