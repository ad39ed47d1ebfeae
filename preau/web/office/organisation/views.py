"""The organisation, its centres and their groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.core.errors import RefusedError
from preau.org.actions.centres import (
    CENTRE_FIELDS,
    GROUP_FIELDS,
    add_age_group,
    change_age_group,
    change_centre,
    open_centre,
    remove_age_group,
)
from preau.org.actions.organisation import FIELDS, change_organisation
from preau.org.models import AgeGroup, Centre
from preau.org.ours import organisation as ours
from preau.web.office.organisation.access import settings_page
from preau.web.office.organisation.forms import (
    CentreForm,
    GroupForm,
    OrganisationForm,
    as_initial,
)
from preau.web.signed_in import signed_in

_page_with_a_form = require_http_methods(["GET", "HEAD", "POST"])
_GROUP_IDS = "group_%s"  # beside the form of the centre
SAVED, SAME = "C’est enregistré.", "Rien n’a changé."


def done[T](form: forms.Form, act: Callable[[], T]) -> T | None:
    """What `act` gives; its refusal becomes an error of the form, and nothing."""
    try:
        return act()
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
    return None


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


@_page_with_a_form
@settings_page
def organisation(request: HttpRequest) -> HttpResponse:
    """Read and change the organisation."""
    row = ours()
    initial = as_initial(row, FIELDS) if row else {}
    form = OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        changed = done(form, lambda: change_organisation(actor=signed_in(request), values=values))
        if changed is not None:
            messages.success(request, SAVED if changed else SAME)
            return redirect("office:organisation")
    context = {"form": form}
    return render(
        request, "office/organisation/organisation.html", context, status=_status(request)
    )


@require_safe
@settings_page
def centres(request: HttpRequest) -> HttpResponse:
    """All centres, with their groups counted."""
    found = Centre.objects.annotate(groups=Count("age_groups")).order_by("name")
    return render(request, "office/organisation/centres.html", {"centres": found})


@_page_with_a_form
@settings_page
def new_centre(request: HttpRequest) -> HttpResponse:
    """Open a centre."""
    form = CentreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = done(form, lambda: open_centre(actor=signed_in(request), values=values))
        if made:
            messages.success(request, f"{made} est ouvert. Ajoutez maintenant ses groupes d’âge.")
            return redirect("office:centre", made.pk)
    context = {"form": form}
    return render(request, "office/organisation/centre_new.html", context, status=_status(request))


@_page_with_a_form
@settings_page
def centre(request: HttpRequest, centre_id: int) -> HttpResponse:
    """A centre and its groups; posting changes the centre."""
    found = get_object_or_404(Centre, pk=centre_id)
    form = CentreForm(request.POST or None, initial=CentreForm.of(found))
    if request.method == "POST" and form.is_valid():
        actor, values = signed_in(request), form.cleaned_data
        changed = done(form, lambda: change_centre(actor=actor, centre=found, values=values))
        if changed is not None:
            messages.success(request, SAVED if changed else SAME)
            return redirect("office:centre", found.pk)
    return _centre_page(request, found, form=form)


@require_POST
@settings_page
def new_group(request: HttpRequest, centre_id: int) -> HttpResponse:
    """Add an age group to a centre."""
    found = get_object_or_404(Centre, pk=centre_id)
    form = GroupForm(request.POST, auto_id=_GROUP_IDS)
    if form.is_valid():
        actor, values = signed_in(request), form.cleaned_data
        made = done(form, lambda: add_age_group(actor=actor, centre=found, values=values))
        if made:
            messages.success(request, f"Le groupe {made.name} est ajouté.")
            return redirect("office:centre", found.pk)
    return _centre_page(request, found, new=form)


@_page_with_a_form
@settings_page
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """A group's name, ages and classes; `do=remove` removes one that never served."""
    found = get_object_or_404(AgeGroup.objects.select_related("centre"), pk=group_id)
    removing = request.POST.get("do") == "remove"
    initial = as_initial(found, GROUP_FIELDS)
    form = GroupForm(None if removing else request.POST or None, initial=initial)
    if removing and _removed(request, found):
        return redirect("office:centre", found.centre_id)
    if request.method == "POST" and not removing and form.is_valid():
        actor, values = signed_in(request), form.cleaned_data
        changed = done(form, lambda: change_age_group(actor=actor, group=found, values=values))
        if changed is not None:
            messages.success(request, SAVED if changed else SAME)
            return redirect("office:centre", found.centre_id)
    context = {"form": form, "group": found}
    return render(request, "office/organisation/group.html", context, status=_status(request))


def _removed(request: HttpRequest, found: AgeGroup) -> bool:
    try:
        remove_age_group(actor=signed_in(request), group=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, f"Le groupe {found.name} est retiré.")
    return True


def _centre_page(request: HttpRequest, found: Centre, **forms_: forms.Form) -> HttpResponse:
    initial = {name: value for name, value in CentreForm.of(found).items() if name in CENTRE_FIELDS}
    context: dict[str, Any] = {
        "centre": found,
        "groups": found.age_groups.order_by("min_age", "pk"),
        "form": forms_.get("form") or CentreForm(initial=initial),
        "new": forms_.get("new") or GroupForm(auto_id=_GROUP_IDS),
    }
    return render(request, "office/organisation/centre.html", context, status=_status(request))
