"""A CSV or XLSX file as lines of named cells, whatever program wrote it."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MOST_LINES = 200_000
_ENDINGS = (".csv", ".xlsx")


class TableError(ValueError):
    """The file cannot be read. The message is one French sentence."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: its number as a spreadsheet shows it, and its cells by name of column."""

    number: int
    cells: dict[str, str]


def plain(name: str) -> str:
    """A name of column as it is compared: "Prénom de l’enfant" is "prenom_de_l_enfant"."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "_".join("".join(c if c.isalnum() else " " for c in bare).split())


def find_table(folder: Path, name: str) -> Path | None:
    """`name.csv` or `name.xlsx` of that folder."""
    found = [
        folder / f"{name}{ending}" for ending in _ENDINGS if (folder / f"{name}{ending}").is_file()
    ]
    if len(found) > 1:
        raise TableError(f"{name} est là deux fois, en CSV et en XLSX\u00a0: gardez-en un.")
    return found[0] if found else None


def read_table(path: Path) -> tuple[list[str], list[Line]]:
    """The columns of a file and its lines, empty ones left out. Raises `TableError`."""
    rows = _xlsx(path) if path.suffix == ".xlsx" else _csv(path)
    try:
        header = [plain(cell) for cell in next(rows)[1]]
    except StopIteration:
        raise TableError(f"{path.name} est vide.") from None
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise TableError(f"{path.name}\u00a0: la colonne {min(twice)} est là deux fois.")
    lines: list[Line] = []
    for number, cells in rows:
        if not any(cells):
            continue
        if len(lines) >= MOST_LINES:
            raise TableError(f"{path.name} a plus de {MOST_LINES} lignes\u00a0: coupez-le.")
        named = dict(zip(header, cells, strict=False))
        lines.append(Line(number=number, cells=named))
    return [name for name in header if name], lines


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")  # what a spreadsheet writes in France
    if "\0" in text:
        raise TableError(f"{path.name} n’est pas un fichier de texte.")
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    try:
        for number, cells in enumerate(csv.reader(StringIO(text), delimiter=separator), start=1):
            yield number, [" ".join(cell.split()) for cell in cells]
    except csv.Error as error:
        raise TableError(f"{path.name} n’est pas un CSV lisible.") from error


def _xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        book = load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, OSError, KeyError, ValueError) as error:
        raise TableError(f"{path.name} n’est pas un classeur lisible.") from error
    for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
        yield number, [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())
