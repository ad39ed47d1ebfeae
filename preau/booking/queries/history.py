"""What happened to the lines of a request, in words and in order: asked, decided, why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from preau.booking.enums import OFFERED, Status
from preau.booking.models import BookingEvent, BookingRequest
from preau.booking.priority import rank_in_words
from preau.booking.queries.requests import waiting_ranks
from preau.booking.queries.summary import said_by_child
from preau.booking.states import Move
from preau.core.models import User
from preau.families.models import Child

_WORDS = {
    Move.ASK: "demandé",
    Move.ACCEPT: "réponse préparée : acceptée",
    Move.WAITLIST: "réponse préparée : liste d’attente",
    Move.REFUSE: "réponse préparée : refusée",
    Move.REOPEN: "réponse préparée retirée",
    Move.ADMIT: "acceptée",
    Move.QUEUE: "mise en liste d’attente",
    Move.OFFER: "place proposée",
    Move.CONFIRM: "place prise",
    Move.EXPIRE: "place non confirmée à temps : elle passe à la famille suivante",
    Move.CORRECT_ACCEPT: "réponse corrigée : acceptée",
    Move.CORRECT_WAITLIST: "réponse corrigée : liste d’attente",
    Move.CORRECT_REFUSE: "réponse corrigée : refusée",
    Move.SHIFT: "déplacé",
    Move.WITHDRAW: "retiré",
    Move.CANCEL: "annulé",
}
# What the director only prepares is not said to families before it is sent (B21).
_PREPARED = (Move.ACCEPT, Move.WAITLIST, Move.REFUSE, Move.REOPEN)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing done at one moment: `by` whom ("" when the portal did it), to which lines."""

    at: datetime
    by: str
    what: str
    reason: str
    lines: list[str]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Lines of a child that wait for one same reason, `why`: each day with its ranks (1 first)."""

    child: Child
    why: str
    days: list[tuple[date, str]]


def history_of_request(request: BookingRequest, *, prepared: bool) -> list[Entry]:
    """Everything that happened to the lines of `request`, oldest first, in one query.

    `prepared`: also the answers that a director prepared or took back, which families do not see.
    """
    events = BookingEvent.objects.filter(booking__request=request)
    if not prepared:
        events = events.exclude(move__in=_PREPARED)
    shown = events.select_related("booking__child", "booking__outing", "actor__guardian")
    return [_entry(list(group)) for _, group in groupby(shown, key=_together)]


def _together(event: BookingEvent) -> tuple[object, ...]:
    return (event.at, event.actor_id, event.move, event.status, event.draft, event.reason)


def _entry(events: list[BookingEvent]) -> Entry:
    first = events[0]
    return Entry(
        at=first.at,
        by=_by(first.actor),
        what=_what(first),
        reason=first.reason,
        lines=said_by_child(event.booking for event in events),
    )


def _by(actor: User | None) -> str:
    if actor is None:
        return ""
    return actor.name if hasattr(actor, "guardian") else f"{actor.name}, pour le centre"


def _what(event: BookingEvent) -> str:
    if event.move == Move.TELL:
        return f"réponse : {Status(event.status).label}"
    return _WORDS[Move(event.move)]


def standings_of_request(request: BookingRequest) -> list[Standing]:
    """The told lines of the request that wait, with their ranks and the reason of them.

    The period's centre must be fetched. Two queries.
    """
    waiting = request.lines.filter(status=Status.WAITLISTED).exclude(draft=OFFERED)
    ranks = waiting_ranks([request])
    found: dict[tuple[Child, str], dict[date, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in waiting.select_related("child", "outing").order_by("child", "on", "pk"):
        name = line.outing.title if line.outing else line.what
        said = f"{name}\N{NO-BREAK SPACE}: rang\N{NO-BREAK SPACE}{ranks[line.pk]}"
        found[line.child, rank_in_words(request.period, line)][line.on].append(said)
    return [
        Standing(
            child=child, why=why, days=[(on, ", ".join(said)) for on, said in sorted(days.items())]
        )
        for (child, why), days in found.items()
    ]
