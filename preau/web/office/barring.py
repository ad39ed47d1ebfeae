"""Taking a guardian's access to a family away after a court decision (B8)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from preau.booking.actions.barring import bar_guardian, give_access_back
from preau.core.errors import RefusedError
from preau.families.models import Guardianship
from preau.families.scope import families_of_centres
from preau.org.models import Centre
from preau.web.office.access import office_page
from preau.web.office.planning.forms import DayInput
from preau.web.signed_in import signed_in


class BarForm(forms.Form):
    """The decision, and the word that it is meant."""

    decision_on = forms.DateField(label="Date de la décision", widget=DayInput)
    reason = forms.CharField(
        label="Motif",
        max_length=200,
        help_text="Qui a rendu la décision et où elle est rangée. Les familles ne le lisent pas.",
    )
    sure = forms.BooleanField(
        label="J’ai la décision sous les yeux, l’accès doit être retiré maintenant"
    )


class ReasonForm(forms.Form):
    """Why the access is given back."""

    reason = forms.CharField(label="Motif", max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def bar(
    request: HttpRequest, centres: QuerySet[Centre], family_id: int, guardian_id: int
) -> HttpResponse:
    """Say what it does, then do it; afterwards, who did it and why."""
    held = _found(centres, family_id, guardian_id)
    form = BarForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("decision_on", "reason")}
        try:
            bar_guardian(
                actor=signed_in(request), family=held.family, guardian=held.guardian, **words
            )
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"L’accès de {held.guardian} à {held.family} est retiré.")
            return redirect("office:bar_guardian", family_id, guardian_id)
    return _page(request, centres, held, form=form)


@require_POST
@office_page
def lift(
    request: HttpRequest, centres: QuerySet[Centre], family_id: int, guardian_id: int
) -> HttpResponse:
    """Give the access back; the action says that an administrator alone may."""
    held = _found(centres, family_id, guardian_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        give_access_back(
            actor=signed_in(request), family=held.family, guardian=held.guardian, reason=reason
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{held.guardian} retrouve son accès à {held.family}.")
    return redirect("office:bar_guardian", family_id, guardian_id)


def _found(centres: QuerySet[Centre], family_id: int, guardian_id: int) -> Guardianship:
    families = families_of_centres(centres).values("pk")
    rows = Guardianship.objects.select_related("family", "guardian__user", "barred_by")
    return get_object_or_404(rows, family__in=families, family=family_id, guardian=guardian_id)


def _page(
    request: HttpRequest, centres: QuerySet[Centre], held: Guardianship, *, form: forms.Form
) -> HttpResponse:
    elsewhere = Guardianship.objects.in_force().exclude(family=held.family)
    context: dict[str, Any] = {
        "held": held,
        "form": form,
        "lift": ReasonForm(auto_id="rendre_%s"),
        "elsewhere": families_of_centres(centres).filter(
            guardianships__in=elsewhere.filter(guardian=held.guardian)
        ),
        "left": held.family.guardianships.in_force().exclude(pk=held.pk).exists(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "office/files/bar.html", context, status=status)
