"""Reminders: who is late and why some are left in peace, what was sent (B27)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.money import ZERO
from preau.families.scope import families_of_centres
from preau.org.models import Centre
from preau.payments.actions.reminders import pause_reminders, send_reminders
from preau.payments.printing import reminders_pdf
from preau.payments.queries.reminders import (
    batches_of_families,
    fingerprint_of,
    reminders_due,
)
from preau.web.downloads import inline_pdf
from preau.web.office.exports import exported, wanted_format
from preau.web.office.money.accounts import money_page, works_everywhere
from preau.web.office.planning.forms import DayInput
from preau.web.signed_in import signed_in

AGES = (0, 15, 30, 60, 90)
_A_PAGE = 20
_HEADER = ("Famille", "Numéro", "Échu", "Depuis", "Adresse", "Laissée en paix")


class PauseForm(forms.Form):
    """Until when a family is left in peace, and why."""

    until = forms.DateField(label="Pas de rappel jusqu’au", widget=DayInput)
    reason = forms.CharField(label="Motif", max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@money_page
def reminders(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Families late by more than so many days; posting reminds those that nothing keeps from it."""
    families = families_of_centres(centres)
    asked = request.POST.get("jours") or request.GET.get("jours", "")
    days = int(asked) if asked in {str(age) for age in AGES} else AGES[2]
    refusal = ""
    if request.method == "POST":
        try:
            made = send_reminders(
                actor=signed_in(request),
                families=families,
                days=days,
                fingerprint=request.POST.get("seen", ""),
            )
        except RefusedError as error:
            refusal = str(error)
        else:
            count = made.reminders.count()
            told = "famille est rappelée" if count == 1 else "familles sont rappelées"
            messages.success(request, f"{count} {told}. Les courriels partent.")
            return redirect("office:reminders")
    due = reminders_due(families, days=days)
    if wanted_format(request):
        return exported(request, "Rappels", _HEADER, map(_row, due))
    told_now = [each for each in due if not each.kept]
    context = {
        "due": due,
        "told": len(told_now),
        "letters": sum(not each.email for each in told_now),
        "total": sum((each.overdue for each in told_now), ZERO),
        "days": days,
        "ages": AGES,
        "seen": fingerprint_of(due),
        "refusal": refusal,
        "page": Paginator(batches_of_families(families), _A_PAGE).get_page(request.GET.get("page")),
        "everywhere": works_everywhere(centres),
    }
    status = 422 if refusal else 200
    return render(request, "office/payments/reminders.html", context, status=status)


def _row(each: Any) -> tuple[Any, ...]:
    where = each.email or "par courrier"
    return (each.family.name, each.family.number, each.overdue, each.since, where, each.kept)


@require_safe
@money_page
def letters(request: HttpRequest, centres: QuerySet[Centre], batch_id: int) -> HttpResponse:
    """The letters of a sending, for the families without an address."""
    found = get_object_or_404(batches_of_families(families_of_centres(centres)), pk=batch_id)
    if not found.reminders.filter(by_letter=True).exists():
        raise Http404
    return inline_pdf(reminders_pdf(found), f"rappels-{found.sent_at:%Y-%m-%d}.pdf")


@require_POST
@money_page
def pause(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Leave a family in peace until a day, or remind it again (`do=lift`)."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    actor = signed_in(request)
    form = PauseForm(request.POST)
    try:
        if request.POST.get("do") == "lift":
            yesterday = clock.today() - timedelta(days=1)
            pause_reminders(actor=actor, family=family, until=yesterday, reason="levée")
            said = "Les rappels reprennent pour cette famille."
        elif form.is_valid():
            pause_reminders(actor=actor, family=family, **form.cleaned_data)
            said = "Cette famille ne sera pas rappelée jusque-là."
        else:
            raise RefusedError("Écrivez une date et un motif. Rien n’est changé.")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("office:account", family.pk)
