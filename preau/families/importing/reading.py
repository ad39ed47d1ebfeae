"""From lines of text to facts, every fault named with its line, its column and its reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from preau.families.importing.tables import Line, plain
from preau.org.enums import CentreKind, SchoolLevel

_EMAIL = re.compile(r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}$")
_DAY = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_KINDS = {
    "vacances": CentreKind.HOLIDAY,
    "mercredis_et_vacances": CentreKind.HOLIDAY,
    "extrascolaire": CentreKind.HOLIDAY,
    "jeunes": CentreKind.YOUTH,
    "periscolaire": CentreKind.SCHOOL_DAY,
    "alae": CentreKind.SCHOOL_DAY,
}
_LEVELS = {plain(label): value for value, label in SchoolLevel.choices} | {
    value: value for value in SchoolLevel.values
}
_SCHEMES = {"caf": "caf", "msa": "msa", "autre": "other", "": "other"}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that cannot be imported. `column` is empty for the whole line."""

    file: str
    line: int
    column: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A line that can be imported: what its cells mean, by name of column."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a file: how its cells are read, and whether they may be empty."""

    read: Callable[[str], Any]
    required: bool = False
    about: str = ""


def words(most: int) -> Callable[[str], str]:
    """A text of so many letters at most."""

    def read(text: str) -> str:
        if len(text) > most:
            raise ValueError(f"plus de {most} caractères")
        return text

    return read


def day(text: str) -> date:
    """12/01/2027 or 2027-01-12."""
    found = _DAY.match(text)
    try:
        if found:
            number, month, year = map(int, found.groups())
            return date(year, month, number)
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("date illisible, écrivez JJ/MM/AAAA") from None


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number between two others, both included."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and low <= int(text[:12]) <= high):
            raise ValueError(f"nombre de {low} à {high} attendu")
        return int(text)

    return read


def amount(text: str) -> Decimal:
    """842 or 842,50, in euros."""
    try:
        value = Decimal(text.replace(",", ".").replace(" ", "").replace("\u202f", ""))
    except InvalidOperation:
        raise ValueError("montant illisible") from None
    if not value.is_finite() or not 0 <= value < 100_000 or value != round(value, 2):
        raise ValueError("montant de 0 à 99 999,99, au centime")
    return value


def email(text: str) -> str:
    """An address."""
    if not _EMAIL.match(text) or len(text) > 254:
        raise ValueError("adresse électronique illisible")
    return text


def among(choices: Mapping[str, Any]) -> Callable[[str], Any]:
    """One of these words, whatever its capitals and accents."""

    def read(text: str) -> Any:
        if plain(text) not in choices:
            raise ValueError(f"valeur inconnue, attendu\u00a0: {', '.join(filter(None, choices))}")
        return choices[plain(text)]

    return read


def several(text: str) -> list[str]:
    """Names separated by a bar."""
    return [part.strip() for part in text.split("|") if part.strip()]


CENTRES = {
    "nom": Column(read=words(120), required=True, about="nom du centre"),
    "type": Column(read=among(_KINDS), required=True, about="vacances, jeunes ou périscolaire"),
    "adresse": Column(read=words(240), required=True, about="adresse postale"),
    "direction": Column(read=words(160), required=True, about="qui dirige"),
    "courriel": Column(read=email, required=True, about="adresse que les familles lisent"),
    "telephone": Column(read=words(30), required=True, about="téléphone que les familles lisent"),
    "communes": Column(read=several, about="communes prioritaires, séparées par |"),
}
GROUPS = {
    "centre": Column(read=words(120), required=True, about="nom du centre"),
    "nom": Column(read=words(60), required=True, about="nom du groupe"),
    "age_min": Column(read=whole(0, 25), required=True, about="âge du plus jeune"),
    "age_max": Column(read=whole(0, 25), required=True, about="âge du plus grand"),
}
_ADULT = {
    "prenom": Column(read=words(80), about="prénom de l’adulte"),
    "nom": Column(read=words(80), about="nom de l’adulte"),
    "courriel": Column(read=email, about="son adresse électronique"),
    "telephone": Column(read=words(30), about="son téléphone"),
}
FAMILIES = {
    "famille_numero": Column(
        read=whole(1, 2_000_000_000), required=True, about="numéro, le même à chaque import"
    ),
    "famille_nom": Column(read=words(120), required=True, about="nom de la famille"),
    "commune": Column(read=words(120), about="où elle habite"),
    **{f"adulte1_{name}": each for name, each in _ADULT.items()},
    **{f"adulte2_{name}": each for name, each in _ADULT.items()},
    "enfant_prenom": Column(read=words(80), required=True, about="prénom de l’enfant"),
    "enfant_nom": Column(read=words(80), required=True, about="nom de l’enfant"),
    "naissance": Column(read=day, required=True, about="JJ/MM/AAAA"),
    "classe": Column(read=among({**_LEVELS, "": ""}), about="ps, ms, gs, cp … cm2, secondary"),
    "centre": Column(read=words(120), required=True, about="nom du centre"),
    "inscrit_du": Column(read=day, required=True, about="premier jour au centre"),
    "inscrit_au": Column(read=day, about="dernier jour, vide\u00a0: sans fin"),
    "quotient": Column(read=amount, about="quotient familial"),
    "regime": Column(read=among(_SCHEMES), about="CAF, MSA ou autre"),
    "quotient_du": Column(read=day, about="premier jour du quotient"),
    "quotient_au": Column(read=day, about="dernier jour du quotient"),
}


@dataclass
class Read:
    """What a file gives: facts to import, and faults."""

    facts: list[Fact] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_lines(
    file: str, header: Iterable[str], lines: Iterable[Line], columns: Mapping[str, Column]
) -> Read:
    """Read every line by these columns. All the faults of a line are named, not the first one."""
    known, result = set(header), Read()
    missing = [name for name, each in columns.items() if each.required and name not in known]
    strange = sorted(known - set(columns))
    result.faults += [
        Fault(file=file, line=1, column=name, reason="colonne obligatoire absente")
        for name in missing
    ]
    result.faults += [
        Fault(file=file, line=1, column=name, reason="colonne inconnue") for name in strange
    ]
    if missing:
        return result
    for line in lines:
        values, faults = _cells(file, line, columns)
        result.faults += faults
        if not faults:
            result.facts.append(Fact(line=line.number, values=values))
    return result


def _cells(
    file: str, line: Line, columns: Mapping[str, Column]
) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    faults = []
    for name, column in columns.items():
        text = line.cells.get(name, "")
        try:
            if not text and column.required:
                raise ValueError("case vide")
            values[name] = column.read(text) if text else None
        except ValueError as error:
            faults.append(Fault(file=file, line=line.number, column=name, reason=str(error)))
    return values, faults
