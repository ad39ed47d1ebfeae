"""A child's file as the office keeps it: what parents propose, who may fetch, health (B7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.attendance.queries.register import days_of_register, register_of_day
from preau.core.errors import RefusedError
from preau.families.actions.care import (
    accept_proposal,
    add_pickup,
    refuse_proposal,
    remove_pickup,
    set_leaving_alone,
)
from preau.families.actions.health import read_health
from preau.families.models import Child, Custody
from preau.families.queries.care import files_of_child, proposals_of_centres
from preau.families.scope import children_of_centres, families_of_centres
from preau.org.enums import Right
from preau.org.models import Centre
from preau.web.family.children import PickupForm
from preau.web.office.access import office_page, office_page_for
from preau.web.signed_in import signed_in
from preau.web.typed import typed_id

_page_with_a_button = require_http_methods(["GET", "HEAD", "POST"])


class AloneForm(forms.Form):
    """From what hour the child leaves alone; empty, never."""

    at = forms.TimeField(
        label="Part seul à partir de",
        required=False,
        help_text="Vide : ne part jamais seul.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


@require_safe
@office_page
def proposals(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """What parents would change, the oldest first, to accept or refuse line by line."""
    context = {"proposals": proposals_of_centres(centres)[:200]}
    return render(request, "office/files/proposals.html", context)


@require_POST
@office_page
def answer(request: HttpRequest, centres: QuerySet[Centre], proposal_id: int) -> HttpResponse:
    """Accept one line, or refuse it with its reason."""
    found = get_object_or_404(proposals_of_centres(centres), pk=proposal_id)
    actor = signed_in(request)
    try:
        if request.POST.get("do") == "accept":
            accept_proposal(actor=actor, proposal=found)
            said = f"{found.custody.child} : {found}. C’est dans le dossier."
        else:
            reason = request.POST.get("reason", "")
            refuse_proposal(actor=actor, proposal=found, reason=reason)
            said = "La famille lira votre motif dans le dossier de l’enfant."
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("office:proposals")


@require_POST
@office_page
def change_care(request: HttpRequest, centres: QuerySet[Centre], child_id: int) -> HttpResponse:
    """Who may fetch a child of one household, and whether it leaves alone."""
    child = get_object_or_404(children_of_centres(centres), pk=child_id)
    families = families_of_centres(centres).values("pk")
    own = child.custodies.filter(family__in=families)
    do = _ACTS.get(request.POST.get("do", ""))
    try:
        if do is None:
            raise RefusedError("Ce geste n’est pas connu. Rien n’est changé.")
        do(request, get_object_or_404(own, pk=typed_id(request.POST.get("custody", ""))))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "C’est enregistré, et le pointage le montre.")
    return redirect("office:child", child.pk)


def _add(request: HttpRequest, custody: Custody) -> None:
    form = PickupForm(request.POST)
    if not form.is_valid():
        raise RefusedError("Écrivez au moins un nom et un téléphone. Rien n’est changé.")
    add_pickup(actor=signed_in(request), custody=custody, wanted=form.cleaned_data)


def _remove(request: HttpRequest, custody: Custody) -> None:
    wanted = typed_id(request.POST.get("person", ""))
    person = get_object_or_404(custody.pickups, pk=wanted)
    remove_pickup(actor=signed_in(request), person=person)


def _alone(request: HttpRequest, custody: Custody) -> None:
    form = AloneForm(request.POST)
    if not form.is_valid():
        raise RefusedError("Cette heure est illisible. Rien n’est changé.")
    set_leaving_alone(actor=signed_in(request), custody=custody, at=form.cleaned_data["at"])


_ACTS: dict[str, Callable[[HttpRequest, Custody], None]] = {
    "add": _add,
    "remove": _remove,
    "alone": _alone,
}


def care_of(child: Child, centres: QuerySet[Centre]) -> list[dict[str, Any]]:
    """For the child's page: each household with its persons and the forms that change them."""
    return [
        {
            "file": each,
            "pickup": PickupForm(auto_id=f"id_{each.custody.pk}_%s"),
            "alone": AloneForm(
                auto_id=f"id_{each.custody.pk}_%s", initial={"at": each.custody.leaves_alone_at}
            ),
        }
        for each in files_of_child(child, families_of_centres(centres))
    ]


@_page_with_a_button
@office_page_for(Right.HEALTH)
def health(request: HttpRequest, centres: QuerySet[Centre], child_id: int) -> HttpResponse:
    """The whole health sheet: opened by a button, because each reading is traced."""
    child = get_object_or_404(children_of_centres(centres), pk=child_id)
    return _opened(request, child, why="fiche entière", whole=True)


@_page_with_a_button
@office_page_for(Right.REGISTER)
def care_notes(
    request: HttpRequest, centres: QuerySet[Centre], day_id: int, child_id: int
) -> HttpResponse:
    """What whoever holds the register must know of a child who is expected that day."""
    day = get_object_or_404(days_of_register(centres), pk=day_id)
    rows = [row for each in register_of_day(day).groups for row in each.rows]
    child = next((row.child for row in rows if row.child.pk == child_id), None)
    if child is None:
        raise Http404
    return _opened(request, child, why=f"consignes, pointage du {day.on:%d/%m/%Y}", day=day)


def _opened(
    request: HttpRequest, child: Child, *, why: str, whole: bool = False, day: Any = None
) -> HttpResponse:
    read, refusal = None, ""
    if request.method == "POST":
        try:
            read = read_health(actor=signed_in(request), child=child, why=why)
        except RefusedError as refused:
            refusal = str(refused)
    context = {
        "child": child,
        "whole": whole,
        "day": day,
        "asked": request.method == "POST",
        "refusal": refusal,
        "sheet": read[0] if read else None,
        "health": read[1] if read else None,
    }
    return render(request, "office/files/health.html", context)
