"""Who works here: their roles, given and taken at once, and their sign-in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts.actions.access import send_access
from preau.accounts.actions.staff import close_access, move_staff, open_staff, reopen_access
from preau.accounts.queries.access import access_of_people
from preau.accounts.queries.staff import people_of_staff
from preau.core.errors import RefusedError
from preau.core.models import User
from preau.org.actions.roles import give_role, take_role
from preau.org.enums import RIGHTS, Right, Role
from preau.org.models import StaffRole
from preau.web.office.exports import exported, wanted_format
from preau.web.office.file_forms import EmailForm
from preau.web.office.organisation.access import keys_page, settings_page
from preau.web.office.organisation.forms import KnownForm, RoleForm, StaffForm
from preau.web.office.organisation.views import done
from preau.web.signed_in import signed_in

_page_with_a_form = require_http_methods(["GET", "HEAD", "POST"])
_A_PAGE = 50
_HEADER = ("Nom", "Identifiant", "Adresse", "Rôles", "Accès")
OPENS = {
    Right.BOOKING: "périodes et demandes",
    Right.FAMILIES: "familles",
    Right.REGISTER: "pointage",
    Right.PRICES: "tarifs",
    Right.MONEY: "facturation et règlements",
    Right.HEALTH: "fiches sanitaires",
    Right.ORGANISATION: "réglages, équipe et trace",
}


@require_safe
@settings_page
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody who works here, with their roles."""
    q = request.GET.get("q", "").strip()[:80]
    people = people_of_staff(q)
    if wanted_format(request):
        return exported(request, "Équipe", _HEADER, map(_row, people))
    page = Paginator(people, _A_PAGE).get_page(request.GET.get("page"))
    known = list(page.object_list)
    access = access_of_people(known)
    context = {
        "q": q,
        "page": page,
        "rows": [(each, access[each.pk]) for each in known],
        "query": f"q={q}" if q else "",
        "opens": [(role.label, _opens(role)) for role in Role],
    }
    return render(request, "office/organisation/staff.html", context)


def _opens(role: Role) -> str:
    return ", ".join(words for right, words in OPENS.items() if right in RIGHTS[role])


def _row(person: User) -> tuple[str, ...]:
    roles = "; ".join(str(each.told) for each in person.staff_roles.all())
    state = "ouvert" if person.is_active else "fermé"
    return (person.name, person.username, person.email, roles, state)


@_page_with_a_form
@keys_page
def new_staff(request: HttpRequest) -> HttpResponse:
    """Somebody new, or somebody who already signs in, given a first role."""
    known = request.method == "POST" and request.POST.get("do") == "join"
    form = StaffForm(None if known else request.POST or None)
    joining = KnownForm(request.POST if known else None, auto_id="known_%s")
    if request.method == "POST":
        made = _joined(request, joining) if known else _made(request, form)
        if made:
            return redirect("office:member", made.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "joining": joining, "known": known}
    return render(request, "office/organisation/staff_new.html", context, status=status)


def _made(request: HttpRequest, form: StaffForm) -> User | None:
    if not form.is_valid():
        return None
    data = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
    made = done(form, lambda: open_staff(actor=signed_in(request), **data))
    if made:
        said = f"L’accès de {made.name} est ouvert : un courriel part pour {made.email}."
        messages.success(request, said)
    return made


def _joined(request: HttpRequest, form: KnownForm) -> User | None:
    if not form.is_valid():
        return None
    wanted = form.cleaned_data["identifier"].strip()
    user = User.objects.filter(username__iexact=wanted).first()
    if user is None:
        form.add_error("identifier", "Aucun accès n’a cet identifiant.")
        return None
    return user if _given(request, form, user) else None


def _given(request: HttpRequest, form: RoleForm, user: User) -> bool:
    role, centre = Role(form.cleaned_data["role"]), form.cleaned_data["centre"]
    actor = signed_in(request)
    given = done(form, lambda: give_role(actor=actor, user=user, role=role, centre=centre))
    if given:
        messages.success(request, f"{user.name} a maintenant ce rôle : {given.told}.")
    return given is not None


@_page_with_a_form
@keys_page
def member(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person's roles and sign-in; posting gives a role."""
    found = get_object_or_404(people_of_staff(), pk=user_id)
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _given(request, form, found):
        return redirect("office:member", found.pk)
    return _member_page(request, found, form=form)


@require_POST
@keys_page
def take(request: HttpRequest, role_id: int) -> HttpResponse:
    """Take a role back."""
    found = get_object_or_404(StaffRole.objects.select_related("user", "centre"), pk=role_id)
    try:
        take_role(actor=signed_in(request), role=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found.user.name} n’a plus ce rôle : {found.told}.")
    if found.user_id == signed_in(request).pk:
        return redirect("home")
    return redirect("office:member", found.user_id)


@require_POST
@keys_page
def access(request: HttpRequest, user_id: int) -> HttpResponse:
    """Send, close or open again a sign-in; `do=email` moves it to another address."""
    found = get_object_or_404(people_of_staff(), pk=user_id)
    do = request.POST.get("do", "")
    if do == "email":
        return _move(request, found)
    acts = {"send": send_access, "close": close_access, "reopen": reopen_access}
    said = {
        "send": "Un nouveau mot de passe provisoire part par courriel.",
        "close": f"L’accès de {found.name} est fermé, ses sessions sont terminées.",
        "reopen": f"L’accès de {found.name} est rouvert.",
    }
    if do not in acts:
        messages.error(request, "Ce geste n’est pas connu. Rien n’est changé.")
        return redirect("office:member", found.pk)
    try:
        acts[do](actor=signed_in(request), user=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said[do])
    return redirect("office:member", found.pk)


def _move(request: HttpRequest, found: User) -> HttpResponse:
    form = EmailForm(request.POST)
    if form.is_valid():
        email = form.cleaned_data["email"]
        actor = signed_in(request)
        moved = done(form, lambda: move_staff(actor=actor, user=found, email=email))
        if moved:
            messages.success(request, f"L’accès de {found.name} passe à {email}.")
            return redirect("office:member", found.pk)
    return _member_page(request, found, email=form)


def _member_page(request: HttpRequest, found: User, **forms_: forms.Form) -> HttpResponse:
    context: dict[str, Any] = {
        "person": found,
        "access": access_of_people([found])[found.pk],
        "form": forms_.get("form") or RoleForm(),
        "email": forms_.get("email") or EmailForm(initial={"email": found.email}),
        "roles": [(each, _opens(Role(each.role))) for each in found.staff_roles.all()],
        "own": found.pk == signed_in(request).pk,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "office/organisation/member.html", context, status=status)
