"""Forms of periods and outings, with the browser's own fields for dates and hours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, cast

from django import forms

from preau.activities.enums import PeriodKind
from preau.activities.proposals import WORKDAYS, closings, days_of_period
from preau.core import wording
from preau.org.models import AgeGroup

MOST_PLACES = 999
CLOSING_HELP = "Le premier instant où c’est trop tard. À 00:00, la veille compte en entier."


class MomentInput(forms.DateTimeInput):
    """A day and an hour, as the browser offers them."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class DayInput(forms.DateInput):
    """A day, as the browser offers it."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class WindowForm(forms.Form):
    """A period's name and the window in which families may ask."""

    name = forms.CharField(label="Nom, que les familles liront", max_length=120)
    opens_at = forms.DateTimeField(label="Ouverture des demandes", widget=MomentInput)
    closes_at = forms.DateTimeField(
        label="Fermeture des demandes", widget=MomentInput, help_text=CLOSING_HELP
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a window that closes before it opens, beside its field."""
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "Les demandes doivent fermer après leur ouverture.")
        return data

    @property
    def window(self) -> tuple[Any, Any]:
        """Opening and first refused instant, once valid."""
        return self.cleaned_data["opens_at"], self.cleaned_data["closes_at"]


class CalendarForm(WindowForm):
    """A period to make from the school calendar.

    Public holidays of the chosen days come ticked as closed; `shown` is those the page listed, so
    that other dates list theirs before anything is made.
    """

    starts_on = forms.DateField(label="Premier jour", widget=DayInput)
    ends_on = forms.DateField(label="Dernier jour", widget=DayInput)
    weekdays = forms.TypedMultipleChoiceField(
        label="Jours de la semaine",
        coerce=int,
        choices=[(n, wording.weekday_name(n)) for n in range(7)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    closed = forms.MultipleChoiceField(required=False)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kind: PeriodKind, zone: str, groups: Collection[AgeGroup], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.zone, self.groups = kind, zone, list(groups)
        if kind == PeriodKind.WEDNESDAYS:
            del self.fields["weekdays"]
        for group in self.groups:
            self.fields[f"places_{group.pk}"] = forms.IntegerField(
                label=f"{group.name}, {group.min_age} à {group.max_age} ans",
                min_value=0,
                max_value=MOST_PLACES,
                required=False,
            )
        self.days = self._days()
        self.holidays = closings(set(self.days))
        closed = cast(forms.MultipleChoiceField, self.fields["closed"])
        closed.choices = [(day.isoformat(), name) for day, name in self.holidays.items()]

    def _days(self) -> list[date]:
        """The days of the dates now in the form, none when they cannot be read."""
        try:
            first, last = (
                self.fields[key].clean(self[key].value()) for key in ("starts_on", "ends_on")
            )
            chosen = {int(n) for n in self["weekdays"].value() or ()} if self._picks else WORKDAYS
        except (forms.ValidationError, ValueError):
            return []
        return days_of_period(self.kind, self.zone, first, last, chosen)

    @property
    def _picks(self) -> bool:
        return "weekdays" in self.fields

    @property
    def same_holidays(self) -> bool:
        """Whether the page had listed the public holidays of these very dates."""
        return str(self["shown"].value() or "") == self.listed

    @property
    def listed(self) -> str:
        """The public holidays of these dates, as the page sends them back."""
        return " ".join(day.isoformat() for day in self.holidays)

    def closing_rows(self) -> list[tuple[date, str, bool]]:
        """Each public holiday with its name and whether its box is ticked."""
        ticked = set(self["closed"].value() or ()) if self.same_holidays and self.is_bound else None
        return [
            (day, name, ticked is None or day.isoformat() in ticked)
            for day, name in self.holidays.items()
        ]

    def places_fields(self) -> list[forms.BoundField]:
        """The number of places of each group."""
        return [self[f"places_{group.pk}"] for group in self.groups]

    def clean(self) -> dict[str, Any]:
        """Refuse dates without a day, and groups without a single place."""
        data = super().clean()
        if "starts_on" in data and "ends_on" in data and not self.days:
            self.add_error("ends_on", "Aucun jour d’accueil entre ces deux dates.")
        if self.groups and not self.capacities():
            self.add_error(None, "Donnez des places à un groupe au moins.")
        return data

    def capacities(self) -> dict[AgeGroup, int]:
        """Places of each group that has some."""
        given = {group: self.cleaned_data.get(f"places_{group.pk}") for group in self.groups}
        return {group: number for group, number in given.items() if number is not None}

    def closures(self) -> Mapping[date, str]:
        """The days that will not open, with the reason."""
        ticked = set(self.cleaned_data["closed"])
        return {day: name for day, name in self.holidays.items() if day.isoformat() in ticked}


class CopyForm(WindowForm):
    """A period to make like another one, weeks later."""

    starts_on = forms.DateField(
        label="Première semaine de la copie",
        widget=DayInput,
        help_text="Un jour de cette semaine. Les jours gardent leur place dans la semaine.",
    )
    outings = forms.BooleanField(label="Copier aussi les sorties", required=False)
