"""Outings of one period: add, change, delete while nobody asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.activities.actions.plan import OutingPlan
from preau.activities.deadlines import DeadlineRuleError, in_words, parse_rule
from preau.activities.enums import Slot
from preau.activities.models import Outing, Period, SessionDay
from preau.activities.queries.deadlines import deadlines_of
from preau.activities.queries.periods import outings_of_period, periods_of_centres
from preau.booking.actions.outings import (
    add_outing,
    delete_outing,
    edit_outing,
    outing_fingerprint,
)
from preau.core import wording
from preau.core.errors import RefusedError
from preau.core.models import User
from preau.org.models import AgeGroup, Centre
from preau.web.office.access import office_page
from preau.web.office.exports import exported, wanted_format
from preau.web.office.planning.deadline_form import NONE, RuleForm
from preau.web.office.planning.forms import MOST_PLACES
from preau.web.signed_in import signed_in


class _Time(forms.TimeInput):
    def __init__(self) -> None:
        super().__init__(attrs={"type": "time"}, format="%H:%M")


class _Days(forms.ModelChoiceField[SessionDay]):
    def label_from_instance(self, obj: Any) -> str:
        """The date in words."""
        return wording.day(obj.on, year=True)


class OutingForm(forms.Form):
    """An outing with its places by group; a group without a number does not go."""

    day = _Days(label="Jour", queryset=SessionDay.objects.none())
    title = forms.CharField(label="Titre", max_length=120)
    description = forms.CharField(
        label="Texte pour les familles", required=False, max_length=4000, widget=forms.Textarea
    )
    leaves_at = forms.TimeField(label="Départ", widget=_Time)
    returns_at = forms.TimeField(label="Retour", widget=_Time)
    price = forms.DecimalField(
        label="Prix par enfant, en euros",
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
    )
    min_days_in_week = forms.IntegerField(
        label="Jours requis dans la semaine",
        min_value=0,
        max_value=7,
        help_text="0\u00a0: aucune condition. Sans eux, l’enfant est en liste d’attente.",
    )
    slots = forms.MultipleChoiceField(
        label="Tranches prises", choices=Slot, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, period: Period, outing: Outing | None) -> None:
        super().__init__(data, initial=_initial(outing))
        self.period, self.stored_rule = period, outing.booking_deadline if outing else None
        self.days = SessionDay.objects.filter(period=period, closed_because="").order_by("on")
        self.fields["day"].queryset = self.days  # type: ignore[attr-defined]  # a ModelChoiceField
        self.groups = list(AgeGroup.objects.filter(centre=period.centre_id))
        for group in self.groups:
            self.fields[f"places_{group.pk}"] = forms.IntegerField(
                label=f"Places, {group.name}",
                min_value=0,
                max_value=MOST_PLACES,
                required=False,
            )

        self.rule = RuleForm(
            data,
            prefix="limite",
            rule=self.stored_rule,
            without="comme le jour",
        )

    def clean(self) -> dict[str, Any]:
        """Refuse an outing that returns before it leaves, takes nobody, or whose rule is wrong."""
        data = super().clean() or self.cleaned_data
        if not self.rule.is_valid():
            self.add_error(None, "La date limite de la sortie est à corriger.")
        leaves, returns = data.get("leaves_at"), data.get("returns_at")
        if leaves and returns and returns <= leaves:
            self.add_error("returns_at", "Le retour vient après le départ.")
        if not self.errors and not self.capacities():
            self.add_error(None, "Donnez des places à un groupe au moins.")
        return data

    def capacities(self) -> dict[AgeGroup, int]:
        """Places of each group that goes."""
        given = {group: self.cleaned_data.get(f"places_{group.pk}") for group in self.groups}
        return {group: number for group, number in given.items() if number is not None}

    def limit(self) -> str:
        """Until when the outing can be asked for, by the rule and the day now in the page."""
        chosen = self["day"].value()
        day = self.days.filter(pk=chosen).first() if str(chosen).isdecimal() else None
        if self.rule.chosen == NONE or day is None:
            return ""
        if self.rule.is_bound and not self.rule.is_valid():
            return ""
        stored = self.rule.stored if self.rule.is_bound else self.stored_rule
        try:
            rules = deadlines_of(self.period)
            return in_words(rules.by(parse_rule(stored), day.on))
        except DeadlineRuleError as error:
            return str(error)

    def plan(self) -> OutingPlan:
        """What the outing is, once valid."""
        data = self.cleaned_data
        kept = {name: data[name] for name in OutingPlan.__dataclass_fields__ if name in data}
        slots = tuple(Slot(slot) for slot in data["slots"])
        return OutingPlan(**(kept | {"slots": slots, "booking_deadline": self.rule.stored}))


def _initial(outing: Outing | None) -> dict[str, Any]:
    if outing is None:
        return {"slots": Slot.values, "min_days_in_week": 0}
    values = {name: getattr(outing, name) for name in OutingPlan.__dataclass_fields__}
    places = {f"places_{row.age_group_id}": row.capacity for row in outing.places.all()}
    return values | places | {"day": outing.session_day_id}


@require_safe
@office_page
def outings(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """The outings of one period, by day."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    found = outings_of_period(period)
    if wanted_format(request):
        name = f"Sorties, {period}"
        return exported(request, name, _HEADER, map(_row, found))
    context = {"period": period, "outings": found}
    return render(request, "office/planning/outings.html", context)


_HEADER = ("Jour", "Sortie", "Départ", "Retour", "Prix", "Jours requis", "Places")


def _row(outing: Outing) -> tuple[Any, ...]:
    places = ", ".join(f"{row.age_group.name} {row.capacity}" for row in outing.places.all())
    return (
        outing.session_day.on,
        outing.title,
        f"{outing.leaves_at:%H:%M}",
        f"{outing.returns_at:%H:%M}",
        outing.price,
        outing.min_days_in_week,
        places,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def new(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Add an outing."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    return _form_page(request, period, None)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def edit(request: HttpRequest, centres: QuerySet[Centre], outing_id: int) -> HttpResponse:
    """Change an outing."""
    outing = _outing(centres, outing_id)
    return _form_page(request, outing.session_day.period, outing)


def _outing(centres: QuerySet[Centre], outing_id: int) -> Outing:
    own = Outing.objects.filter(session_day__centre__in=centres.values("pk"))
    return get_object_or_404(own.select_related("session_day__period__centre"), pk=outing_id)


def _form_page(request: HttpRequest, period: Period, outing: Outing | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = OutingForm(data, period=period, outing=outing)
    seen = request.POST.get("seen", outing_fingerprint(outing) if outing else "")
    looking = request.POST.get("do") == "limite"
    if data is not None and not looking and form.is_valid():
        try:
            _save(form, outing, seen, signed_in(request))
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Sortie enregistrée\u00a0: {form.cleaned_data['title']}.")
            return redirect("office:period_outings", period.pk)
    wrong = bool(not looking and form.errors)
    context = {"period": period, "outing": outing, "form": form, "seen": seen, "wrong": wrong}
    status = 422 if wrong else 200
    return render(request, "office/planning/outing.html", context, status=status)


def _save(form: OutingForm, outing: Outing | None, seen: str, actor: User) -> None:
    day, plan, capacities = form.cleaned_data["day"], form.plan(), form.capacities()
    if outing is None:
        add_outing(day=day, plan=plan, capacities=capacities, actor=actor)
    else:
        edit_outing(
            outing=outing, seen=seen, day=day, plan=plan, capacities=capacities, actor=actor
        )


@require_POST
@office_page
def remove(request: HttpRequest, centres: QuerySet[Centre], outing_id: int) -> HttpResponse:
    """Delete an outing that nobody asked for."""
    outing = _outing(centres, outing_id)
    try:
        delete_outing(outing=outing, actor=signed_in(request))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Sortie supprimée\u00a0: {outing.title}.")
    return redirect("office:period_outings", outing.session_day.period_id)
