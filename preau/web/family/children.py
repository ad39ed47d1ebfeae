"""The children's files, as their parents read and change them (B7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from preau.core import clock
from preau.core.errors import RefusedError
from preau.families.actions.care import (
    change_own_phone,
    propose,
    remove_pickup,
    set_leaving_alone,
    withdraw_proposal,
)
from preau.families.actions.health import write_health
from preau.families.health import Health, school_year_of
from preau.families.models import Child, Family, Guardian, ProposalKind
from preau.families.queries.care import ChildFile, files_of_child, files_of_family, own_health
from preau.org.enums import SchoolLevel
from preau.web.family.access import family_page
from preau.web.signed_in import signed_in
from preau.web.typed import typed_id


class PickupForm(forms.Form):
    """Somebody who may fetch the child."""

    name = forms.CharField(label=gettext_lazy("Nom et prénom"), max_length=120)
    relation = forms.CharField(
        label=gettext_lazy("Lien avec l’enfant"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Grand-mère, voisin, grande sœur…"),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )


class AloneForm(forms.Form):
    """From what hour the child leaves alone."""

    value = forms.TimeField(
        label=gettext_lazy("À partir de"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


class IdentityForm(forms.Form):
    """What the file says of the child."""

    first_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Nom"), max_length=80)
    level = forms.ChoiceField(
        label=gettext_lazy("Classe"),
        choices=[("", gettext_lazy("non précisée")), *SchoolLevel.choices],
        required=False,
    )


class PhoneForm(forms.Form):
    """One's own number."""

    phone = forms.CharField(
        label=gettext_lazy("Votre téléphone"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


def _long(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HealthForm(forms.Form):
    """What the centre must know of a child's health."""

    allergies = _long(
        gettext_lazy("Allergies"), gettext_lazy("Aliments, médicaments, piqûres… et leurs signes.")
    )
    instructions = _long(
        gettext_lazy("Que faire en cas d’urgence"),
        gettext_lazy("Ce que doit savoir la personne qui tient le pointage."),
    )
    treatments = _long(
        gettext_lazy("Traitements en cours"), gettext_lazy("Seule la direction les lit.")
    )
    care_plan = forms.BooleanField(
        label=gettext_lazy("Un projet d’accueil individualisé (PAI) est signé"), required=False
    )
    doctor = forms.CharField(
        label=gettext_lazy("Médecin traitant et son téléphone"), max_length=160, required=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
@family_page
def children(request: HttpRequest, family: Family) -> HttpResponse:
    """Each child of the family; posting changes one's own telephone."""
    own = get_object_or_404(Guardian, user=signed_in(request))
    form = PhoneForm(request.POST or None, initial={"phone": own.phone})
    if request.method == "POST" and form.is_valid():
        change_own_phone(guardian=own, phone=form.cleaned_data["phone"])
        messages.success(request, _("Votre téléphone est enregistré."))
        return redirect("family:children")
    context = {
        "family": family,
        "files": files_of_family(family),
        "form": form,
        "today": clock.today(),
        "school_year": _school_year(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "family/children.html", context, status=status)


def _school_year() -> str:
    year = school_year_of(clock.today())
    return f"{year}-{year + 1}"


def _file_or_404(family: Family, child_id: int) -> ChildFile:
    child = get_object_or_404(family.children, pk=child_id)
    found = files_of_child(child, Family.objects.filter(pk=family.pk))
    if not found:
        raise Http404
    return found[0]


@require_http_methods(["GET", "HEAD", "POST"])
@family_page
def child(request: HttpRequest, family: Family, child_id: int) -> HttpResponse:
    """One child's file. Posting proposes a line, or withdraws what makes a child less safe."""
    found = _file_or_404(family, child_id)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form: forms.Form | None = None
    if do in _FORMS:
        form = _FORMS[do](request.POST)
        if form.is_valid() and _proposed(request, found, do, form):
            return redirect("family:child", child_id)
    elif do in _AT_ONCE:
        _told(request, lambda: _AT_ONCE[do](request, found))
        return redirect("family:child", child_id)
    return _child_page(request, found, do, form)


def _child_page(
    request: HttpRequest, found: ChildFile, do: str, form: forms.Form | None
) -> HttpResponse:
    own = found.child
    shown = {
        "pickup": PickupForm(),
        "alone": AloneForm(initial={"value": found.custody.leaves_alone_at}),
        "identity": IdentityForm(initial=_identity_of(own)),
    }
    if form is not None:
        shown[do] = form
    context = {
        "file": found,
        "child": own,
        "forms": shown,
        "opened": do if form is not None else "",
        "today": clock.today(),
        "school_year": _school_year(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "family/child.html", context, status=status)


_FORMS: dict[str, type[forms.Form]] = {
    "pickup": PickupForm,
    "alone": AloneForm,
    "identity": IdentityForm,
}
_IDENTITY = {
    "first_name": ProposalKind.FIRST_NAME,
    "last_name": ProposalKind.LAST_NAME,
    "level": ProposalKind.LEVEL,
}


def _identity_of(child: Child) -> dict[str, str]:
    """What the file says now, by the names of `IdentityForm`."""
    return {
        "first_name": child.first_name,
        "last_name": child.last_name,
        "level": child.school_level,
    }


def _lines(found: ChildFile, do: str, data: dict[str, Any]) -> list[tuple[ProposalKind, Any]]:
    """The proposals that a form makes: each changed line is one."""
    if do == "pickup":
        return [(ProposalKind.PICKUP, data)]
    if do == "alone":
        return [(ProposalKind.ALONE, {"value": f"{data['value']:%H:%M}"})]
    now = _identity_of(found.child)
    return [
        (kind, {"value": data[name]}) for name, kind in _IDENTITY.items() if data[name] != now[name]
    ]


def _proposed(request: HttpRequest, found: ChildFile, do: str, form: forms.Form) -> bool:
    lines = _lines(found, do, form.cleaned_data)
    if not lines:
        form.add_error(None, _("C’est déjà ce que dit le dossier."))
        return False
    try:
        for kind, wanted in lines:
            propose(actor=signed_in(request), custody=found.custody, kind=kind, wanted=wanted)
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("C’est transmis à la direction, qui vous répondra ici."))
    return True


def _told(request: HttpRequest, act: Callable[[], str]) -> None:
    try:
        said = act()
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)


def _remove(request: HttpRequest, found: ChildFile) -> str:
    person = get_object_or_404(found.custody.pickups, pk=typed_id(request.POST.get("person", "")))
    remove_pickup(actor=signed_in(request), person=person)
    return _("%(name)s ne peut plus venir chercher %(child)s.") % {
        "name": person.name,
        "child": found.child.first_name,
    }


def _never_alone(request: HttpRequest, found: ChildFile) -> str:
    set_leaving_alone(actor=signed_in(request), custody=found.custody, at=None)
    return _("%(child)s ne part plus seul.") % {"child": found.child.first_name}


def _withdraw(request: HttpRequest, found: ChildFile) -> str:
    wanted = typed_id(request.POST.get("proposal", ""))
    proposal = get_object_or_404(found.custody.proposals, pk=wanted)
    withdraw_proposal(actor=signed_in(request), proposal=proposal)
    return _("Votre proposition est retirée.")


_AT_ONCE: dict[str, Callable[[HttpRequest, ChildFile], str]] = {
    "remove": _remove,
    "never": _never_alone,
    "withdraw": _withdraw,
}


@require_http_methods(["GET", "HEAD", "POST"])
@family_page
def health(request: HttpRequest, family: Family, child_id: int) -> HttpResponse:
    """The health sheet of this school year; last year's words are proposed anew."""
    found: Child = get_object_or_404(family.children, pk=child_id)
    known = own_health(found)
    form = HealthForm(request.POST or None, initial=vars(known.health) if known else {})
    if request.method == "POST" and form.is_valid():
        write_health(actor=signed_in(request), child=found, health=Health(**form.cleaned_data))
        messages.success(
            request,
            _("La fiche sanitaire de %(name)s est enregistrée.") % {"name": found.first_name},
        )
        return redirect("family:child", found.pk)
    context = {"child": found, "form": form, "known": known, "school_year": _school_year()}
    status = 422 if request.method == "POST" else 200
    return render(request, "family/health.html", context, status=status)
