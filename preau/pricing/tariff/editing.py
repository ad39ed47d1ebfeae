"""A tariff as a director edits it: the grid as a table in the words it is published in, and the
rest in parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import yaml

from preau.pricing.tariff.errors import TariffError
from preau.pricing.tariff.reading import Dumper, number, read_text, write_text

# What stands beside the grids and the first lines, each edited as its own text.
PARTS: Final = ("services", "slots", "adjustments", "zones", "facts", "rounding")
_NUMBER: Final = r"([0-9][0-9   ]*(?:[.,][0-9]+)?)"
_BELOW: Final = re.compile(rf"(?:<|moins de|inférieur à|inf\.? à)\s*{_NUMBER}")
_UP_TO: Final = re.compile(rf"(?:<=|≤|jusqu.à|maximum)\s*{_NUMBER}")
_ABOVE: Final = re.compile(rf"(?:>|plus de|supérieur à|sup\.? à|au.?delà de)\s*{_NUMBER}")
_FROM: Final = re.compile(
    rf"(?:>=|≥|à partir de|dès)\s*{_NUMBER}|{_NUMBER}\s*(?:et \+|et plus|ou plus|\+)"
)
_BETWEEN: Final = re.compile(rf"(?:de |entre )?{_NUMBER}\s*(?:à|a|et|-|–|—|/)\s*{_NUMBER}")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A grid as a table: names of columns, then rows of a label, a quotient and prices."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_bounds(text: str) -> dict[str, Any]:
    """Bounds as they are published: "< 450", "451 à 550", "plus de 1950", "1951 et plus".

    "si { ... }" is a condition instead of a quotient. ValueError when it is none of these.
    """
    said = " ".join(text.replace("€", " ").replace("QF", " ").split()).casefold()
    if said in {"", "tous", "tous quotients"}:
        return {}
    if said.startswith("si "):
        return {"when": read_text(text.strip()[3:])}
    for pattern, low, high in (
        (_BELOW, None, "below"),
        (_UP_TO, None, "to"),
        (_FROM, "from", None),
        (_ABOVE, "above", None),
    ):
        if found := pattern.fullmatch(said):
            value = _decimal(next(each for each in found.groups() if each))
            return {low or high or "": value}
    if found := _BETWEEN.fullmatch(said):
        return {"from": _decimal(found[1]), "to": _decimal(found[2])}
    mixed = re.fullmatch(rf"plus de {_NUMBER} (?:à|et) (moins de |jusqu.à )?{_NUMBER}", said)
    if mixed:
        high = "below" if (mixed[2] or "").startswith("moins") else "to"
        return {"above": _decimal(mixed[1]), high: _decimal(mixed[3])}
    mixed = re.fullmatch(rf"(?:de )?{_NUMBER} à moins de {_NUMBER}", said)
    if mixed:
        return {"from": _decimal(mixed[1]), "below": _decimal(mixed[2])}
    raise ValueError(text)


def _decimal(text: str) -> Decimal:
    return Decimal(re.sub(r"[\s  ]", "", text).replace(",", "."))


def write_bounds(row: Mapping[str, Any]) -> str:
    """The same bounds in words that `read_bounds` reads back."""
    if "when" in row:
        return "si " + _flow(row["when"])
    low, high = row.get("from", row.get("above")), row.get("to", row.get("below"))
    if low is None and high is None:
        return "tous"
    if high is None:
        return f"plus de {_said(low)}" if "above" in row else f"{_said(low)} et plus"
    if low is None:
        return f"< {_said(high)}" if "below" in row else f"jusqu’à {_said(high)}"
    if "above" in row:
        return f"plus de {_said(low)} à {'moins de ' if 'below' in row else ''}{_said(high)}"
    if "below" in row:
        return f"{_said(low)} à moins de {_said(high)}"
    return f"{_said(low)} à {_said(high)}"


def _said(value: Any) -> str:
    found = number(value)
    return str(value) if found is None else f"{found:f}".replace(".", ",")


def _flow(value: Any) -> str:
    """Any value on one line, as YAML."""
    written: str = yaml.dump(
        value, Dumper=Dumper, default_flow_style=True, allow_unicode=True, width=10_000
    )
    return written.strip().removesuffix("...").strip()


def table_of(grid: Mapping[str, Any]) -> Table:
    """A grid of a document as a table."""
    rows = grid["brackets"]
    columns = tuple(dict.fromkeys(name for row in rows for name in row["prices"]))
    return Table(
        columns=columns,
        rows=tuple(
            (
                str(row.get("label", "")),
                write_bounds(row),
                *(_cell_text(row["prices"].get(column)) for column in columns),
            )
            for row in rows
        ),
    )


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    found = number(value)
    if found is None:
        return value if isinstance(value, str) else _flow(value)
    return (
        f"{found:.2f}".replace(".", ",")
        if found == found.quantize(Decimal("0.01"))
        else _said(found)
    )


def grid_of(table: Table) -> dict[str, Any]:
    """A table as a grid of a document; empty rows are left out. TariffError naming the row."""
    brackets = []
    for n, row in enumerate(table.rows):
        if not any(cell.strip() for cell in row):
            continue
        label, bounds, *cells = (cell.strip() for cell in row)
        try:
            found = read_bounds(bounds)
        except ValueError:
            raise TariffError(
                f"« {bounds[:40]} » n’est pas un quotient ; écrivez « < 450 », « 451 à 550 », "
                "« plus de 1950 » ou « 1951 et plus »",
                ("tranche", n, label or "quotient"),
            ) from None
        prices = {
            column: _cell(cell, (n, label, column))
            for column, cell in zip(table.columns, cells, strict=False)
        }
        brackets.append({"label": label or f"T{n + 1}", **found, "prices": prices})
    return {"brackets": brackets}


def _cell(text: str, place: tuple[int, str, str]) -> Any:
    plain = text.replace("€", "").replace(" ", "").replace(" ", "").strip()
    if plain in {"", "-", "–"}:
        return None
    found = number(plain.replace(" ", ""))
    if found is not None and not plain.endswith("%"):
        return found
    if text.startswith("{"):
        return read_text(text)
    if found is not None:
        return text
    raise TariffError(f"« {text[:30]} » n’est pas un prix", ("tranche", *place))


def parse_table(text: str) -> Table:
    """A table pasted from a spreadsheet or a page: tabs or semicolons, headings first.

    The heading of the first column names the brackets, then the quotient, then the services; with
    no column of names, brackets are T1, T2... TariffError when it is no table.
    """
    lines = [line for line in text.replace("\r", "").split("\n") if line.strip()]
    mark = "\t" if any("\t" in line for line in lines) else ";"
    rows = [[cell.strip() for cell in line.split(mark)] for line in lines]
    if len(rows) < 2 or len(rows[0]) < 2:
        raise TariffError(
            "collez un tableau avec ses titres : une ligne par tranche, une colonne par prix"
        )
    head, *body = rows
    labelled = len(head) > 2 and not _are_bounds([row[0] for row in body])
    start = 2 if labelled else 1
    names = [key_of(title) or f"prix{n}" for n, title in enumerate(head[start:], 1)]
    width = len(names)
    table = []
    for n, row in enumerate(body, 1):
        label = row[0] if labelled else f"T{n}"
        cells = (row[start:] + [""] * width)[:width]
        table.append((label, row[start - 1] if len(row) >= start else "", *cells))
    return Table(columns=tuple(_apart(names)), rows=tuple(table))


def _are_bounds(cells: Sequence[str]) -> bool:
    try:
        return all(read_bounds(cell) for cell in cells)
    except (ValueError, TariffError):
        return False


def _apart(names: Sequence[str]) -> list[str]:
    """Names told apart."""
    found: list[str] = []
    for name in names:
        found.append(name if name not in found else f"{name}_{len(found) + 1}")
    return found


def key_of(title: str) -> str:
    """A name of service made from words: "1/2 journée avec repas" -> "demi_journee_avec_repas"."""
    said = title.replace("½", "demi ").replace("1/2", "demi ").casefold()
    plain = unicodedata.normalize("NFKD", said)
    ascii_only = "".join(mark for mark in plain if mark.isascii())
    key = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")[:40]
    return key if key[:1].isalpha() else ""


def titles_of(text: str, table: Table) -> list[str]:
    """The headings of a pasted table, as they were written, one for each column of prices."""
    first = next(line for line in text.replace("\r", "").split("\n") if line.strip())
    head = [cell.strip() for cell in first.split("\t" if "\t" in first else ";")]
    return head[len(head) - len(table.columns) :]


def starter(name: str, valid_from: str, pasted: str) -> dict[str, Any]:
    """A first document from a pasted grid: each column becomes a service of care."""
    table = parse_table(pasted)
    titles = titles_of(pasted, table)
    return {
        "name": name,
        "valid_from": valid_from,
        "days": ["wednesdays", "holidays"],
        "quotient": {"decimals": "drop"},
        "grids": {"qf": grid_of(table)},
        "services": {
            column: {"label": title or column, "nature": "care", "price": {"grid": "qf"}}
            for column, title in zip(table.columns, titles, strict=True)
        },
        "slots": _usual_slots(table.columns),
    }


def _usual_slots(columns: Sequence[str]) -> list[dict[str, Any]]:
    """What parts of the day make, guessed from the names; the director corrects."""
    half = next((c for c in columns if "demi" in c and "repas" not in c), "")
    half_meal = next((c for c in columns if "demi" in c and "repas" in c and "sans" not in c), "")
    day = next((c for c in columns if "journee" in c and "demi" not in c), "")
    made = [
        (["morning", "midday", "afternoon"], day),
        (["morning", "midday"], half_meal),
        (["midday", "afternoon"], half_meal),
        (["morning"], half),
        (["afternoon"], half),
    ]
    return [{"slots": slots, "services": [service]} for slots, service in made if service]


def part_text(document: Mapping[str, Any], part: str) -> str:
    """One part of a document as YAML; "" when it is not there."""
    return write_text(document[part]) if document.get(part) else ""
