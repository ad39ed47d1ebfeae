"""Invoicing a month: prepare, read, issue, follow (B26)."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from preau.billing.actions.runs import (
    fingerprint_of_run,
    prepare_again,
    prepare_run,
    start_issuing,
    withdraw_run,
)
from preau.billing.models import BillingRun, Draft
from preau.billing.queries.refunds import refunds_waiting
from preau.billing.queries.runs import (
    drafts_of_run,
    lines_of_draft,
    runs_of_centres,
    totals_of_run,
)
from preau.core import clock
from preau.core.errors import RefusedError
from preau.families.models import Child
from preau.families.scope import families_of_centres
from preau.org.models import Centre
from preau.web.office.money.accounts import money_page, works_everywhere
from preau.web.signed_in import signed_in
from preau.web.typed import typed_id

_DRAFTS_A_PAGE = 50
_MONTHS = 14


@require_safe
@money_page
def runs(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Every invoicing of these centres, and the form of the next one."""
    page = Paginator(runs_of_centres(centres), 24).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "own_centres": list(centres),
        "months": _months(),
        "everywhere": works_everywhere(centres),
        "refunds": refunds_waiting(families_of_centres(centres)),
    }
    return render(request, "office/money/runs.html", context)


def _months() -> list[date]:
    """The present month and those before, the last finished one first."""
    month = clock.today().replace(day=1)
    months = []
    for _ in range(_MONTHS):
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return [*months[1:2], months[0], *months[2:]]


@require_POST
@money_page
def prepare(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Compute a month for the centres ticked."""
    wanted = [typed_id(text) for text in request.POST.getlist("centres")]
    try:
        month = _month(request.POST.get("month", ""))
        chosen = list(centres.filter(pk__in=wanted))
        run = prepare_run(actor=signed_in(request), centres=chosen, month=month)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("office:runs")
    return redirect("office:run", run.pk)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        raise RefusedError("Choisissez un mois.") from None


@require_safe
@money_page
def run(request: HttpRequest, centres: QuerySet[Centre], run_id: int) -> HttpResponse:
    """What each family would receive, or received: totals, oddities, progress."""
    found = get_object_or_404(runs_of_centres(centres), pk=run_id)
    odd = request.GET.get("voir") == "a-verifier"
    page = Paginator(drafts_of_run(found, odd=odd), _DRAFTS_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "run": found,
        "totals": totals_of_run(found),
        "to_check": drafts_of_run(found, odd=True).count(),
        "page": page,
        "odd": odd,
        "query": "voir=a-verifier" if odd else "",
        "fingerprint": "" if found.issuing_since else fingerprint_of_run(found),
    }
    return render(request, "office/money/run.html", context)


@require_safe
@money_page
def draft(request: HttpRequest, centres: QuerySet[Centre], draft_id: int) -> HttpResponse:
    """One family's paper before it is issued, each price explained."""
    found = _draft(centres, draft_id)
    lines = lines_of_draft(found)
    names = Child.objects.in_bulk([line.child_id for line in lines if line.child_id])
    context = {
        "draft": found,
        "lines": [(line, names.get(line.child_id or 0)) for line in lines],
    }
    return render(request, "office/money/draft.html", context)


def _draft(centres: QuerySet[Centre], draft_id: int) -> Draft:
    runs = runs_of_centres(centres).values("pk")
    drafts = Draft.objects.filter(run__in=runs).select_related("run", "family", "paper")
    return get_object_or_404(drafts, pk=draft_id)


@require_POST
@money_page
def change(request: HttpRequest, centres: QuerySet[Centre], run_id: int) -> HttpResponse:
    """Issue, prepare again or throw away, by the button pressed."""
    found: BillingRun = get_object_or_404(runs_of_centres(centres), pk=run_id)
    wanted = request.POST.get("do", "")
    try:
        if wanted == "issue":
            start_issuing(run=found, fingerprint=request.POST.get("fingerprint", ""))
        elif wanted == "again":
            prepare_again(actor=signed_in(request), run=found)
            messages.success(request, "La facturation est calculée de nouveau.")
        elif wanted == "withdraw":
            withdraw_run(run=found)
            messages.success(request, "Cette facturation non émise est supprimée.")
            return redirect("office:runs")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("office:run", found.pk)
