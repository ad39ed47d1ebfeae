"""Families who asked to be forgotten, and what they are answered."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from preau.core.errors import RefusedError
from preau.privacy.actions.erasure import answer_erasure
from preau.privacy.queries.erasure import erasure_requests
from preau.web.office.organisation.access import settings_page
from preau.web.signed_in import signed_in

_A_PAGE = 50


class AnswerForm(forms.Form):
    """What the family reads."""

    answer = forms.CharField(label="Réponse, que la famille lira", max_length=300)


@require_safe
@settings_page
def erasures(request: HttpRequest) -> HttpResponse:
    """Those that wait, then those that were answered."""
    page = Paginator(erasure_requests(), _A_PAGE).get_page(request.GET.get("page"))
    rows = [(each, AnswerForm(auto_id=f"r{each.pk}_%s")) for each in page.object_list]
    context = {"page": page, "rows": rows}
    return render(request, "office/organisation/erasures.html", context)


@require_POST
@settings_page
def answer(request: HttpRequest, erasure_id: int) -> HttpResponse:
    """Answer one."""
    found = get_object_or_404(erasure_requests(), pk=erasure_id)
    form = AnswerForm(request.POST)
    words = form.cleaned_data["answer"] if form.is_valid() else ""
    try:
        answer_erasure(actor=signed_in(request), request=found, answer=words)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found.family} lira votre réponse dans son espace.")
    return redirect("office:erasures")
