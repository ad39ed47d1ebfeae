"""Runs of invoicing: their list, their preview, how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from preau.billing.enums import DraftState, PaperKind
from preau.billing.lines import Line
from preau.billing.models import BillingRun, Draft
from preau.core.money import ZERO
from preau.org.models import Centre


def runs_of_centres(centres: QuerySet[Centre]) -> QuerySet[BillingRun]:
    """Runs whose every centre is among these, the latest month first."""
    strangers = Centre.objects.exclude(pk__in=centres.values("pk"))
    return (
        BillingRun.objects.exclude(centres__in=strangers)
        .prefetch_related("centres")
        .annotate(
            papers=Count("drafts"),
            issued=Count("drafts", filter=Q(drafts__state=DraftState.ISSUED)),
        )
        .order_by("-month", "-pk")
    )


@dataclass(frozen=True, kw_only=True)
class RunTotals:
    """What a run comes to, in euros, and how far it is."""

    invoices: int
    invoiced: Decimal
    credit_notes: int
    credited: Decimal
    ready: int
    issued: int
    changed: int

    @property
    def net(self) -> Decimal:
        """What families will owe more."""
        return self.invoiced - self.credited


def totals_of_run(run: BillingRun) -> RunTotals:
    """The whole run in one query."""
    invoice, note = Q(kind=PaperKind.INVOICE), Q(kind=PaperKind.CREDIT_NOTE)
    sums = run.drafts.aggregate(
        invoices=Count("pk", filter=invoice),
        invoiced=Sum("total", filter=invoice),
        credit_notes=Count("pk", filter=note),
        credited=Sum("total", filter=note),
        ready=Count("pk", filter=Q(state=DraftState.READY)),
        issued=Count("pk", filter=Q(state=DraftState.ISSUED)),
        changed=Count("pk", filter=Q(state=DraftState.CHANGED)),
    )
    for name in ("invoiced", "credited"):
        sums[name] = sums[name] or ZERO
    return RunTotals(**sums)


def drafts_of_run(run: BillingRun, *, odd: bool) -> QuerySet[Draft]:
    """Drafts by family; with `odd` only those somebody should look at."""
    drafts = run.drafts.select_related("family", "paper")
    wanted = ~Q(oddities=[]) | Q(state=DraftState.CHANGED)
    return drafts.filter(wanted) if odd else drafts


def lines_of_draft(draft: Draft) -> list[Line]:
    """What the paper would print."""
    return [Line.from_json(stored) for stored in draft.lines]
