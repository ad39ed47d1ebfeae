"""Recording a family's quotient, on the family's page."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from preau.core.errors import RefusedError
from preau.families.actions.quotients import record_quotient
from preau.families.models import FamilyQuotient
from preau.families.scope import families_of_centres
from preau.org.enums import Right
from preau.org.models import Centre
from preau.web.office.access import office_page_for
from preau.web.signed_in import signed_in


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class QuotientForm(forms.Form):
    """A quotient with its dates and its evidence."""

    value = forms.DecimalField(
        label="Quotient familial",
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    scheme = forms.ChoiceField(label="Régime", choices=FamilyQuotient.Scheme)
    valid_from = _day("Valable du")
    valid_to = _day("au")
    evidence = forms.CharField(
        label="Justificatif montré", max_length=200, help_text="Par exemple : attestation CAF"
    )
    backdated_because = forms.CharField(
        label="Motif, si le premier jour est passé", max_length=200, required=False
    )


@require_POST
@office_page_for(Right.FAMILIES)
def record(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Record a quotient; earlier ones stay as history."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    form = QuotientForm(request.POST)
    if form.is_valid():
        try:
            record_quotient(actor=signed_in(request), family=family, **form.cleaned_data)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Le quotient est enregistré, dès son premier jour.")
    else:
        said = [
            f"{form.fields[name].label} : {error}"
            for name, errors in form.errors.items()
            for error in errors
        ]
        messages.error(request, f"Rien n’est enregistré. {' '.join(said)}")
    return redirect("office:family", family.pk)
