"""A reader of the *fichier des écritures comptables* as an inspector's tool reads it.

Written from the rules (article A47 A-1 of the *livre des procédures fiscales*), not from the
program: nothing of `preau` is imported.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from itertools import groupby

NAME = re.compile(r"[0-9]{9}FEC[0-9]{8}\.txt")
COLUMNS = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
]
MUST_SAY = (*COLUMNS[:6], *COLUMNS[8:11], "ValidDate")
DATES = ("EcritureDate", "PieceDate", "DateLet", "ValidDate")
AMOUNT = re.compile(r"[0-9]+,[0-9]{2}")


def faults_of(name: str, content: str) -> list[str]:
    """Every rule that the file breaks, in words; none when an inspector would take it."""
    found = [] if _named(name) else [f"name {name}"]
    lines = content.split("\r\n")
    if lines.pop() != "":
        found.append("the last line does not end")
    if not lines or lines[0].split("\t") != COLUMNS:
        return [*found, "columns"]
    rows = [line.split("\t") for line in lines[1:]]
    if any(len(row) != len(COLUMNS) for row in rows):
        return [*found, "a row that has not 18 cells"]
    entries = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    for row in entries:
        found += _faults_of_row(row)
    return found or [*_unbalanced(entries), *_gaps(entries), *_disorder(entries)]


def _named(name: str) -> bool:
    return bool(NAME.fullmatch(name)) and _is_date(name[12:20])


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch("[0-9]{8}", text) and datetime.strptime(text, "%Y%m%d"))  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False


def _faults_of_row(row: dict[str, str]) -> list[str]:
    found = [f"{column} is empty" for column in MUST_SAY if not row[column]]
    found += [
        f"{column} {row[column]}" for column in DATES if row[column] and not _is_date(row[column])
    ]
    found += [
        f"{side} {row[side]}" for side in ("Debit", "Credit") if not AMOUNT.fullmatch(row[side])
    ]
    if not found and (row["Debit"] == "0,00") == (row["Credit"] == "0,00"):
        found.append("exactly one of Debit and Credit")
    if not re.fullmatch("[0-9]{3,}", row["CompteNum"]):
        found.append(f"CompteNum {row['CompteNum']}")
    if bool(row["CompAuxNum"]) != bool(row["CompAuxLib"]):
        found.append("an auxiliary account without its name")
    return found


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _by_entry(rows: list[dict[str, str]]) -> list[tuple[tuple[str, str], list[dict[str, str]]]]:
    return [
        (key, list(several))
        for key, several in groupby(rows, lambda row: (row["JournalCode"], row["EcritureNum"]))
    ]


def _unbalanced(rows: list[dict[str, str]]) -> list[str]:
    return [
        f"{number} is not balanced"
        for (_, number), several in _by_entry(rows)
        if sum(_amount(row["Debit"]) - _amount(row["Credit"]) for row in several)
    ]


def _gaps(rows: list[dict[str, str]]) -> list[str]:
    """In each journal numbers begin at 1 and follow each other, each once."""
    numbers: dict[str, list[int]] = {}
    for (journal, number), _ in _by_entry(rows):
        numbers.setdefault(journal, []).append(int(re.sub("[^0-9]", "", number) or 0))
    return [
        f"journal {journal} has a gap"
        for journal, found in numbers.items()
        if found != list(range(1, len(found) + 1))
    ]


def _disorder(rows: list[dict[str, str]]) -> list[str]:
    validated = [row["ValidDate"] for row in rows]
    return [] if validated == sorted(validated) else ["not in the order of validation"]
