"""The list of the day and the sheet of an outing, on paper (B24)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from preau.activities.models import Outing
from preau.attendance.enums import Presence
from preau.attendance.queries.register import Register, RegisterRow
from preau.booking.queries.summary import slots_in_words
from preau.core import wording
from preau.documents.render import render

_STATES = {"present": "présent", "absent": "absent", "excused": "absence justifiée"}


def register_pdf(register: Register, letterhead: Mapping[str, Any]) -> bytes:
    """Children by group with boxes to tick, for a day without a tablet."""
    day = register.day
    return render(
        "register",
        {
            "organisation": letterhead,
            "title": f"Pointage du {wording.day(day.on, year=True)}",
            "lead": f"{day.centre}, {day.period.name}",
            "groups": [
                {
                    "name": group.name,
                    "counts": ", ".join(f"{label} {n}" for label, n in group.expected),
                    "rows": [_row(row) for row in group.rows],
                }
                for group in register.groups
            ],
            "empty": "Aucun enfant n’est attendu ce jour.",
        },
    )


def _row(row: RegisterRow) -> dict[str, str]:
    check_in = row.check_in
    outings = [outing.title for outing in row.outings]
    unbooked = ["sans réservation"] if check_in.unbooked else []
    excused = [f"absence justifiée : {row.excused}"] if row.excused else []
    notes = [*outings, *unbooked, *excused, *_safety(row)]
    return {
        "name": str(row.child),
        "age": _age(row),
        "slots": slots_in_words(row.all_slots) if row.all_slots else "sortie",
        "notes": " · ".join(notes),
        "phones": _phones(row),
        "state": _STATES.get(row.state, ""),
        "arrived": wording.hour(check_in.arrived_at) if check_in.arrived_at else "",
        "left": wording.hour(check_in.left_at) if check_in.left_at else "",
    }


def _age(row: RegisterRow) -> str:
    years = row.child.age_on(row.check_in.session_day.on)
    return f"{years} ans" if years > 1 else f"{years} an"


def _safety(row: RegisterRow) -> list[str]:
    """How the child leaves, and that there is something to know: what it is stays unprinted."""
    people = [f"{each}, {each.phone}" for each in row.pickups]
    return [
        *(["consignes de santé"] if row.care else []),
        *([f"part seul à {wording.hour(row.alone_at)}"] if row.alone_at else []),
        *([f"peut venir : {wording.listing(people)}"] if people else []),
    ]


def _phones(row: RegisterRow) -> str:
    return " · ".join(f"{name} {number}" for name, number in row.phones)


def trip_pdf(outing: Outing, register: Register, letterhead: Mapping[str, Any]) -> bytes:
    """Who goes, whom to call; those already absent that day are left out."""
    going = [row for group in register.groups for row in group.rows if outing in row.outings]
    going = [row for row in going if row.state not in {Presence.ABSENT, "excused"}]
    day = outing.session_day
    return render(
        "trip",
        {
            "organisation": letterhead,
            "title": f"Sortie : {outing.title}",
            "lead": f"{wording.day(day.on, year=True).capitalize()}, {day.centre}. Départ "
            f"{wording.hour(outing.leaves_at)}, retour {wording.hour(outing.returns_at)}.",
            "count": _children(len(going)),
            "centre": f"{day.centre.director_name}, {day.centre.phone}",
            "rows": [_traveller(row) for row in going],
            "by_group": _by_group(going),
        },
    )


def _children(number: int) -> str:
    return f"{number} enfants" if number > 1 else f"{number} enfant"


def _traveller(row: RegisterRow) -> dict[str, str]:
    calls = " · ".join(part for part in (_phones(row), *_safety(row)) if part)
    return {"name": str(row.child), "group": row.group, "age": _age(row), "phones": calls}


def _by_group(rows: Iterable[RegisterRow]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.group] = counts.get(row.group, 0) + 1
    return wording.listing([f"{name} {number}" for name, number in counts.items()])
