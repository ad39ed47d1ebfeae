"""The page of one period: its settings, and its deadlines with the moments they give."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from preau.activities.enums import Audience, BookingMode, LatePolicy, Priority, StaffRule
from preau.activities.models import Period
from preau.activities.queries.deadlines import (
    Moments,
    coming_days,
    deadlines_by,
    deadlines_of,
    moments_of,
)
from preau.activities.queries.periods import periods_of_centres
from preau.booking.actions.periods import (
    PeriodSettings,
    deadlines_fingerprint,
    edit_deadlines,
    edit_period,
    settings_fingerprint,
)
from preau.booking.errors import ConfirmationNeededError
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.org.models import Centre
from preau.web.office.access import office_page
from preau.web.office.planning.deadline_form import RuleForm
from preau.web.office.planning.forms import MomentInput, WindowForm
from preau.web.signed_in import signed_in

_PRIORITIES = [f"priority_{place}" for place in range(1, len(Priority) + 1)]
_EARLY = {audience: f"early_{audience.value}" for audience in Audience}


class SettingsForm(WindowForm):
    """Everything of a period but its deadlines, days and outings."""

    published = forms.BooleanField(label="Publiée\u00a0: visible des familles", required=False)
    mode = forms.ChoiceField(label="Qui décide", choices=BookingMode)
    late_policy = forms.ChoiceField(
        label="Une demande après la date limite est", choices=LatePolicy
    )
    offers_places = forms.BooleanField(
        label="Proposer d’elle-même les places libérées, dans l’ordre", required=False
    )
    confirm_hours = forms.IntegerField(
        label="Heures laissées pour confirmer une place proposée", min_value=1, max_value=999
    )
    allows_withdrawal = forms.BooleanField(
        label="Les familles annulent elles-mêmes, jusqu’à la date limite", required=False
    )
    shows_places = forms.BooleanField(label="Montrer les places restantes", required=False)
    whole_weeks_only = forms.BooleanField(label="Semaines entières seulement", required=False)
    min_days_a_week = forms.IntegerField(
        label="Jours au moins par semaine", min_value=0, max_value=7
    )
    min_days_short_week = forms.IntegerField(
        label="Jours au moins une semaine avec un jour fermé",
        min_value=0,
        max_value=7,
        required=False,
        help_text="Vide\u00a0: comme les autres semaines.",
    )
    staff_rule = forms.ChoiceField(label="Taux d’encadrement", choices=StaffRule)
    regular_days = forms.IntegerField(
        label="Jours de présence dans l’année qui font une venue régulière",
        min_value=1,
        max_value=366,
    )
    early_residents = forms.DateTimeField(
        label="Habitants des communes du centre", required=False, widget=MomentInput
    )
    early_siblings = forms.DateTimeField(
        label="Familles dont un enfant vient déjà", required=False, widget=MomentInput
    )
    early_whole_weeks = forms.DateTimeField(
        label="Semaines entières", required=False, widget=MomentInput
    )

    checks = ("offers_places", "allows_withdrawal", "shows_places", "whole_weeks_only")
    numbers = (
        "mode",
        "late_policy",
        "confirm_hours",
        "min_days_a_week",
        "min_days_short_week",
        "staff_rule",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, name in enumerate(_PRIORITIES, 1):
            self.fields[name] = forms.ChoiceField(
                label=f"Priorité {place}",
                choices=[("", "aucune"), *Priority.choices],
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """A priority is given once."""
        data = super().clean()
        given = [data[name] for name in _PRIORITIES if data.get(name)]
        for name in _PRIORITIES:
            if data.get(name) and given.count(data[name]) > 1:
                self.add_error(name, "Cette priorité est donnée deux fois.")
        return data

    def settings(self) -> PeriodSettings:
        """What the form asks for, once valid."""
        data = self.cleaned_data
        early = {a.value: data[name] for a, name in _EARLY.items() if data[name]}
        apart = {*_EARLY.values(), *_PRIORITIES}
        plain = {key: value for key, value in data.items() if key not in apart}
        chosen = {
            "priorities": [Priority(data[name]) for name in _PRIORITIES if data[name]],
            "mode": BookingMode(data["mode"]),
            "late_policy": LatePolicy(data["late_policy"]),
            "staff_rule": StaffRule(data["staff_rule"]),
        }
        return PeriodSettings(**(plain | chosen), early=early)

    def fields_named(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        """Some fields, in order."""
        return [self[name] for name in names]

    def check_fields(self) -> list[forms.BoundField]:
        """The boxes."""
        return self.fields_named(self.checks)

    def option_fields(self) -> list[forms.BoundField]:
        """The choices and numbers."""
        return self.fields_named(self.numbers)

    def priority_fields(self) -> list[forms.BoundField]:
        """What comes before the order of arrival, weighing most first."""
        return [self[name] for name in (*_PRIORITIES, "regular_days")]

    def early_fields(self) -> list[forms.BoundField]:
        """The instants at which some families may ask before the others."""
        return self.fields_named(tuple(_EARLY.values()))


def _initial(period: Period) -> dict[str, Any]:
    values = {name: getattr(period, name, None) for name in SettingsForm.base_fields}
    early = {each.audience: each.opens_at for each in period.early_openings.all()}
    first = dict(zip(_PRIORITIES, period.priorities, strict=False))
    return values | first | {name: early.get(audience.value) for audience, name in _EARLY.items()}


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def settings(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """The window, options and early openings of one period."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    data = request.POST if request.method == "POST" else None
    form = SettingsForm(data, initial=_initial(period))
    confirm = ""
    seen = request.POST.get("seen", settings_fingerprint(period))
    if data is not None and form.is_valid():
        try:
            changed = edit_period(
                period=period,
                seen=seen,
                settings=form.settings(),
                confirmed=request.POST.get("confirmed", ""),
                actor=signed_in(request),
            )
        except ConfirmationNeededError as question:
            confirm = str(question)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = (
                f"Enregistré\u00a0: {wording.listing(changed)}." if changed else "Rien à changer."
            )
            messages.success(request, said)
            return redirect("office:period", period.pk)
    context = {"period": period, "form": form, "confirm": confirm, "seen": seen, "now": clock.now()}
    wrong = bool(form.errors) or bool(confirm)
    return render(request, "office/planning/settings.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def deadlines(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Three rules chosen by form, and the moments they give before anything is saved (S19)."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    rules = RuleForms(request.POST if request.method == "POST" else None, period)
    saving = request.POST.get("do") == "save"
    seen = request.POST.get("seen", deadlines_fingerprint(period))
    refusal = confirm = ""
    if saving and rules.readable:
        try:
            edit_deadlines(
                period=period,
                seen=seen,
                **rules.stored(),
                confirmed=request.POST.get("confirmed", ""),
                actor=signed_in(request),
            )
        except ConfirmationNeededError as question:
            confirm = str(question)
        except RefusedError as error:
            refusal = str(error)
        else:
            messages.success(request, "Les dates limites sont enregistrées.")
            return redirect("office:period_deadlines", period.pk)
    context = {
        "period": period,
        "blocks": rules.blocks,
        "moments": rules.moments(coming_days(period, clock.today())),
        "readable": rules.readable,
        "confirm": confirm,
        "refusal": refusal,
        "saving": saving,
        "seen": seen,
    }
    wrong = bool(refusal or confirm) or (saving and not rules.readable)
    return render(request, "office/planning/deadlines.html", context, status=422 if wrong else 200)


class RuleForms:
    """The three rules of a period: to ask, to change, to cancel."""

    def __init__(self, data: Any, period: Period) -> None:
        self.period = period
        self.booking = RuleForm(data, prefix="booking", rule=period.booking_deadline)
        self.changing = RuleForm(
            data,
            prefix="changing",
            rule=period.change_deadline,
            without="comme pour demander un jour",
        )
        self.cancelling = RuleForm(data, prefix="cancelling", rule=period.cancel_deadline)
        self.readable = data is None or all(form.is_valid() for _, form in self.blocks)

    @property
    def blocks(self) -> list[tuple[str, RuleForm]]:
        """Each form under its title."""
        return [
            ("Demander un jour", self.booking),
            ("Changer un jour déjà demandé", self.changing),
            ("Annuler un jour", self.cancelling),
        ]

    def stored(self) -> dict[str, Any]:
        """What to keep, once readable."""
        return {form.prefix or "": form.stored for _, form in self.blocks}

    def moments(self, days: list[date]) -> list[Moments]:
        """The moments that the rules now in the page give; none while one cannot be read."""
        if not self.readable:
            return []
        if not self.booking.is_bound:
            return moments_of(days, deadlines_of(self.period))
        rules = {form.prefix or "": form.cleaned_data["rule"] for _, form in self.blocks}
        return moments_of(days, deadlines_by(self.period, **rules))
