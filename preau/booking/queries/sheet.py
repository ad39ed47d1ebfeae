"""The booking page as rows ready to print: weeks, days, children, slots.

Everything is decided here, so that the template of 180 boxes only writes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet

from preau.activities.deadlines import Rule, describe, in_words
from preau.activities.enums import LatePolicy, PeriodKind, Slot
from preau.activities.models import Outing, Period
from preau.activities.queries.deadlines import Deadlines, deadlines_of
from preau.booking.models import Booking, BookingRequest
from preau.booking.queries.offer import Asked, Offer, Wish, offer_to_family
from preau.booking.queries.prepared import usual_week
from preau.booking.queries.summary import slots_in_words
from preau.booking.windows import LATE_WORDS, Asking, Window, may_ask_for_day, window_of_family
from preau.core import wording
from preau.core.compiled import compiled_once
from preau.families.models import Child, Family


@dataclass(frozen=True, kw_only=True)
class Box:
    """One slot of one child. `closed` says why it cannot be ticked ("" when it can).

    `answer` is an answered line that can no longer change here, `held` one that still can.
    """

    name: str
    value: str
    ticked: bool = False
    outing: bool = False
    answer: Booking | None = None
    held: Booking | None = None
    closed: str = ""


@dataclass(frozen=True, kw_only=True)
class OutingBox:
    """The box by which one child asks for one outing. `only`: without it, not the day either."""

    child: Child
    value: str
    needs: str
    ticked: bool = False
    only: bool = False
    answer: Booking | None = None
    closed: str = ""


@dataclass(frozen=True, kw_only=True)
class OutingRow:
    """An outing that at least one child of the family may join; `others` may not.

    `slots` says which part of the day it takes; `left` is -1 when places are not shown; `until` is
    its own deadline in words, "" without one; `shut` says why it cannot be asked for.
    """

    outing: Outing
    boxes: list[OutingBox]
    others: list[Child]
    slots: str
    left: int
    capacity: int
    until: str
    shut: str

    @property
    def ticked(self) -> bool:
        """Whether some child asks for it: it is then shown open."""
        return any(box.ticked for box in self.boxes)


@dataclass(kw_only=True)
class Cell:
    """A child on a day: its boxes, or why there are none; `shut` when only this child is late."""

    child: Child
    boxes: list[Box] = field(default_factory=list)
    nothing: str = ""
    too_late: bool = False
    shut: str = ""

    @property
    def ordinary(self) -> bool:
        """Whether every box may be ticked, and nothing more is to be said of any."""
        return bool(self.boxes) and not any(
            box.answer or box.closed or box.held or box.outing for box in self.boxes
        )


@dataclass(kw_only=True)
class Row:
    """One day. `closed` tells why the centre is shut, `shut` why the day cannot be asked for,
    `late` what asking after the deadline leads to."""

    day_id: int
    on: date
    closed: str
    shut: str
    late: str
    deadline: str
    cells: list[Cell]
    outings: list[OutingRow]

    @property
    def weekday(self) -> int:
        """1 on Mondays."""
        return self.on.isoweekday()


@dataclass(kw_only=True)
class Week:
    """Days shown together: a calendar week, or the Wednesdays of a month.

    `key` names the group in the page; `left` is the least and most places left, if shown.
    """

    key: str
    title: str
    rows: list[Row]
    left: tuple[int, int] | None


@dataclass(kw_only=True)
class Sheet:
    """The whole page. `version` goes back with the form (see `submit_request`).

    `deadline_varies`: each day has its own booking deadline, said by `booking_rule`; `cancel_until`
    is "" when the same is true of cancelling; `change_rule` is "" where adding to a day already
    asked for follows the booking rule. `can_drop`: some line may still be taken back.
    `preparing`: the window is not open yet, and what is ticked is only kept (B1).
    """

    period: Period
    version: int
    children: list[tuple[Child, int, str]]
    weeks: list[Week]
    deadline_varies: bool
    booking_until: str
    booking_rule: str
    cancel_until: str
    cancel_rule: str
    change_rule: str
    can_drop: bool
    window: Window
    week_rule: str
    together: bool
    preparing: bool
    pattern: str

    @property
    def answered(self) -> bool:
        """Whether some line was already answered, which the page then explains (S18)."""
        return any(
            box.answer
            for week in self.weeks
            for row in week.rows
            for cell in row.cells
            for box in cell.boxes
        )


def booking_sheet(
    family: Family,
    period: Period,
    *,
    own: BookingRequest | None,
    now: datetime,
    asked: Asked | None = None,
    by_office: bool = False,
) -> Sheet:
    """The booking page of `family` for `period` at the instant `now`, with its request if it has
    one. `by_office`: the centre enters it for the family, whatever the window and the deadlines.

    `asked` is what to show ticked, when a refused form or a prepared request must lose nothing; by
    default the lines not yet answered. Before the window opens, the page is the one of its opening.
    """
    offer = offer_to_family(family, period, now=now)
    window = window_of_family(family, period)
    preparing = period.published and now < window.opens_at and not by_office
    at = window.opens_at if preparing else now
    rules = deadlines_of(period)
    builder = _Builder(offer, window, at, asked or _written(offer, own), rules, by_office=by_office)
    groups: dict[date, list[Row]] = defaultdict(list)
    for day_id in sorted(offer.days, key=lambda pk: offer.days[pk].on):
        row = builder.row(day_id)
        groups[_group_start(period, row.on)].append(row)
    group_names = {wish.child_id: offer.groups[group].name for wish, group in offer.offered.items()}
    return Sheet(
        period=period,
        version=own.version if own else 0,
        children=[
            (child, child.age_on(period.starts_on), group_names.get(child.pk, ""))
            for child in offer.children
        ],
        weeks=[
            Week(
                key=start.isoformat(),
                title=_group_title(period, start),
                rows=rows,
                left=builder.left_in(rows),
            )
            for start, rows in sorted(groups.items())
        ],
        deadline_varies=not (by_office or _common_deadline(rules.booking, rules, period)),
        booking_until=in_words(period.closes_at),
        booking_rule=describe(rules.booking),
        cancel_until=_common_deadline(rules.cancelling, rules, period),
        cancel_rule=describe(rules.cancelling),
        change_rule=describe(rules.changing) if rules.changing else "",
        can_drop=bool(offer.droppable),
        window=window,
        week_rule=_week_rule(window, at),
        together=builder.asked.together,
        preparing=preparing,
        pattern=usual_week(family, period),
    )


def _written(offer: Offer, own: BookingRequest | None) -> Asked:
    """What the family asks for now, as far as it may still change it."""
    return Asked(
        wishes=frozenset(offer.droppable),
        together=own is not None and own.together,
        only_with=frozenset(wish for wish, line in offer.mine.items() if not line.keeps_day),
    )


def _week_rule(window: Window, now: datetime) -> str:
    """What each week must hold, in words."""
    if window.whole_weeks(now):
        return "semaines entières seulement"
    least = window.period.min_days_a_week
    return f"au moins {least} jours par semaine et par enfant" if least > 1 else ""


def _group_start(period: Period, day: date) -> date:
    """The month of a Wednesday, the Monday of a holiday's day."""
    if period.kind == PeriodKind.WEDNESDAYS:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday())


def _group_title(period: Period, start: date) -> str:
    if period.kind == PeriodKind.WEDNESDAYS:
        return f"Mercredis {wording.of_month(start)}"
    return f"Semaine du {wording.bare_day(start)}"


def _common_deadline(rule: Rule, rules: Deadlines, period: Period) -> str:
    """The deadline in words when it is the same for every day of the period, else ""."""
    first, last = (rules.by(rule, day) for day in (period.starts_on, period.ends_on))
    return in_words(first) if first == last else ""


@compiled_once
def _held(period: int) -> QuerySet[Booking, tuple[int, str | None, int | None, int, int]]:
    """How many lines hold a place of each slot, outing and group of a period."""
    lines = Booking.objects.filter(session_day__period=period, holds_place=True)
    cells = lines.values_list("session_day", "slot", "outing", "age_group")
    return cells.annotate(count=Count("pk")).order_by()


class _Builder:
    """What every row needs, fetched once."""

    def __init__(
        self,
        offer: Offer,
        window: Window,
        now: datetime,
        asked: Asked,
        rules: Deadlines,
        *,
        by_office: bool,
    ) -> None:
        self.offer = offer
        self.now = now
        self.rules = rules
        self.by_office = by_office
        held = offer.known_days
        self.first = min((offer.days[day].on for _, day in held), default=None)
        self.asked = asked
        self.window = window
        self.outings_of_day = defaultdict(list)
        for outing in offer.outings.values():
            self.outings_of_day[outing.session_day_id].append(outing)
        self.left, self.outing_left, self.outing_capacity = self._left()

    def _left(self) -> tuple[Counter[tuple[int, int]], Counter[int], Counter[int]]:
        """Fewest places left of a day and group over its slots; places left of each outing."""
        left: Counter[tuple[int, int]] = Counter()
        outing_left: Counter[int] = Counter()
        outing_capacity: Counter[int] = Counter()
        period = self.offer.period
        if not period.shows_places:
            return left, outing_left, outing_capacity
        held: Counter[tuple[int, str | None, int | None, int]] = Counter()
        for day, slot, outing, group, count in _held(period.pk):
            held[day, slot, outing, group] = count
        for (day, group), slots in self.offer.places.items():
            left[day, group] = min(
                max(0, capacity - held[day, slot, None, group]) for slot, capacity in slots.items()
            )
        for (day, group), outings in self.offer.outing_places.items():
            for outing, capacity in outings.items():
                outing_capacity[outing] += capacity
                outing_left[outing] += max(0, capacity - held[day, None, outing, group])
        return left, outing_left, outing_capacity

    def left_in(self, rows: list[Row]) -> tuple[int, int] | None:
        groups = set(self.offer.offered.values())
        days = {row.day_id for row in rows if not row.closed}
        found = [n for (day, group), n in self.left.items() if day in days and group in groups]
        return (min(found), max(found)) if found else None

    def row(self, day_id: int) -> Row:
        day = self.offer.days[day_id]
        refused = self.rules.to_book(day.on, first=self.first)
        asking = self._asking(day.on, refused)
        closed = "" if asking is not Asking.REFUSED else "late"
        return Row(
            day_id=day_id,
            on=day.on,
            closed=day.closed_because,
            shut=self._shut(refused) if asking is Asking.REFUSED else "",
            late=LATE_WORDS[LatePolicy(self.offer.period.late_policy)]
            if asking is Asking.LATE
            else "",
            deadline=in_words(refused),
            cells=[self._cell(child, day_id, closed) for child in self.offer.children]
            if not day.closed_because
            else [],
            outings=self._outings(day_id),
        )

    def _asking(self, day: date, refused: datetime) -> Asking:
        if self.by_office:
            return Asking.IN_TIME
        return may_ask_for_day(self.window, day, refused, self.now)

    def _closed_to(self, child: Child, day_id: int, closed: str) -> str:
        """Whether this child's day is closed to it: one already asked for may have another rule."""
        if self.rules.changing is None or (child.pk, day_id) not in self.offer.known_days:
            return closed
        on = self.offer.days[day_id].on
        late = self._asking(on, self.rules.to_change(on, first=self.first)) is Asking.REFUSED
        return "late" if late else ""

    def _shut(self, refused: datetime) -> str:
        """Why a day cannot be asked for now."""
        if self.now < self.window.opens_at:
            return "pas encore ouvert"
        if self.window.is_over(self.now) and self.now < refused:
            return "demandes closes"
        return f"date limite passée : {in_words(refused)}"

    def _cell(self, child: Child, day_id: int, closed: str) -> Cell:
        cell = Cell(child=child)
        own = self._closed_to(child, day_id, closed)
        if own and not closed:
            cell.shut = "date limite pour changer passée"
        closed = own
        joinable = {
            slot
            for outing in self.outings_of_day[day_id]
            if Wish(child.pk, day_id, outing_id=outing.pk) in self.offer.offered
            for slot in outing.slots
        }
        for slot in Slot:
            wish = Wish(child.pk, day_id, slot=slot.value)
            answer = self._answer(wish)
            if wish not in self.offer.offered and not answer:
                continue
            cell.boxes.append(
                Box(
                    name=slot.label.capitalize(),
                    value=f"{child.pk}.{day_id}.{slot.value}",
                    ticked=wish in self.asked.wishes,
                    outing=slot.value in joinable,
                    answer=answer,
                    held=self._held(wish),
                    closed=self._closed(wish, closed),
                )
            )
        if not cell.boxes:
            cell.nothing = "aucun groupe de cet âge ce jour-là"
        cell.too_late = bool(cell.boxes) and all(
            box.closed == "late" and not box.answer for box in cell.boxes
        )
        return cell

    def _answer(self, wish: Wish) -> Booking | None:
        if wish in self.offer.droppable and wish in self.offer.offered:
            return None
        return self.offer.mine.get(wish)

    def _held(self, wish: Wish) -> Booking | None:
        """An answered line that the family may still give back."""
        line = self.offer.mine.get(wish) if wish in self.offer.droppable else None
        return line if line and line.told_at else None

    def _closed(self, wish: Wish, closed: str) -> str:
        if wish in self.offer.elsewhere:
            return "elsewhere"
        # What was asked in time may still be unticked: that is deleting (S15).
        return "" if wish in self.offer.droppable else closed

    def _outings(self, day_id: int) -> list[OutingRow]:
        rows = []
        on = self.offer.days[day_id].on
        for outing in self.outings_of_day[day_id]:
            refused = self.rules.to_join(outing, on, first=self.first)
            closed = "late" if self._asking(on, refused) is Asking.REFUSED else ""
            boxes = [
                self._outing_box(wish, child, outing, closed)
                for child in self.offer.children
                if (wish := Wish(child.pk, day_id, outing_id=outing.pk)) in self.offer.offered
            ]
            if boxes:
                going = {box.child.pk for box in boxes}
                rows.append(
                    OutingRow(
                        outing=outing,
                        boxes=boxes,
                        others=[c for c in self.offer.children if c.pk not in going],
                        slots=slots_in_words(outing.slots),
                        left=self.outing_left.get(outing.pk, -1),
                        capacity=self.outing_capacity[outing.pk],
                        until=in_words(refused) if outing.booking_deadline else "",
                        shut=self._shut(refused) if closed else "",
                    )
                )
        return rows

    def _outing_box(self, wish: Wish, child: Child, outing: Outing, closed: str) -> OutingBox:
        return OutingBox(
            child=child,
            value=f"{child.pk}.{wish.day_id}.outing-{outing.pk}",
            needs=" ".join(f"{child.pk}.{wish.day_id}.{slot}" for slot in outing.slots),
            ticked=wish in self.asked.wishes,
            only=wish in self.asked.only_with,
            answer=self._answer(wish),
            closed=self._closed(wish, closed),
        )
