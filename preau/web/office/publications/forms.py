"""Forms of a paper put on line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from preau.core import clock
from preau.org.models import Centre
from preau.publications.actions.publish import Notice
from preau.publications.models import Publication
from preau.web.office.planning.forms import DayInput

_TOO_HEAVY = "Ce fichier dépasse 10\u00a0Mo. Enregistrez un PDF plus léger."


class NoticeForm(forms.Form):
    """What is said of a paper."""

    title = forms.CharField(label="Titre, que les familles liront", max_length=120)
    about = forms.CharField(
        label="En quelques mots",
        max_length=300,
        required=False,
        help_text="Facultatif\u00a0: pour qui, à rendre avant quand.",
        widget=forms.TextInput,
    )
    centres = forms.ModelMultipleChoiceField(
        label="Pour les familles de",
        queryset=Centre.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un centre."},
    )
    from_on = forms.DateField(label="En ligne à partir du", widget=DayInput)
    until_on = forms.DateField(
        label="Jusqu’au (inclus)",
        widget=DayInput,
        required=False,
        help_text="Vide\u00a0: sans fin.",
    )

    def __init__(self, *args: Any, centres: QuerySet[Centre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["centres"].queryset = centres  # type: ignore[attr-defined]
        self.fields["from_on"].initial = clock.today()
        if len(own := list(centres)) == 1:
            self.fields["centres"].initial = own

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first, beside its field."""
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("from_on"), data.get("until_on")
        if starts and ends and ends < starts:
            self.add_error("until_on", "Le dernier jour en ligne vient après le premier.")
        return data

    @property
    def notice(self) -> Notice:
        """What was written, once valid."""
        data = self.cleaned_data
        words = {name: data[name] for name in ("title", "about", "from_on", "until_on")}
        return Notice(**words, centres=list(data["centres"]))


def as_notice(publication: Publication) -> dict[str, Any]:
    """What `NoticeForm` begins with."""
    fields = ("title", "about", "from_on", "until_on")
    words = {name: getattr(publication, name) for name in fields}
    return words | {"centres": list(publication.centres.all())}


class PaperForm(forms.Form):
    """The PDF of a paper."""

    paper = forms.FileField(
        label="Fichier PDF",
        help_text="10\u00a0Mo au plus. Il est vérifié, et débarrassé de ce qui pourrait agir.",
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
        max_length=255,
        allow_empty_file=True,
        error_messages={"required": "Choisissez un fichier PDF."},
    )

    @classmethod
    def posted(cls, request: HttpRequest) -> PaperForm:
        """The form as it was sent; a file over the limit was dropped while it came."""
        form = cls(request.POST, request.FILES)
        if getattr(request, "upload_too_heavy", False):
            form.fields["paper"].error_messages["required"] = _TOO_HEAVY
        return form
