"""What each family would receive for a month: facts, priced, against what was already billed."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from preau.attendance.models import CheckIn
from preau.billing.comparing import Billed, difference
from preau.billing.enums import PaperKind
from preau.billing.lines import Line, total_of
from preau.billing.models import BillingRun, PaperLine
from preau.billing.priced import lines_of_families
from preau.billing.queries.facts import Facts, Span, facts_of
from preau.core import clock, wording
from preau.core.money import ZERO
from preau.org.models import Centre


@dataclass(kw_only=True)
class Drafted:
    """One paper to be: its lines, and what a person should look at first."""

    family_id: int
    kind: PaperKind
    lines: list[Line]
    oddities: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """In euros."""
        return total_of(self.lines)


@dataclass(kw_only=True)
class Month:
    """Papers to be; families that receive none although something was found, and why; days billed
    without a register, [centre, sentence] each."""

    drafts: list[Drafted] = field(default_factory=list)
    unbilled: dict[int, list[str]] = field(default_factory=dict)
    unregistered: list[list[str]] = field(default_factory=list)


def drafts_of_month(centres: Collection[Centre], month: date) -> Month:
    """Invoices of the month, and what changed in the months these centres already invoiced."""
    spans = [_span(centre.pk, month) for centre in centres] + _earlier(centres, month)
    facts = facts_of(spans)
    due = lines_of_families(facts)
    billed = _billed(spans)
    made = Month(unregistered=_unregistered(facts, month))
    for family_id in sorted({*due, *billed}):
        priced = due.get(family_id)
        found = difference(priced.lines if priced else [], billed.get(family_id, []))
        oddities = [*(priced.oddities if priced else []), *found.oddities]
        for kind, lines in (
            (PaperKind.INVOICE, found.to_bill),
            (PaperKind.CREDIT_NOTE, found.to_credit),
        ):
            if lines:
                ordered = sorted(lines, key=lambda line: (line.child_id or 0, line.on))
                made.drafts.append(
                    Drafted(family_id=family_id, kind=kind, lines=ordered, oddities=oddities)
                )
                oddities = []
        # Whatever no paper carries is said all the same.
        if oddities:
            made.unbilled[family_id] = oddities
    return made


def _unregistered(facts: Mapping[int, Facts], month: date) -> list[list[str]]:
    """Past days of the month that are billed although nobody kept their register."""
    billed = {care.day for each in facts.values() for care in each.care.values()}
    past = {day for day in billed if day.on >= month and day.on < clock.today()}
    kept = set(CheckIn.objects.filter(session_day__in=past).values_list("session_day", flat=True))
    missing: dict[int, list[date]] = defaultdict(list)
    for day in sorted(past, key=lambda each: each.on):
        if day.pk not in kept:
            missing[day.centre_id].append(day.on)
    names = Centre.objects.in_bulk(missing)
    return [
        [
            names[pk].name,
            f"pas de pointage : {wording.listing([wording.bare_day(on) for on in days])}",
        ]
        for pk, days in missing.items()
    ]


def _span(centre_id: int, month: date) -> Span:
    last = calendar.monthrange(month.year, month.month)[1]
    return Span(centre_id=centre_id, first=month.replace(day=1), last=month.replace(day=last))


def _earlier(centres: Collection[Centre], month: date) -> list[Span]:
    """Months that were issued for these centres, over the two years before: they may change."""
    since = month.replace(year=month.year - 2)
    done = BillingRun.centres.through.objects.filter(
        centre__in=centres,
        billingrun__issuing_since__isnull=False,
        billingrun__month__gte=since,
    ).exclude(billingrun__month=month)
    rows = done.values_list("centre", "billingrun__month").distinct()
    return [_span(centre, earlier) for centre, earlier in rows]


def _billed(spans: Sequence[Span]) -> dict[int, list[Billed]]:
    """Lines issued for these months, by family, oldest revision first. Two queries."""
    months = {(span.centre_id, span.first) for span in spans}
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    lines = PaperLine.objects.filter(
        centre__in={span.centre_id for span in spans},
        on__range=(first, last),
        fact__isnull=False,
        corrects=None,
    ).prefetch_related("corrections")
    found: dict[int, list[Billed]] = defaultdict(list)
    for line in lines.order_by("family", "fact", "revision"):
        if (line.centre_id, line.on.replace(day=1)) in months:
            found[line.family_id].append(_as_billed(line))
    return found


def _as_billed(line: PaperLine) -> Billed:
    corrections = list(line.corrections.all())
    return Billed(
        pk=line.pk,
        line=Line(
            fact=line.fact,
            revision=line.revision,
            child_id=line.child_id,
            centre_id=line.centre_id,
            on=line.on,
            wording=line.wording,
            service=line.service,
            nature=line.nature,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
        ),
        left=line.amount - sum((each.amount for each in corrections), ZERO),
        # A run keeps the fact on the line that takes it back; a person's credit note has none.
        undone=any(each.fact for each in corrections),
    )
