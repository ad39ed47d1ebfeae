"""The director's processing board: places of a group and week, and the queue of families."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Min, Q, QuerySet

from preau.activities.enums import Slot
from preau.activities.models import Outing, OutingPlaces, Period, Places, SessionDay
from preau.booking.conditions import Weeks, reason_to_wait, weeks_of
from preau.booking.enums import OFFERED, CancelKind, Decision, Status
from preau.booking.models import TURN, Booking, BookingRequest, Cell
from preau.booking.priority import priorities_met
from preau.booking.queries.staffing import Expected, expected_by_day, ratio_of
from preau.booking.queries.summary import lines_in_words
from preau.families.models import Child
from preau.org.models import AgeGroup

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _InQueue(TypedDict):
        arrived_at: datetime
        standing: int
        undecided: int
        drafted: int

    QueuedRequest = WithAnnotations[BookingRequest, _InQueue]


def _undecided(lines: str = "") -> Q:
    """Lines without any decision; `lines` is the way to them, such as `requests__lines__`."""
    return Q(**{f"{lines}status": Status.PENDING, f"{lines}draft": ""})


def _drafted(lines: str = "") -> Q:
    """Lines with a decision that the family has not been told."""
    return Q(**{f"{lines}status": Status.PENDING, f"{lines}draft__gt": ""})


@dataclass(frozen=True, kw_only=True)
class PeriodCounts:
    """A period with what remains to do on it."""

    period: Period
    families: int
    undecided: int
    drafted: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Places of one slot (or outing) and group: how many are held, waiting and still asked."""

    name: str
    capacity: int
    held: int
    waiting: int
    asked: int

    @property
    def over(self) -> bool:
        """Whether more is asked than can be given."""
        return self.held + self.asked > self.capacity

    @property
    def _whole(self) -> int:
        return max(self.capacity, self.held + self.asked + self.waiting)

    @property
    def held_share(self) -> int:
        """Width of the solid part, in hundredths of the bar."""
        return _share(self.held, self._whole)

    @property
    def asked_share(self) -> int:
        """Width of the hatched part, in hundredths of the bar."""
        return _share(self.asked, self._whole)

    @property
    def waiting_from(self) -> int:
        """Where the outlined part begins, in hundredths of the bar."""
        return self.held_share + self.asked_share

    @property
    def waiting_share(self) -> int:
        """Width of the outlined part, in hundredths of the bar."""
        return _share(self.waiting, self._whole)

    @property
    def capacity_share(self) -> int:
        """Where the places end, in hundredths of the bar."""
        return _share(self.capacity, self._whole)


@dataclass(kw_only=True)
class BoardDay:
    """One day of the board."""

    pk: int
    on: date
    closed: str
    expected: Expected
    bars: list[Bar] = field(default_factory=list)
    outings: list[tuple[Outing, Bar]] = field(default_factory=list)


@dataclass(kw_only=True)
class QueueRow:
    """Lines of one child that share one answer, said together; `key` is what buttons post.

    `detail` names this child in this request, to ask for its lines one by one.
    """

    child: Child
    age: int
    words: str
    lines: list[Booking]
    state: str
    reason: str
    detail: str
    ranks: dict[int, int]
    outing: Outing | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Each line with the version on this screen (see `decide_lines`)."""
        return ",".join(f"{line.pk}.{line.version}" for line in self.lines)

    @property
    def state_words(self) -> str:
        """The answer in words, with the rank in the waiting list of a single line."""
        rank = self.ranks.get(self.lines[0].pk) if len(self.lines) == 1 else None
        label = str(Status(self.state).label)
        return f"{label}, rang {rank}" if rank else label

    @property
    def offered_until(self) -> datetime | None:
        """Until when a place is kept for the family, if one is."""
        return self.lines[0].offered_until

    @property
    def waits(self) -> bool:
        """Whether a place can be offered: told, waiting, and none offered yet."""
        return self.told and self.state == Status.WAITLISTED and not self.offered_until

    @property
    def movable(self) -> bool:
        """Whether these lines can be put elsewhere: slots of one day, with something to keep."""
        days = {line.session_day_id for line in self.lines}
        alive = self.state != Status.REFUSED or not self.told
        return self.outing is None and len(days) == 1 and alive and not self.offered_until

    @property
    def short(self) -> str:
        """What a button's name says of this row besides the child."""
        return self.outing.title if self.outing else self.words

    @property
    def told(self) -> bool:
        """Whether the family already read this answer."""
        return self.lines[0].told_at is not None


@dataclass(kw_only=True)
class QueueItem:
    """One family of the queue, in its place; `priorities` says which of the period's it meets."""

    request: BookingRequest
    number: int
    arrived_at: datetime
    rows: list[QueueRow]
    priorities: str

    @property
    def undecided(self) -> int:
        """Lines without any decision."""
        return sum(len(row.lines) for row in self.rows if row.state == Status.PENDING)

    @property
    def key(self) -> str:
        """Every line that can still be decided, with its version."""
        return ",".join(row.key for row in self.rows if not row.told)


def counts_of_periods(periods: QuerySet[Period]) -> list[PeriodCounts]:
    """Each period with its counts, in one query."""
    live = ~Q(requests__lines__status=Status.CANCELLED)
    counted = periods.annotate(
        families_n=Count("requests__family", distinct=True, filter=live),
        undecided_n=Count("requests__lines", filter=_undecided("requests__lines__")),
        drafted_n=Count("requests__lines", filter=_drafted("requests__lines__")),
        waiting_n=Count("requests__lines", filter=Q(requests__lines__status=Status.WAITLISTED)),
    )
    return [
        PeriodCounts(
            period=period,
            families=period.families_n,
            undecided=period.undecided_n,
            drafted=period.drafted_n,
            waiting=period.waiting_n,
        )
        for period in counted
    ]


def board_days(
    period: Period, group: AgeGroup, monday: date, *, counts: Counter[tuple[Cell, str]]
) -> list[BoardDay]:
    """The days of one week with the places of one group. Four queries besides `counts`."""
    shown = list(
        SessionDay.objects.filter(period=period, on__gte=monday, on__lt=monday + timedelta(days=7))
    )
    expected = expected_by_day([day.pk for day in shown], ratio_of(period.staff_rule))
    days = {
        day.pk: BoardDay(
            pk=day.pk,
            on=day.on,
            closed=day.closed_because,
            expected=expected.get(day.pk, Expected()),
        )
        for day in shown
    }
    places = Places.objects.filter(session_day__in=days, age_group=group)
    capacity = {(p.session_day_id, p.slot): p.capacity for p in places}
    for pk, day in days.items():
        for slot in Slot:
            if (pk, slot.value) in capacity:
                cell = Cell(pk, slot.value, None, group.pk)
                day.bars.append(_bar(slot.label, capacity[pk, slot.value], cell, counts))
    outings = OutingPlaces.objects.filter(outing__session_day__in=days, age_group=group)
    for row in outings.select_related("outing").order_by("outing__leaves_at"):
        cell = Cell(row.outing.session_day_id, None, row.outing_id, group.pk)
        bar = _bar(row.outing.title, row.capacity, cell, counts)
        days[row.outing.session_day_id].outings.append((row.outing, bar))
    return list(days.values())


def _bar(name: str, capacity: int, cell: Cell, counts: Counter[tuple[Cell, str]]) -> Bar:
    return Bar(
        name=name,
        capacity=capacity,
        held=counts[cell, "held"],
        waiting=counts[cell, "waiting"],
        asked=counts[cell, "asked"],
    )


def counts_of_cells(period: Period) -> Counter[tuple[Cell, str]]:
    """How many lines hold a place, wait, or are still asked, for everything of the period."""
    counts: Counter[tuple[Cell, str]] = Counter()
    lines = Booking.objects.filter(session_day__period=period).exclude(
        status__in=[Status.CANCELLED, Status.REFUSED]
    )
    grouped = lines.values_list("session_day", "slot", "outing", "age_group", "status", "draft")
    for day, slot, outing, group, status, draft, number in grouped.annotate(n=Count("pk")):
        kind = _kind(status, draft)
        if kind:
            counts[Cell(day, slot, outing, group), kind] += number
    return counts


def _kind(status: str, draft: str) -> str:
    answer = draft or status
    if answer in {Status.ACCEPTED, OFFERED}:
        return "held"
    if answer == Status.WAITLISTED:
        return "waiting"
    return "asked" if answer == Status.PENDING else ""


def queue_of_period(period: Period) -> QuerySet[QueuedRequest]:
    """Requests that hold a line, by priority and arrival: the best line still alive decides."""
    live = ~Q(lines__status=Status.CANCELLED)
    return (
        BookingRequest.objects.filter(period=period)
        .annotate(
            arrived_at=Min("lines__asked_at", filter=live),
            standing=Min("lines__standing", filter=live),
            undecided=Count("lines", filter=_undecided("lines__")),
            drafted=Count("lines", filter=_drafted("lines__")),
            waiting=Count("lines", filter=Q(lines__status=Status.WAITLISTED)),
        )
        .filter(arrived_at__isnull=False)
        .select_related("family")
        .order_by("standing", "arrived_at", "pk")
    )


def queue_items(
    period: Period,
    requests: Iterable[QueuedRequest],
    numbers: dict[int, int],
    *,
    detailed: str = "",
) -> list[QueueItem]:
    """The families of one page of the queue with their lines, in two queries.

    `numbers` gives each request its place of arrival in the whole period; the child that
    `detailed` names (see `QueueRow.detail`) is shown line by line.
    """
    requests = list(requests)
    of_request: dict[int, list[Booking]] = defaultdict(list)
    for line in (
        Booking.objects.filter(request__in=requests)
        .filter(~Q(status=Status.CANCELLED) | Q(cancelled_as=CancelKind.BY_CENTRE))
        .select_related("child", "outing")
        .order_by("child__birth_date", "child_id", "on", "pk")
    ):
        of_request[line.request_id].append(line)
    ranks = ranks_of_lines(period)
    return [
        QueueItem(
            request=request,
            number=numbers[request.pk],
            arrived_at=request.arrived_at,
            rows=_rows(of_request[request.pk], detailed, ranks),
            priorities=", ".join(
                each.label for each, met in priorities_met(period, request.standing) if met
            ),
        )
        for request in requests
    ]


def _rows(lines: list[Booking], detailed: str, ranks: dict[int, int]) -> list[QueueRow]:
    grouped: dict[tuple[object, ...], list[Booking]] = defaultdict(list)
    for line in lines:
        if line.status == Status.CANCELLED:
            continue  # by the centre: it counts for the conditions of outings only
        alone = line.pk if _detail(line) == detailed else 0
        answer = _answer(line)
        told = line.told_at is not None
        key = (line.child_id, line.outing_id, answer, line.reason, told, line.offered_until, alone)
        grouped[key].append(line)
    weeks = weeks_of(lines)
    return [_row(members, weeks, ranks) for members in grouped.values()]


def _row(lines: list[Booking], weeks: Weeks, ranks: dict[int, int]) -> QueueRow:
    first = lines[0]
    return QueueRow(
        child=first.child,
        age=first.child.age_on(first.on),
        words=lines_in_words(lines),
        lines=lines,
        state=_answer(first),
        ranks=ranks,
        reason=first.reason,
        detail=_detail(first),
        outing=first.outing,
        warnings=[reason for reason in [reason_to_wait(first, weeks)] if reason],
    )


def _answer(line: Booking) -> str:
    """The answer prepared, else the one told; a place offered still waits."""
    return line.draft if line.draft in Decision.values else line.status


def ranks_of_lines(period: Period) -> dict[int, int]:
    """Rank of each line that waits or is proposed to, by day, slot and group, 1 first."""
    waiting = Booking.objects.filter(
        Q(status=Status.WAITLISTED) | Q(draft=Decision.WAITLISTED), session_day__period=period
    )
    order = waiting.order_by(*TURN)
    ranks: dict[int, int] = {}
    places: Counter[Cell] = Counter()
    for line in order.only("session_day", "slot", "outing", "age_group"):
        places[line.cell] += 1
        ranks[line.pk] = places[line.cell]
    return ranks


def _detail(line: Booking) -> str:
    return f"{line.request_id}-{line.child_id}"


def _share(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
