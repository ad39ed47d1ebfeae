"""A deadline rule chosen by kind: only the fields of its kind are shown (`docs/regles.md`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from django import forms

from preau.activities.deadlines import (
    Anchor,
    DeadlineRuleError,
    Kind,
    Rule,
    Shift,
    Week,
    load_rule,
    parse_rule,
)
from preau.activities.deadlines.rules import EVENING, FIELD_OF, KEYS_OF, WEEKDAYS
from preau.core import wording
from preau.web.office.planning.forms import DayInput

JSON = "json"
NONE = "none"
KINDS = [
    (Kind.WEEKDAY_BEFORE.value, "un jour de la semaine, avant"),
    (Kind.WEEKDAY_OF_PREVIOUS_WEEK.value, "un jour de la semaine d’avant"),
    (Kind.CALENDAR_DAYS.value, "des jours calendaires avant"),
    (Kind.CLEAR_DAYS.value, "des jours francs avant"),
    (Kind.WORKING_DAYS.value, "des jours ouvrés avant"),
    (Kind.HOURS.value, "des heures avant"),
    (Kind.DAYS_BEFORE_AT.value, "des jours avant, à une heure"),
    (Kind.WEEKS_BEFORE.value, "des semaines avant"),
    (Kind.MONTHS_BEFORE.value, "des mois avant"),
    (Kind.DAY_OF_PREVIOUS_MONTH.value, "un jour du mois d’avant"),
    (Kind.FIXED.value, "une date fixe"),
    (JSON, "un tableau ou des exceptions (texte JSON)"),
]
_ANCHORS = [
    (Anchor.ACTIVITY_DAY.value, "le jour d’accueil"),
    (Anchor.WEEK.value, "le lundi de sa semaine"),
    (Anchor.PERIOD_START.value, "le début de la période"),
    (Anchor.MONTH.value, "le premier de son mois"),
    (Anchor.FIRST_BOOKED_DAY.value, "le premier jour réservé"),
]
_INCLUSIVE = [("", "lecture usuelle"), ("true", "oui, encore à temps"), ("false", "non")]
_SHIFTS = [
    (Shift.KEEP.value, "la garder"),
    (Shift.PREVIOUS.value, "le jour ouvert d’avant"),
    (Shift.NEXT.value, "le jour ouvert d’après"),
]
_WEEKS = [(Week.NEAREST.value, "le plus proche"), (Week.PREVIOUS.value, "de la semaine d’avant")]
_DAYS = [(name, wording.weekday_name(number)) for number, name in enumerate(WEEKDAYS)]
_LINES = {"exceptions"}


class RuleForm(forms.Form):
    """One rule. Fields that the chosen kind does not use are not there.

    `without` is what having no rule means, for a rule that may be absent; `rule` is then None.
    """

    kind = forms.ChoiceField(label="Compter en", choices=KINDS, required=False)
    n = forms.IntegerField(label="Combien", min_value=0)
    weekday = forms.ChoiceField(label="Jour", choices=_DAYS)
    week = forms.ChoiceField(label="Lequel", choices=_WEEKS)
    weeks = forms.IntegerField(label="Combien de semaines avant", min_value=1)
    day = forms.IntegerField(label="Jour du mois", min_value=1, max_value=31)
    months = forms.IntegerField(label="Combien de mois avant", min_value=1)
    date = forms.DateField(label="Date", widget=DayInput)
    anchor = forms.ChoiceField(label="Compter depuis", choices=_ANCHORS)
    time = forms.TimeField(
        label="Heure limite",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Vide\u00a0: jusqu’à la fin de ce jour.",
    )
    start = forms.TimeField(
        label="Début de l’accueil",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Vide\u00a0: minuit, la lecture la plus stricte.",
    )
    inclusive = forms.ChoiceField(
        label="La limite elle-même est-elle à temps",
        choices=_INCLUSIVE,
        required=False,
        help_text="Usuellement, un jour l’est, une heure ne l’est pas.",
    )
    shift = forms.ChoiceField(label="Si elle tombe un jour fermé", choices=_SHIFTS)
    closed_days = forms.MultipleChoiceField(
        label="Jours fermés",
        choices=_DAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    public_holidays = forms.BooleanField(label="Les jours fériés sont fermés", required=False)
    text = forms.CharField(
        label="Règle en JSON",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="La page «\u00a0Écrire une règle de délai\u00a0» décrit ce texte, avec un "
        "exemple pour chaque règlement.",
    )

    def __init__(
        self, data: Any, *, prefix: str, rule: Mapping[str, object] | None, without: str = ""
    ) -> None:
        initial = initial_of(parse_rule(dict(rule))) if rule else {"kind": NONE}
        super().__init__(data, prefix=prefix, initial=initial)
        kind = cast(forms.ChoiceField, self.fields["kind"])
        kind.choices = [*([(NONE, without)] if without else []), *KINDS]
        chosen = self["kind"].value()
        known = chosen in dict(kind.choices)
        self.chosen: str = str(chosen if known else self.initial["kind"])
        wanted = _fields_of(self.chosen)
        for name in list(self.fields):
            if name != "kind" and name not in wanted:
                del self.fields[name]
        self._fill_unsent(data)

    def _fill_unsent(self, data: Any) -> None:
        """A kind just chosen has fields that the page did not show: they start from usual ones."""
        if data is None or f"{self.prefix}-shown" not in data:
            return
        if data[f"{self.prefix}-shown"] == self.chosen:
            return
        filled = data.copy()
        for name in self.fields:
            key = self.add_prefix(name)
            if key not in filled and name in _USUAL:
                filled[key] = _USUAL[name]
        if self.chosen == Kind.WORKING_DAYS:
            filled.setlist(self.add_prefix("closed_days"), ["saturday", "sunday"])
        self.data = filled

    def clean(self) -> dict[str, Any]:
        """The rule itself, in `rule`; a fault of it is said in its own words."""
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                data["rule"] = None if self.chosen == NONE else self._rule(data)
            except DeadlineRuleError as error:
                self.add_error("text" if self.chosen == JSON else None, str(error))
        return data

    def main_fields(self) -> list[forms.BoundField]:
        """What nearly every rule says."""
        return [field for field in self if field.name not in _FINE]

    def fine_fields(self) -> list[forms.BoundField]:
        """What few rules say, folded away while they say nothing."""
        return [field for field in self if field.name in _FINE]

    @property
    def says_more(self) -> bool:
        """Whether one of the folded fields says something, or is wrong."""
        fine = self.fine_fields()
        return any(f.errors or f.value() not in (*_NOTHING, False, None) for f in fine)

    @property
    def stored(self) -> dict[str, object] | None:
        """What to keep, once valid."""
        rule = self.cleaned_data["rule"]
        return rule.as_json() if rule else None

    def _rule(self, data: Mapping[str, Any]) -> Rule:
        if self.chosen == JSON:
            return load_rule(data["text"])
        said: dict[str, Any] = {}
        for name in KEYS_OF[Kind(self.chosen)].all():
            if name in self.fields:
                said |= _said(name, data.get(name))
        if said.get("shift", Shift.KEEP) == Shift.KEEP and self.chosen != Kind.WORKING_DAYS:
            said.pop("closed_days", None)
            said.pop("public_holidays", None)
        return parse_rule({"kind": self.chosen, **said})


def _fields_of(kind: str) -> set[str]:
    """The fields of a kind, besides the kind."""
    if kind == NONE:
        return set()
    return {"text"} if kind == JSON else set(KEYS_OF[Kind(kind)].all()) - _LINES


_FINE = {"start", "inclusive", "shift", "closed_days", "public_holidays"}
_NOTHING: tuple[object, ...] = ("", Shift.KEEP.value, [])
_USUAL: Mapping[str, str] = {
    "n": "1",
    "weekday": "monday",
    "week": Week.NEAREST.value,
    "weeks": "1",
    "day": "15",
    "months": "1",
    "anchor": Anchor.ACTIVITY_DAY.value,
    "shift": Shift.KEEP.value,
}


def _said(name: str, value: Any) -> dict[str, Any]:
    """One key of the rule's JSON, or none where the field keeps silent."""
    if name == "inclusive":
        return {name: value == "true"} if value else {}
    if name == "time":
        return {name: f"{value:%H:%M}" if value else EVENING}
    if name == "start":
        return {name: f"{value:%H:%M}"} if value else {}
    if name == "date":
        return {name: value.isoformat()}
    return {name: value}


def initial_of(rule: Rule) -> dict[str, object]:
    """The fields that show this rule; one with a table or exceptions is shown as JSON."""
    stored = rule.as_json()
    if rule.cells:
        return {"kind": JSON, "text": json.dumps(stored, ensure_ascii=False, indent=1)}
    values: dict[str, object] = {"kind": rule.kind.value}
    for key in KEYS_OF[rule.kind].all():
        if key not in FIELD_OF:
            values[key] = stored.get(key, _silent(rule, key))
    if values.get("time") == EVENING:
        values["time"] = ""
    if isinstance(values.get("inclusive"), bool):
        values["inclusive"] = "true" if values["inclusive"] else "false"
    return values


def _silent(rule: Rule, key: str) -> object:
    """What a key means that the stored rule does not say."""
    if key == "closed_days":
        return [WEEKDAYS[number] for number in sorted(rule.closed_days)]
    if key in {"time", "start", "inclusive"}:
        return ""
    value = getattr(rule, key)
    return str(value) if key in {"week", "shift", "anchor"} else value
