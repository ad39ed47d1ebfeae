"""Making and changing families, children and enrolments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from preau.accounts.actions.families import open_family
from preau.core.errors import RefusedError
from preau.families.actions.files import (
    add_child,
    change_child,
    change_family,
    end_enrolment,
    enrol_child,
    share_child,
)
from preau.families.models import Child, Enrolment, Family
from preau.families.scope import children_of_centres, families_of_centres
from preau.org.models import Centre
from preau.web.office.access import office_page
from preau.web.office.care import care_of
from preau.web.office.file_forms import (
    OTHER_CHILD,
    OWN_CHILD,
    BirthForm,
    EndForm,
    FamilyForm,
    NewChildForm,
    NewFamilyForm,
    StayForm,
    as_birth,
)
from preau.web.signed_in import signed_in

_page_with_a_form = require_http_methods(["GET", "HEAD", "POST"])


@_page_with_a_form
@office_page
def new_family(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Open a family: its first adult, its first child, and the sign-in if there is an address."""
    form = NewFamilyForm(request.POST or None, centres=centres)
    twin = False
    if request.method == "POST" and form.is_valid():
        known = form.known_child()
        twin = known is not None and not form.cleaned_data["twin"]
        if not twin and (made := _open(request, form, known)):
            return redirect("office:family", made.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "twin": twin or bool(form["twin"].value())}
    return render(request, "office/files/new.html", context, status=status)


def _open(request: HttpRequest, form: NewFamilyForm, known: Child | None) -> Family | None:
    data = form.cleaned_data
    try:
        family = open_family(
            actor=signed_in(request),
            name=data["name"],
            town=data["town"],
            guardian=form.person,
            email=data["email"],
            birth=form.birth,
            stay=form.stay,
            same=known if data["twin"] == OWN_CHILD else None,
        )
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return None
    told = f" Un courriel part pour {data['email']}." if data["email"] else ""
    messages.success(request, f"{family} est créée, numéro {family.number}.{told}")
    return family


@_page_with_a_form
@office_page
def change(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """A family's name, and who receives its mails."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    initial = FamilyForm.initial_of(family)
    form = FamilyForm(request.POST or None, family=family, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_family(actor=signed_in(request), family=family, **form.cleaned_data)
        messages.success(request, "Le dossier est enregistré.")
        return redirect("office:family", family.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "family": family}
    return render(request, "office/files/family.html", context, status=status)


@_page_with_a_form
@office_page
def new_child(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Add a child to a family, or share one that another household has (B8)."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    initial = {"child_last": family.name}
    form = NewChildForm(request.POST or None, centres=centres, initial=initial)
    twin = False
    if request.method == "POST" and form.is_valid():
        known = form.known_child()
        twin = known is not None and not form.cleaned_data["twin"]
        if not twin and _add(request, form, family, known):
            return redirect("office:family", family.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "family": family, "twin": twin or bool(form["twin"].value())}
    return render(request, "office/files/child_new.html", context, status=status)


def _add(request: HttpRequest, form: NewChildForm, family: Family, known: Child | None) -> bool:
    actor, stay = signed_in(request), form.stay
    try:
        if known and form.cleaned_data["twin"] != OTHER_CHILD:
            child = share_child(actor=actor, family=family, child=known, stay=stay)
        else:
            child = add_child(actor=actor, family=family, birth=form.birth, stay=stay)
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"{child} est dans la famille.")
    return True


@_page_with_a_form
@office_page
def child(request: HttpRequest, centres: QuerySet[Centre], child_id: int) -> HttpResponse:
    """A child's names, birth date and class, and its enrolments at these centres."""
    found = get_object_or_404(children_of_centres(centres), pk=child_id)
    form = BirthForm(request.POST or None, initial=as_birth(found))
    if request.method == "POST" and form.is_valid():
        try:
            change_child(actor=signed_in(request), child=found, birth=form.birth)
        except RefusedError as refusal:
            form.add_error("birth_date", str(refusal))
        else:
            messages.success(request, f"{form.birth.first_name} est à jour.")
            return redirect("office:child", found.pk)
    return _child_page(request, centres, found, form=form)


@require_POST
@office_page
def enrol(request: HttpRequest, centres: QuerySet[Centre], child_id: int) -> HttpResponse:
    """Enrol a child at one of these centres."""
    found = get_object_or_404(children_of_centres(centres), pk=child_id)
    form = StayForm(request.POST, centres=centres)
    if form.is_valid():
        try:
            enrol_child(actor=signed_in(request), child=found, stay=form.stay)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found} est inscrit : {form.stay.centre}.")
            return redirect("office:child", found.pk)
    return _child_page(request, centres, found, stay=form)


@require_POST
@office_page
def end(request: HttpRequest, centres: QuerySet[Centre], enrolment_id: int) -> HttpResponse:
    """Change the last day of an enrolment at one of these centres."""
    own = Enrolment.objects.filter(centre__in=centres.values("pk"))
    found = get_object_or_404(own.select_related("centre", "child"), pk=enrolment_id)
    form = EndForm.of(found, request.POST)
    try:
        if not form.is_valid():
            raise RefusedError("Cette date est illisible. Rien n’est enregistré.")
        ends_on = form.cleaned_data["ends_on"]
        end_enrolment(actor=signed_in(request), enrolment=found, ends_on=ends_on)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"L’inscription à {found.centre} est enregistrée.")
    return redirect("office:child", found.child_id)


def _child_page(
    request: HttpRequest, centres: QuerySet[Centre], found: Child, **forms_: forms.Form
) -> HttpResponse:
    enrolments = found.enrolments.filter(centre__in=centres.values("pk")).select_related("centre")
    context: dict[str, Any] = {
        "child": found,
        "families": families_of_centres(centres).filter(children=found),
        "form": forms_.get("form") or BirthForm(initial=as_birth(found)),
        "care": care_of(found, centres),
        "stay": forms_.get("stay") or StayForm(centres=centres),
        "enrolments": [(each, EndForm.of(each)) for each in enrolments.order_by("starts_on")],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "office/files/child.html", context, status=status)
