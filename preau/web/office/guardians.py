"""The adults of a family: their names, and the sign-in that the office opens for them (S2, S11)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from preau.accounts.actions.access import record_email, send_access
from preau.accounts.queries.access import NO_ACCESS, access_of_people
from preau.core.errors import RefusedError
from preau.families.actions.files import add_guardian, change_guardian, join_guardian
from preau.families.models import Family, Guardian
from preau.families.scope import (
    families_of_centres,
    guardian_is_wholly_of,
    guardians_of_centres,
)
from preau.org.models import Centre
from preau.web.office.access import office_page
from preau.web.office.file_forms import EmailForm, IdentifierForm, PersonForm, as_person
from preau.web.sessions import has_factor, recently_confirmed, to_confirm
from preau.web.signed_in import signed_in

_page_with_a_form = require_http_methods(["GET", "HEAD", "POST"])
_ELSEWHERE = (
    "Cette personne est aussi responsable d’une famille d’un autre centre : seule l’administration "
    "change son accès."
)


@_page_with_a_form
@office_page
def new(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Add an adult to a family: somebody new, or somebody who already signs in (B8)."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    known = request.method == "POST" and request.POST.get("do") == "join"
    person = PersonForm(None if known else request.POST or None)
    identifier = IdentifierForm(request.POST if known else None)
    if request.method == "POST":
        made = _join(request, family, identifier) if known else _add(request, family, person)
        if made:
            return redirect("office:guardian", made.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": person, "identifier": identifier, "family": family}
    return render(request, "office/files/guardian_new.html", context, status=status)


def _add(request: HttpRequest, family: Family, form: PersonForm) -> Guardian | None:
    if not form.is_valid():
        return None
    made = add_guardian(actor=signed_in(request), family=family, guardian=form.person)
    messages.success(request, f"{made} est dans la famille.")
    return made


def _join(request: HttpRequest, family: Family, form: IdentifierForm) -> Guardian | None:
    if not form.is_valid():
        return None
    wanted = form.cleaned_data["identifier"].strip()
    found = Guardian.objects.filter(user__username__iexact=wanted).first()
    try:
        if found is None:
            raise RefusedError("Aucun parent n’a cet identifiant.")
        join_guardian(actor=signed_in(request), family=family, guardian=found)
    except RefusedError as refusal:
        form.add_error("identifier", str(refusal))
        return None
    messages.success(request, f"{found} est aussi responsable de {family}.")
    return found


@_page_with_a_form
@office_page
def guardian(request: HttpRequest, centres: QuerySet[Centre], guardian_id: int) -> HttpResponse:
    """An adult: name and telephone, and how far their sign-in is."""
    found = _found(centres, guardian_id)
    form = PersonForm(request.POST or None, initial=as_person(found))
    if request.method == "POST" and form.is_valid():
        change_guardian(actor=signed_in(request), guardian=found, person=form.person)
        messages.success(request, f"{form.person.first_name} est à jour.")
        return redirect("office:guardian", found.pk)
    return _page(request, centres, found, form=form)


@_page_with_a_form
@office_page
def email(request: HttpRequest, centres: QuerySet[Centre], guardian_id: int) -> HttpResponse:
    """Record an address: the first opens the sign-in (S2), another one moves it (S11).

    Moving it hands the keys of a family to whoever reads that address: the member of staff types
    their own password again first.
    """
    found = _found(centres, guardian_id)
    here = reverse("office:guardian_email", args=[found.pk])
    if found.user_id and not recently_confirmed(request):
        return to_confirm(here)
    form = EmailForm(request.POST or None, initial={"email": found.email})
    if request.method == "POST" and form.is_valid():
        try:
            _check_wholly_of(found, centres)
            address = form.cleaned_data["email"]
            user = record_email(actor=signed_in(request), guardian=found, email=address)
        except RefusedError as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(
                request,
                f"Un courriel part pour {user.email}, avec l’identifiant «\N{NO-BREAK SPACE}"
                f"{user.username}\N{NO-BREAK SPACE}» et un mot de passe provisoire.",
            )
            return redirect("office:guardian", found.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "guardian": found, "families": _families(centres, found)}
    return render(request, "office/files/email.html", context, status=status)


@require_POST
@office_page
def send(request: HttpRequest, centres: QuerySet[Centre], guardian_id: int) -> HttpResponse:
    """Send a new temporary password to somebody who never chose their own."""
    found = _found(centres, guardian_id)
    try:
        if found.user is None:
            raise RefusedError("Enregistrez d’abord une adresse électronique.")
        _check_wholly_of(found, centres)
        send_access(actor=signed_in(request), user=found.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Un nouveau mot de passe provisoire part par courriel.")
    return redirect("office:guardian", found.pk)


def _found(centres: QuerySet[Centre], guardian_id: int) -> Guardian:
    return get_object_or_404(guardians_of_centres(centres).select_related("user"), pk=guardian_id)


def _families(centres: QuerySet[Centre], found: Guardian) -> QuerySet[Family]:
    return families_of_centres(centres).filter(guardians=found)


def _check_wholly_of(found: Guardian, centres: QuerySet[Centre]) -> None:
    if not guardian_is_wholly_of(found, centres):
        raise RefusedError(_ELSEWHERE)


def _page(
    request: HttpRequest, centres: QuerySet[Centre], found: Guardian, *, form: forms.Form
) -> HttpResponse:
    access = access_of_people([found.user])
    context: dict[str, Any] = {
        "guardian": found,
        "families": _families(centres, found),
        "form": form,
        "factor": found.user and has_factor(found.user),
        "access": access.get(found.user_id or 0, NO_ACCESS),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "office/files/guardian.html", context, status=status)
