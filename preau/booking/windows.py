"""When a family may ask for a period: early openings, minimum days, whole weeks, blocks."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from preau.activities.enums import Audience, LatePolicy
from preau.activities.models import Period, SessionDay
from preau.booking.conditions import monday_of
from preau.booking.enums import Status
from preau.booking.models import Booking
from preau.core import clock
from preau.families.models import BookingBlock, Child, Family
from preau.org.ours import organisation


@dataclass(frozen=True, kw_only=True)
class Window:
    """One family's window on one period. `opens_at` is its own opening, perhaps before the others;
    until `whole_weeks_until` only whole weeks may be asked (None: no such limit)."""

    period: Period
    opens_at: datetime
    whole_weeks_until: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether this family may ask at the instant `at` (day deadlines apply besides)."""
        return self.period.published and self.opens_at <= at < self.period.closes_at

    def is_over(self, at: datetime) -> bool:
        """Whether asking has ended for good (S21)."""
        return at >= self.period.closes_at

    def whole_weeks(self, at: datetime) -> bool:
        """Whether only whole weeks may be asked at the instant `at`."""
        early = self.whole_weeks_until is not None and at < self.whole_weeks_until
        return early or self.period.whole_weeks_only


def windows_of_family(family: Family, periods: Collection[Period]) -> dict[int, Window]:
    """The family's window on each period, by its id, in two queries.

    Period objects must come with `early_openings` and `centre` fetched.
    """
    present = _centres_attended(family, periods)
    return {period.pk: _window(family, period, present) for period in periods}


def window_of_family(family: Family, period: Period) -> Window:
    """The family's window on one period."""
    return windows_of_family(family, [period])[period.pk]


def _window(family: Family, period: Period, present: set[int]) -> Window:
    opens_at, whole_weeks_from = period.opens_at, None
    for early in period.early_openings.all():
        if early.audience == Audience.WHOLE_WEEKS:
            whole_weeks_from = early.opens_at
        elif _belongs(family, period, early.audience, present):
            opens_at = min(opens_at, early.opens_at)
    if whole_weeks_from is not None and whole_weeks_from < opens_at:
        return Window(period=period, opens_at=whole_weeks_from, whole_weeks_until=opens_at)
    return Window(period=period, opens_at=opens_at)


def _belongs(family: Family, period: Period, audience: str, present: set[int]) -> bool:
    if audience == Audience.RESIDENTS:
        return plain(family.town) in {plain(town) for town in period.centre.resident_towns}
    return period.centre_id in present


def plain(name: str) -> str:
    """A town's name without accents, capitals, hyphens: people write them all ways."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join(bare.lower().replace("-", " ").replace("'", " ").split())


def _centres_attended(family: Family, periods: Collection[Period]) -> set[int]:
    """Centres where a child of the family has already been accepted."""
    if not any(
        early.audience == Audience.SIBLINGS
        for period in periods
        for early in period.early_openings.all()
    ):
        return set()
    lines = Booking.objects.filter(child__families=family, status=Status.ACCEPTED)
    return set(lines.values_list("session_day__centre", flat=True).distinct())


def blocks_of_family(family: Family) -> list[BookingBlock]:
    """What keeps the family from asking now, by the organisation's settings. Two queries."""
    ours = organisation()
    if ours is None or not ours.blocks_booking:
        return []
    return list(
        BookingBlock.objects.filter(family=family, kind__in=ours.blocks_booking, lifted_at=None)
    )


class Asking(Enum):
    """Whether a day can still be asked for."""

    IN_TIME = auto()
    LATE = auto()
    REFUSED = auto()


LATE_WORDS = {
    LatePolicy.REFUSE: "",
    LatePolicy.WAITLIST: "hors délai : liste d’attente",
    LatePolicy.SURCHARGE: "hors délai : possible, avec majoration",
}


def may_ask_for_day(window: Window, day: date, first_refused: datetime, now: datetime) -> Asking:
    """Whether the family may ask for `day` at `now`, given its booking deadline (S19, S21).

    After the deadline, or the end of the window, the period's policy decides, and never once the
    day has begun.
    """
    period = window.period
    if window.is_open(now) and now < first_refused:
        return Asking.IN_TIME
    began = clock.day_of(now) >= day
    opened = period.published and now >= window.opens_at
    if period.late_policy == LatePolicy.REFUSE or began or not opened:
        return Asking.REFUSED
    return Asking.LATE


@dataclass(frozen=True, kw_only=True)
class WeekFault:
    """A week of a child that has too few days: `days` asked, `needed` required."""

    child: Child
    monday: date
    days: int
    needed: int


def faulty_weeks(
    window: Window,
    now: datetime,
    asked: Collection[tuple[Child, date]],
    offered: Collection[tuple[Child, date]],
    days: Collection[SessionDay],
) -> list[WeekFault]:
    """Weeks that break "at least n days" or "whole weeks only".

    `asked` and `offered` are days of children. A week with a closed weekday may ask for fewer, by
    the period's setting, and never for more than are offered.
    """
    asked_in = _by_week(asked)
    offered_in = _by_week(offered)
    short = {monday_of(day.on) for day in days if day.closed_because and day.on.weekday() < 5}
    faults = []
    for (child, monday), dates in sorted(asked_in.items(), key=lambda item: item[0][1]):
        possible = len(offered_in.get((child, monday), set()) | dates)
        needed = _days_needed(window, now, short=monday in short, possible=possible)
        if len(dates) < needed:
            faults.append(WeekFault(child=child, monday=monday, days=len(dates), needed=needed))
    return faults


def _days_needed(window: Window, now: datetime, *, short: bool, possible: int) -> int:
    period = window.period
    if window.whole_weeks(now):
        return possible
    wanted = period.min_days_a_week
    if short and period.min_days_short_week is not None:
        wanted = period.min_days_short_week
    return min(wanted, possible)


def _by_week(days: Collection[tuple[Child, date]]) -> dict[tuple[Child, date], set[date]]:
    weeks: dict[tuple[Child, date], set[date]] = defaultdict(set)
    for child, on in days:
        weeks[child, monday_of(on)].add(on)
    return weeks
