"""A family's requests as it reads them: "Statut de vos demandes" and the home page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import F, QuerySet
from django.db.models import Window as WindowFunction
from django.db.models.functions import RowNumber

from preau.activities.deadlines import in_words
from preau.activities.enums import Slot
from preau.activities.models import Period
from preau.booking.allocation import blocks_of
from preau.booking.enums import Status
from preau.booking.models import TURN, Booking, BookingRequest
from preau.booking.queries.summary import count_days, lines_in_words, said_by_child
from preau.booking.windows import Window, windows_of_family
from preau.core import clock, wording
from preau.core.compiled import compiled_once
from preau.families.models import Child, Family

_SLOTS = {slot.value: number for number, slot in enumerate(Slot)}


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One or more slots of a child's day with the same answer, or one outing."""

    name: str
    status: Status
    rank: int | None
    reason: str
    whole_day: bool = False
    outing: bool = False

    @property
    def words(self) -> str:
        """The status in words, with the rank in the waiting list."""
        label = str(Status(self.status).label)
        return f"{label}, rang {self.rank}" if self.rank else label


@dataclass(kw_only=True)
class StatusCell:
    """What one child asked for on one day (no chip: nothing)."""

    child: Child
    chips: list[Chip]

    @property
    def reasons(self) -> list[str]:
        """The director's words, each once."""
        return list(dict.fromkeys(chip.reason for chip in self.chips if chip.reason))


@dataclass(kw_only=True)
class StatusDay:
    """One day of a request, with a cell for each of its children."""

    on: date
    cells: list[StatusCell]


@dataclass(frozen=True, kw_only=True)
class Offered:
    """Places kept for the family until `until`, answered together; `line_id` names one of them."""

    line_id: int
    until: datetime
    words: str


@dataclass(kw_only=True)
class RequestSheet:
    """One request. `can_edit` and `can_delete` say what is left to the family (S15, S18).

    `over`: the period lies in the past; `offers`: places kept for the family until it confirms.
    """

    request: BookingRequest
    children: list[Child]
    days: list[StatusDay]
    can_edit: bool
    can_delete: bool
    counts: list[tuple[Status, int]]
    last_answer: datetime | None
    over: bool
    offers: list[Offered]
    pending_words: list[tuple[str, str]]

    @property
    def pending(self) -> int:
        """Days of children the family has no answer to yet."""
        return dict(self.counts).get(Status.PENDING, 0)

    @property
    def until(self) -> str:
        """Until when it may be changed, in words."""
        return in_words(self.request.period.closes_at)


def request_of_family(family: Family, period: Period) -> BookingRequest | None:
    """What the family asked for in this period, if anything. One query."""
    found = _request(family.pk, period.pk)
    return found[0] if found else None


@compiled_once
def _request(family: int, period: int) -> QuerySet[BookingRequest]:
    return BookingRequest.objects.filter(family=family, period=period)


def requests_of_family(family: Family) -> QuerySet[BookingRequest]:
    """Requests of this family that still hold a line: fetching is authorising."""
    with_lines = Booking.objects.filter(request__family=family).exclude(status=Status.CANCELLED)
    return BookingRequest.objects.filter(family=family, pk__in=with_lines.values("request"))


def request_sheets(requests: QuerySet[BookingRequest], *, now: datetime) -> list[RequestSheet]:
    """The given requests, newest period first, with their lines: three queries in all.

    A line whose decision is only prepared still reads "à traiter" (B21). Waiting lines get
    `rank`: their place in the list of their day, slot and group, by time of request.
    """
    wanted = list(
        requests.select_related("period__centre", "family")
        .prefetch_related("period__early_openings")
        .order_by("-period__starts_on", "-pk")
    )
    lines = (
        Booking.objects.filter(request__in=wanted)
        .exclude(status=Status.CANCELLED)
        .select_related("child", "outing")
        .order_by("on", "pk")
    )
    ranks = waiting_ranks(wanted)
    of_request: dict[int, list[Booking]] = defaultdict(list)
    for line in lines:
        of_request[line.request_id].append(line)
    families = {request.family_id: request.family for request in wanted}
    windows = {
        pk: windows_of_family(family, [r.period for r in wanted if r.family_id == pk])
        for pk, family in families.items()
    }
    return [
        _sheet(
            request,
            of_request[request.pk],
            ranks,
            windows[request.family_id][request.period_id],
            now,
        )
        for request in wanted
    ]


def waiting_ranks(requests: list[BookingRequest]) -> dict[int, int]:
    """Rank of each told waiting line in these requests' periods, 1 first."""
    waiting = Booking.objects.filter(
        session_day__period__in={request.period_id for request in requests},
        status=Status.WAITLISTED,
    ).annotate(
        rank=WindowFunction(
            RowNumber(),
            partition_by=["session_day", "slot", "outing", "age_group"],
            order_by=[F(name).asc() for name in TURN],
        )
    )
    return dict(waiting.values_list("pk", "rank"))


def _sheet(
    request: BookingRequest,
    lines: list[Booking],
    ranks: dict[int, int],
    window: Window,
    now: datetime,
) -> RequestSheet:
    children = sorted({line.child for line in lines}, key=lambda each: (each.birth_date, each.pk))
    of_day: dict[date, dict[int, list[Booking]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        of_day[line.on][line.child_id].append(line)
    counts = count_days(lines)
    return RequestSheet(
        request=request,
        children=children,
        days=[
            StatusDay(
                on=on,
                cells=[
                    StatusCell(child=child, chips=_chips(lines_of[child.pk], ranks))
                    for child in children
                ],
            )
            for on, lines_of in sorted(of_day.items())
        ],
        can_edit=window.is_open(now),
        can_delete=counts[Status.PENDING] > 0,
        counts=[(status, counts[status]) for status in Status if counts[status]],
        last_answer=max((line.told_at for line in lines if line.told_at), default=None),
        over=request.period.ends_on < clock.day_of(now),
        offers=_offers(request, lines, now),
        pending_words=_pending_words(children, lines),
    )


def _offers(request: BookingRequest, lines: list[Booking], now: datetime) -> list[Offered]:
    kept = [line for line in lines if line.offered_until and line.offered_until > now]
    for line in kept:
        line.request = request
    return [
        Offered(
            line_id=block[0].pk,
            until=min(line.offered_until for line in block if line.offered_until),
            words=wording.listing(said_by_child(block)),
        )
        for block in blocks_of(kept, whole_days=True)
    ]


def _pending_words(children: list[Child], lines: list[Booking]) -> list[tuple[str, str]]:
    """What still waits for an answer, said child by child, outings apart."""
    said = []
    for child in children:
        waiting = [
            line for line in lines if line.child_id == child.pk and line.status == Status.PENDING
        ]
        if words := lines_in_words(waiting):
            said.append((child.first_name, words))
        said += [
            (child.first_name, f"{line.outing.title}, {wording.day(line.on)}")
            for line in waiting
            if line.outing
        ]
    return said


def _chips(lines: list[Booking], ranks: dict[int, int]) -> list[Chip]:
    """Chips in order of the day; three slots with one same answer read "Journée"."""
    slots = sorted((line for line in lines if line.slot), key=lambda line: _SLOTS[line.slot or ""])
    chips = [_chip(line, line.what.capitalize(), ranks) for line in slots]
    if len(chips) == len(Slot) and len({(c.status, c.rank, c.reason) for c in chips}) == 1:
        chips = [replace(chips[0], name="Journée", whole_day=True)]
    outings = [
        replace(_chip(line, line.outing.title, ranks), outing=True) for line in lines if line.outing
    ]
    return chips + outings


def _chip(line: Booking, name: str, ranks: dict[int, int]) -> Chip:
    return Chip(
        name=name,
        status=Status(line.status),
        rank=ranks.get(line.pk),
        reason=line.reason if line.told_at else "",
    )
