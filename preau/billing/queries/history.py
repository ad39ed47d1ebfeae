"""The history of accounts as `settlement` wants it: net lines, real payments, refunds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum

from preau.billing.enums import EntryKind, Means, Nature, PaperKind
from preau.billing.models import Allocation, LedgerEntry, PaperLine
from preau.billing.settlement import Credit, Debt, Settlement, reduced, settle
from preau.billing.vouchers import settled_by_cesu
from preau.core.money import ZERO


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What a line of a debt is for. `cents` once credit notes are taken off.

    `by_cesu`: whether a CESU may settle it.
    """

    child_id: int | None
    nature: str
    on: date
    cents: int
    by_cesu: bool = False


@dataclass(frozen=True, kw_only=True)
class Received:
    """A payment that stayed: `cents` as received, before refunds. No means: not a payment."""

    on: date
    means: str
    receipt: str
    cents: int


@dataclass(kw_only=True)
class History:
    """One family's account, ready to settle. Keys of `lines` are those of the debts' lines."""

    debts: list[Debt] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    refunds: list[tuple[date, int]] = field(default_factory=list)
    lines: dict[int, Owed] = field(default_factory=dict)
    received: dict[int, Received] = field(default_factory=dict)
    entries: dict[int, LedgerEntry] = field(default_factory=dict)

    def kept(self) -> list[Credit]:
        """Payments, less what was given back of each; a CESU with the lines it may settle."""
        allowed = self._lines_by_cesu()
        return [
            replace(credit, only_lines=allowed) if self._is_cesu(credit.key) else credit
            for credit in reduced(self.credits, self.refunds)
        ]

    def _is_cesu(self, key: int) -> bool:
        return self.received[key].means == Means.CESU

    def _lines_by_cesu(self) -> frozenset[int]:
        return frozenset(key for key, line in self.lines.items() if line.by_cesu)

    def most_by_cesu(self, on: date, cents: int) -> int:
        """How much of so many cents of CESU, received that day, would settle something.

        CESU already received count first: one that would only take their place adds nothing.
        """
        trial = Credit(
            key=max(self.received, default=0) + 1,
            on=on,
            cents=cents,
            only_lines=self._lines_by_cesu(),
        )
        before, after = self.settled(), settle(self.debts, [*self.kept(), trial])
        return self._paid_by_cesu(after, trial.key) - self._paid_by_cesu(before, trial.key)

    def _paid_by_cesu(self, settled: Settlement, trial: int) -> int:
        return sum(
            part.cents
            for part in settled.parts
            if part.credit == trial or self._is_cesu(part.credit)
        )

    def open_debts(self) -> list[tuple[date, int]]:
        """What is still owed, with the day it was due, in cents."""
        left = self.settled().open
        return [(debt.due_on, left[debt.key]) for debt in self.debts if left[debt.key]]

    def settled(self) -> Settlement:
        """Which payment paid for what."""
        return settle(self.debts, self.kept())


def histories_of_families(family_ids: Collection[int]) -> dict[int, History]:
    """The history of each of these families, in four queries."""
    entries = list(
        LedgerEntry.objects.filter(family__in=family_ids)
        .select_related("payment", "paper")
        .order_by("on", "pk")
    )
    undone = {entry.reverses_id for entry in entries if entry.reverses_id}
    kept = [entry for entry in entries if entry.pk not in undone and not entry.reverses_id]
    lines = _lines_by_paper(family_ids)
    chosen = _chosen(entry.pk for entry in kept)
    histories = {family_id: History() for family_id in family_ids}
    for entry in kept:
        _add(histories[entry.family_id], entry, lines, chosen)
    return histories


def _add(
    history: History,
    entry: LedgerEntry,
    lines: dict[int, dict[int, Owed]],
    chosen: dict[int, dict[int, int]],
) -> None:
    history.entries[entry.pk] = entry
    if entry.kind == EntryKind.REFUND:
        history.refunds.append((entry.on, _cents(entry.debit)))
    elif entry.kind == EntryKind.CREDIT_NOTE:
        return  # its lines were taken off those they correct
    elif entry.debit:
        owed = lines.get(entry.paper_id or 0) or {-entry.pk: _bare(entry)}
        history.lines.update(owed)
        amounts = {key: line.cents for key, line in owed.items()}
        due_on = entry.due_on or entry.on
        history.debts.append(Debt(key=entry.pk, on=entry.on, due_on=due_on, lines=amounts))
    else:
        cents = _cents(entry.credit)
        history.received[entry.pk] = Received(
            on=entry.on,
            means=entry.payment.means if entry.payment else "",
            receipt=entry.payment.receipt if entry.payment else "",
            cents=cents,
        )
        set_against = chosen.get(entry.pk, {})
        credit = Credit(key=entry.pk, on=entry.on, cents=cents, chosen=set_against)
        history.credits.append(credit)


def _lines_by_paper(family_ids: Collection[int]) -> dict[int, dict[int, Owed]]:
    lines = PaperLine.objects.filter(
        family__in=family_ids, corrects=None, paper__kind=PaperKind.INVOICE
    ).annotate(taken=Sum("corrections__amount"), born_on=F("child__birth_date"))
    found: dict[int, dict[int, Owed]] = defaultdict(dict)
    for line in lines.order_by("paper", "position"):
        found[line.paper_id][line.pk] = Owed(
            child_id=line.child_id,
            nature=line.nature,
            on=line.on,
            cents=_cents(line.amount - (line.taken or ZERO)),
            by_cesu=settled_by_cesu(line.nature, line.born_on, line.on),
        )
    return found


def _bare(entry: LedgerEntry) -> Owed:
    """A debit without a paper (an opening balance): nobody knows what it paid for."""
    return Owed(child_id=None, nature=Nature.OTHER, on=entry.on, cents=_cents(entry.debit))


def _chosen(entries: Iterable[int]) -> dict[int, dict[int, int]]:
    rows = Allocation.objects.filter(credit__in=list(entries)).values_list("credit", "debit")
    chosen: dict[int, dict[int, int]] = defaultdict(dict)
    for credit, debit, amount in rows.annotate(Sum("amount")):
        if amount > 0:
            chosen[credit][debit] = _cents(amount)
    return chosen


def _cents(amount: Decimal) -> int:
    return int(amount * 100)
