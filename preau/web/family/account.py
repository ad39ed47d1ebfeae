"""The family's account: what is due, every movement, its papers, its attestations (S4, S5, S9)."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from preau.billing.identity import billing_settings
from preau.billing.models import Payment
from preau.billing.queries.account import account_of_family
from preau.billing.queries.attestations import attestations_of_family
from preau.billing.queries.papers import papers_of_families, pdf_of_paper
from preau.billing.statements import receipt_pdf, statement_pdf, statement_xlsx
from preau.booking.queries.periods import centres_for_family
from preau.core import clock, wording
from preau.documents.render import render as render_pdf
from preau.families.models import Family
from preau.families.scope import families_of_guardian
from preau.payments.models import InstalmentPlan
from preau.payments.printing import plan_pdf
from preau.payments.queries.offer import pay_offer
from preau.payments.queries.plans import plan_of_family
from preau.web.downloads import XLSX, attachment, inline_pdf
from preau.web.family.access import family_page
from preau.web.typed import typed_days

_SHOWN = 30


@require_safe
@family_page
def account(request: HttpRequest, family: Family) -> HttpResponse:
    """The balance, then the movements, the newest first; all of them when asked."""
    found = account_of_family(family)
    everything = request.GET.get("tout") == "1"
    rows = found.rows[::-1]
    context = {
        "family": family,
        "account": found,
        "offer": pay_offer(family, found.balance),
        "plan": plan_of_family(family, found.balance),
        "rows": rows if everything else rows[:_SHOWN],
        "hidden": 0 if everything else max(len(rows) - _SHOWN, 0),
        "means": billing_settings().means,
        "centres": centres_for_family(family),
    }
    return render(request, "family/account.html", context)


@require_safe
@family_page
def statement(request: HttpRequest, family: Family, form: str) -> HttpResponse:
    """The account as a PDF or for a spreadsheet, between two days when the address says so."""
    if form not in {"pdf", "xlsx"}:
        raise Http404
    first, last = typed_days(request.GET.get("du", ""), request.GET.get("au", ""))
    found = account_of_family(family)
    if form == "pdf":
        content = statement_pdf(family, found, first=first, last=last)
        return inline_pdf(content, f"releve-{family.number}.pdf")
    content = statement_xlsx(found, first=first, last=last)
    return attachment(content, XLSX, f"releve-{family.number}.xlsx")


@require_safe
@family_page
def paper(request: HttpRequest, family: Family, paper_id: int) -> HttpResponse:
    """The PDF of an invoice or a credit note of one of this guardian's families (S5)."""
    found = get_object_or_404(papers_of_families(families_of_guardian(request.user)), pk=paper_id)
    return inline_pdf(pdf_of_paper(found), f"{found.number}.pdf")


@require_safe
@family_page
def plan(request: HttpRequest, family: Family, plan_id: int) -> HttpResponse:
    """The PDF of a plan that was agreed on with one of this guardian's families (S8)."""
    own = InstalmentPlan.objects.filter(family__in=families_of_guardian(request.user).values("pk"))
    found = get_object_or_404(own.select_related("family"), pk=plan_id)
    return inline_pdf(plan_pdf(found), f"echeancier-{found.family.number}.pdf")


@require_safe
@family_page
def receipt(request: HttpRequest, family: Family, payment_id: int) -> HttpResponse:
    """The receipt of a payment."""
    own = Payment.objects.filter(family__in=families_of_guardian(request.user).values("pk"))
    found = get_object_or_404(own.select_related("family"), pk=payment_id)
    return inline_pdf(receipt_pdf(found), f"{found.receipt}.pdf")


@require_safe
@family_page
def attestations(request: HttpRequest, family: Family) -> HttpResponse:
    """One PDF a year, from a set day of the next (S9)."""
    chosen = billing_settings()
    today = clock.today()
    day = date(today.year, chosen.attestation_month, chosen.attestation_day)
    context = {
        "family": family,
        "attestations": attestations_of_family(Family.objects.filter(pk=family.pk)),
        "from_day": wording.bare_day(day),
        "next_year": today.year - 1 if today < day else today.year,
        "centres": centres_for_family(family),
    }
    return render(request, "family/attestations.html", context)


@require_safe
@family_page
def attestation(request: HttpRequest, family: Family, attestation_id: int) -> HttpResponse:
    """The PDF of an attestation."""
    own = attestations_of_family(families_of_guardian(request.user))
    found = get_object_or_404(own, pk=attestation_id)
    return inline_pdf(render_pdf("attestation", found.frozen), f"{found.number}.pdf")
