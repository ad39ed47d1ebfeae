"""Lists of the office as rows, to be read in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from preau.activities.models import Period
from preau.booking.enums import OFFERED, Status
from preau.booking.models import Booking
from preau.booking.queries.board import ranks_of_lines

LINES_HEADER = (
    "Famille",
    "Numéro",
    "Enfant",
    "Naissance",
    "Groupe",
    "Jour",
    "Tranche ou sortie",
    "Statut",
    "Réponse préparée",
    "Rang",
    "Motif",
    "Demandée le",
    "Canal",
    "Hors délai",
)


def lines_of_period(period: Period, *, requests: list[int]) -> Iterator[tuple[Any, ...]]:
    """Every line of these requests of a period, in order of the requests given. Two queries."""
    place = {pk: number for number, pk in enumerate(requests)}
    ranks = ranks_of_lines(period)
    lines = (
        Booking.objects.filter(request__in=requests)
        .select_related("request__family", "child", "age_group", "outing")
        .order_by("child__birth_date", "on", "pk")
    )
    for line in sorted(lines, key=lambda line: place[line.request_id]):
        drafted = "place proposée" if line.draft == OFFERED else line.draft
        yield (
            line.request.family.name,
            line.request.family.number,
            str(line.child),
            line.child.birth_date,
            line.age_group.name,
            line.on,
            line.outing.title if line.outing else line.what,
            line.get_cancelled_as_display() or str(Status(line.status).label),
            str(Status(drafted).label) if drafted in Status.values else drafted,
            ranks.get(line.pk),
            line.reason,
            line.asked_at,
            line.request.get_channel_display(),
            "oui" if line.late else "",
        )
