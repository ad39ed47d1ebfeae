"""What is held about a family, as files: for programs (JSON) and for people (PDF)."""

from __future__ import annotations

import json
from collections.abc import Iterable

from preau.billing.identity import letterhead
from preau.core import clock, wording
from preau.documents.render import render
from preau.families.models import Family
from preau.privacy.queries.held import Part, Value

HEALTH = (
    "Les fiches sanitaires n’y sont pas : elles se lisent dans votre espace, page « Enfants », et "
    "ne sortent jamais du site. Les factures, reçus et attestations s’ouvrent page « Compte »."
)


def as_json(family: Family, parts: Iterable[Part]) -> bytes:
    """One object a part, one object a row."""
    content = {
        "fait_le": clock.now().isoformat(timespec="seconds"),
        "famille": family.number,
        "note": HEALTH,
        "parties": [{"titre": part.title, "lignes": part.rows} for part in parts],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def as_pdf(family: Family, parts: Iterable[Part]) -> bytes:
    """The same, to be read."""
    data = {
        "organisation": letterhead(),
        "title": "Ce qui est enregistré sur votre famille",
        "lead": f"{family}, numéro {family.number}, {wording.moment(clock.now())}. {HEALTH}",
        "parts": [
            {"title": part.title, "rows": [_line(row) for row in part.rows]} for part in parts
        ],
    }
    return render("held", data)


def _line(row: dict[str, Value]) -> str:
    said = ((label, _word(value)) for label, value in row.items())
    return " · ".join(f"{label} : {word}" for label, word in said if word)


def _word(value: Value) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)
