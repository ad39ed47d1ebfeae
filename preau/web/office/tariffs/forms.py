"""Reading what the tariff pages send: a document from its table and its parts."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from preau.org.models import Centre
from preau.pricing.tariff import TariffError, read_text
from preau.pricing.tariff.editing import (
    PARTS,
    Table,
    grid_of,
    key_of,
    parse_table,
    part_text,
    table_of,
)

DAYS: Final = [("wednesdays", "mercredis"), ("holidays", "vacances"), ("school_days", "école")]
DECIMALS: Final = [
    ("drop", "ignorées : 550,80 se lit 550"),
    ("round", "arrondies : 550,80 se lit 551"),
    ("keep", "gardées"),
]
PART_TITLES: Final = {
    "services": "Prestations",
    "slots": "Ce que font matin, midi et après-midi",
    "adjustments": "Réductions, majorations et aides, dans l’ordre",
    "zones": "Communes",
    "facts": "Faits propres à ce tarif",
    "rounding": "Arrondis",
}
_MOST_ROWS, _MOST_COLUMNS = 120, 30


class HeadForm(forms.Form):
    """The first lines of a tariff, and the centres that it prices."""

    name = forms.CharField(label="Nom du tarif", max_length=160)
    valid_from = forms.DateField(
        label="Premier jour d’accueil à ce prix",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    days = forms.MultipleChoiceField(
        label="Jours", choices=DAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    decimals = forms.ChoiceField(label="Décimales du quotient", choices=DECIMALS, required=False)
    centres = forms.ModelMultipleChoiceField(
        label="Centres", queryset=Centre.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, centres: QuerySet[Centre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["centres"].queryset = centres  # type: ignore[attr-defined]


class NewTariffForm(HeadForm):
    """A new tariff: its first lines, and its grid pasted as published."""

    table = forms.CharField(
        label="La grille, collée depuis un tableur ou une page",
        max_length=50_000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = forms.FileField(label="Ou un fichier de tarif", required=False)

    def clean_file(self) -> str:
        """The text of the file, "" without one."""
        sent = self.cleaned_data.get("file")
        if not sent:
            return ""
        if sent.size > 500_000:
            raise forms.ValidationError("Ce fichier est trop long pour un tarif.")
        try:
            return str(sent.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError("Ce fichier n’est pas un texte.") from error


def document_of_post(post: QueryDict, base: dict[str, Any]) -> dict[str, Any]:
    """The document that a posted page describes. TariffError naming the place.

    What the page does not show (outing, deposit, sources...) is kept from `base`.
    """
    document = {key: value for key, value in base.items() if key not in (*PARTS, "grids")}
    grids = {name: _grid(post, name) for name in base.get("grids", {})}
    if grids:
        document["grids"] = grids
    for part in PARTS:
        text = post.get(f"part.{part}", "")
        if text.strip():
            try:
                document[part] = read_text(text)
            except TariffError as error:
                raise TariffError(error.sentence, (part,), error.line) from error
    return document


def _grid(post: QueryDict, name: str) -> dict[str, Any]:
    pasted = post.get(f"paste.{name}", "")
    table = parse_table(pasted) if pasted.strip() else posted_table(post, name)
    try:
        return grid_of(table)
    except TariffError as error:
        raise TariffError(error.sentence, ("grids", name, *error.place), error.line) from error


def posted_table(post: QueryDict, name: str) -> Table:
    """The table as it was typed, right or wrong."""
    columns = [key_of(text) for text in post.getlist(f"column.{name}")[:_MOST_COLUMNS]]
    cells = post.getlist(f"cell.{name}")[: _MOST_ROWS * (_MOST_COLUMNS + 2)]
    width = len(columns) + 2
    rows = [tuple(cells[at : at + width]) for at in range(0, len(cells) - width + 1, width)]
    return Table(columns=tuple(columns), rows=tuple(rows))


def parts_of(document: dict[str, Any], post: QueryDict | None = None) -> list[dict[str, str]]:
    """The parts as the page shows them; what was typed comes back as it was."""
    return [
        {
            "key": part,
            "title": PART_TITLES[part],
            "text": post.get(f"part.{part}", "") if post else part_text(document, part),
        }
        for part in PARTS
    ]


def tables_of(document: dict[str, Any], post: QueryDict | None = None) -> list[dict[str, Any]]:
    """The grids as the page shows them, with three empty rows to fill in."""
    shown = []
    for name, grid in document.get("grids", {}).items():
        table = posted_table(post, name) if post else table_of(grid)
        empty = ("",) * (len(table.columns) + 2)
        rows = [*(row for row in table.rows if any(row)), empty, empty, empty]
        shown.append({"name": name, "columns": table.columns, "rows": rows})
    return shown
