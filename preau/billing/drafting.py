"""What each family would receive for a month: facts, priced, against what was already billed."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from preau.activities.models import SessionDay
from preau.attendance.models import CheckIn
from preau.billing.comparing import Billed, difference
from preau.billing.enums import PaperKind
from preau.billing.lines import Line, total_of
from preau.billing.models import BillingRun, PaperLine
from preau.billing.priced import lines_of_families
from preau.billing.queries.facts import Span, facts_of, families_with_facts
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
class Part:
    """Some families of a month: papers to be; families that receive none although something was
    found, and why; the days that are billed, by id."""

    drafts: list[Drafted] = field(default_factory=list)
    unbilled: dict[int, list[str]] = field(default_factory=dict)
    days: dict[int, SessionDay] = field(default_factory=dict)


_FAMILIES_A_TIME = 250
"""So that a month of ten thousand families takes no more memory than one of a few hundred."""


def drafts_of_month(centres: Collection[Centre], month: date) -> Iterator[Part]:
    """Invoices of the month, and what changed in the months these centres already invoiced."""
    spans = [_span(centre.pk, month) for centre in centres] + _earlier(centres, month)
    families = sorted(families_with_facts(spans) | _families_billed(spans))
    for start in range(0, len(families), _FAMILIES_A_TIME):
        yield _part(spans, families[start : start + _FAMILIES_A_TIME], month)


def _part(spans: Sequence[Span], families: Collection[int], month: date) -> Part:
    facts = facts_of(spans, families)
    due = lines_of_families(facts)
    billed = _billed(spans, families)
    made = Part()
    for each in facts.values():
        for care in each.care.values():
            if care.day.on >= month:
                made.days[care.day.pk] = care.day
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


def days_without_register(days: Collection[SessionDay]) -> list[list[str]]:
    """Past days that are billed although nobody kept their register: [centre, sentence] each."""
    past = [day for day in days if day.on < clock.today()]
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


def _issued_lines(spans: Sequence[Span]) -> QuerySet[PaperLine]:
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    return PaperLine.objects.filter(
        centre__in={span.centre_id for span in spans},
        on__range=(first, last),
        fact__isnull=False,
        corrects=None,
    )


def _families_billed(spans: Sequence[Span]) -> set[int]:
    return set(_issued_lines(spans).values_list("family", flat=True).distinct())


def _billed(spans: Sequence[Span], families: Collection[int]) -> dict[int, list[Billed]]:
    """Lines issued for these months, by family, oldest revision first. Two queries."""
    months = {(span.centre_id, span.first) for span in spans}
    lines = _issued_lines(spans).filter(family__in=families).prefetch_related("corrections")
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
