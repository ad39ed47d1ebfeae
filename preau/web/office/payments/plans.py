"""Paying in several times: the plan of a family, and those that are late (S8, B27)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.billing.queries.account import balance_of_family
from preau.core import clock
from preau.core.errors import RefusedError
from preau.families.models import Family
from preau.families.scope import families_of_centres
from preau.org.models import Centre
from preau.payments.actions.plans import agree_on_plan, end_plan
from preau.payments.models import InstalmentPlan
from preau.payments.plans import MOST_PARTS, Part, cut
from preau.payments.printing import plan_pdf
from preau.payments.queries.plans import plan_of_family, plans_in_force
from preau.web.downloads import inline_pdf
from preau.web.office.exports import exported, wanted_format
from preau.web.office.money.accounts import money_page, works_everywhere
from preau.web.office.money.forms import AmountField
from preau.web.office.planning.forms import DayInput
from preau.web.signed_in import signed_in

_HEADER = ("Famille", "Numéro", "Convenu le", "En retard", "Depuis", "Reste à payer")


class CutForm(forms.Form):
    """In how many parts, and from what day."""

    parts = forms.IntegerField(label="Nombre de parts", min_value=1, max_value=MOST_PARTS)
    first = forms.DateField(label="Première échéance", widget=DayInput)


class PartForm(forms.Form):
    """One part."""

    due_on = forms.DateField(label="Au plus tard le", widget=DayInput)
    amount = AmountField(label="Montant (€)")


PartsFormSet = forms.formset_factory(PartForm, extra=0, max_num=MOST_PARTS, validate_max=True)


@require_http_methods(["GET", "HEAD", "POST"])
@money_page
def family_plan(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Cut what a family owes into parts, change them, and put the plan in force."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    due = balance_of_family(family)
    refusal = ""
    parts: Any = None
    if request.method == "POST":
        parts = PartsFormSet(request.POST)
        if parts.is_valid():
            refusal = _agreed(request, family, parts)
            if not refusal:
                return redirect("office:account", family.pk)
    else:
        parts = _proposed(request, due)
    context = {
        "family": family,
        "due": due,
        "cut": CutForm(initial={"parts": 3, "first": _next_fifth()}),
        "parts": parts,
        "refusal": refusal,
        "state": plan_of_family(family, due),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "office/payments/plan.html", context, status=status)


def _proposed(request: HttpRequest, due: Any) -> Any:
    """The parts that the address asks for ("parts=3&first=2027-02-05"), None without any."""
    asked = CutForm(request.GET)
    if not asked.is_valid():
        return None
    try:
        parts = cut(due, count=asked.cleaned_data["parts"], first=asked.cleaned_data["first"])
    except ValueError:
        return None
    return PartsFormSet(initial=[vars(part) for part in parts])


def _agreed(request: HttpRequest, family: Family, parts: Any) -> str:
    written = [Part(**form.cleaned_data) for form in parts if form.cleaned_data]
    try:
        agree_on_plan(actor=signed_in(request), family=family, parts=written)
    except RefusedError as refusal:
        return str(refusal)
    messages.success(request, "L’échéancier est convenu : la famille le lit sur son compte.")
    return ""


def _next_fifth() -> date:
    today = clock.today()
    month = today.replace(day=5)
    if month > today:
        return month
    return date(today.year + today.month // 12, today.month % 12 + 1, 5)


@require_POST
@money_page
def end(request: HttpRequest, centres: QuerySet[Centre], plan_id: int) -> HttpResponse:
    """End a plan: the whole balance is due again."""
    found = get_object_or_404(_plans(centres), pk=plan_id)
    try:
        end_plan(actor=signed_in(request), plan=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "L’échéancier est arrêté : tout le solde est de nouveau dû.")
    return redirect("office:account", found.family_id)


@require_safe
@money_page
def printed(request: HttpRequest, centres: QuerySet[Centre], plan_id: int) -> HttpResponse:
    """The PDF of a plan."""
    found = get_object_or_404(_plans(centres), pk=plan_id)
    return inline_pdf(plan_pdf(found), f"echeancier-{found.family.number}.pdf")


@require_safe
@money_page
def plans(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """The plans in force, the latest payers first."""
    found = plans_in_force(families_of_centres(centres))
    if wanted_format(request):
        return exported(request, "Échéanciers", _HEADER, map(_row, found))
    context = {"plans": found, "everywhere": works_everywhere(centres)}
    return render(request, "office/payments/plans.html", context)


def _row(state: Any) -> tuple[Any, ...]:
    family = state.plan.family
    left = sum(part.left for part in state.parts)
    made_on = clock.day_of(state.plan.made_at)
    return (family.name, family.number, made_on, state.late or None, state.since, left)


def _plans(centres: QuerySet[Centre]) -> QuerySet[InstalmentPlan]:
    families = families_of_centres(centres).values("pk")
    return InstalmentPlan.objects.filter(family__in=families).select_related("family")
