"""Periods of the demonstration: Wednesdays and the next holidays of the real zone C."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from preau.activities.actions.plan import (
    OutingPlan,
    PeriodOptions,
    add_outing,
    create_period,
)
from preau.activities.deadlines import (
    HOLIDAY_DEFAULT,
    WEDNESDAY_DEFAULT,
    first_refused,
)
from preau.activities.enums import BookingMode, PeriodKind, Slot
from preau.activities.models import Period, SessionDay
from preau.activities.school_calendar import (
    SchoolHoliday,
    public_holidays,
    school_holidays,
    school_wednesdays,
)
from preau.core import clock
from preau.org.enums import CentreKind
from preau.org.models import AgeGroup, Centre

if TYPE_CHECKING:
    from preau.demo.organisation import Centres

_CAPACITY = {"Petits": 16, "Grands": 24, "Jeunes": 20}
_DEADLINES = (HOLIDAY_DEFAULT.as_json(), HOLIDAY_DEFAULT.as_json())
_WEDNESDAY_DEADLINES = (WEDNESDAY_DEFAULT.as_json(), WEDNESDAY_DEFAULT.as_json())

_DAY = (Slot.MORNING, Slot.MIDDAY, Slot.AFTERNOON)
_OUTINGS = [
    OutingPlan(
        title="Sortie raquettes à Ascou (exemple)",
        description="Une journée dans la neige : traces, pique-nique au refuge et jeux "
        "d’orientation. Prévoir bonnet, gants et goûter.",
        leaves_at=time(8, 30),
        returns_at=time(17, 30),
        price=Decimal("14.00"),
        min_days_in_week=3,
        slots=_DAY,
    ),
    OutingPlan(
        title="Cinéma et chocolat chaud (exemple)",
        description="Un dessin animé choisi par les enfants, puis un chocolat chaud au centre.",
        leaves_at=time(13, 30),
        returns_at=time(17, 0),
        price=Decimal("5.50"),
        min_days_in_week=0,
        slots=(Slot.AFTERNOON,),
    ),
    OutingPlan(
        title="Journée à la ferme (exemple)",
        description="Nourrir les chèvres, faire le pain, revenir les joues rouges.",
        leaves_at=time(9, 0),
        returns_at=time(17, 0),
        price=Decimal("9.00"),
        min_days_in_week=0,
        slots=_DAY,
    ),
]


def at(day: date, hour: int = 8, minute: int = 30) -> datetime:
    """An instant of a day on the clocks of Paris."""
    return datetime.combine(day, time(hour, minute), tzinfo=clock.PARIS)


def make_periods(centres: Centres) -> list[Period]:
    """Wednesdays around today, the next two holidays, the last one; windows open, closed, to come.

    Both holiday centres have them all; the youth place has the holidays only.
    """
    today = clock.today()
    made: list[Period] = []
    for centre in (centres.tilleuls, centres.platanes):
        made += _wednesdays(centre, today)
    ahead = school_holidays("C", today, today + timedelta(days=300))
    ahead = [holiday for holiday in ahead if holiday.starts_on > today and holiday.weekdays()]
    past = [
        holiday
        for holiday in school_holidays("C", today - timedelta(days=150), today)
        if holiday.ends_on < today and holiday.weekdays()
    ]
    for centre in (centres.tilleuls, centres.platanes, centres.canal):
        for rank, holiday in enumerate([*past[-1:], *ahead[:2]], start=-len(past[-1:])):
            made.append(_holidays(centre, holiday, rank, today))
    return made


def _wednesdays(centre: Centre, today: date) -> list[Period]:
    """Two blocks of Wednesdays between holidays: the present one, open, and the next, to come."""
    days = school_wednesdays("C", today - timedelta(days=70), today + timedelta(days=140))
    blocks: list[list[date]] = []
    for day in days:
        if not blocks or (day - blocks[-1][-1]).days > 7:
            blocks.append([])
        blocks[-1].append(day)
    coming = [block for block in blocks if block[-1] >= today]
    made = []
    for number, block in enumerate(coming[:2]):
        # In the summer the present block is the one of the new school year, already open.
        long_ago = min(block[0] - timedelta(days=40), today - timedelta(days=10))
        opens = long_ago if number == 0 else today + timedelta(days=3)
        closes = first_refused(WEDNESDAY_DEFAULT, day=block[-1], period_start=block[0])
        made.append(
            create_period(
                centre=centre,
                kind=PeriodKind.WEDNESDAYS,
                name=wednesdays_name(block),
                days=block,
                closed=public_holidays(block[0], block[-1]),
                window=(at(opens), max(closes, at(opens + timedelta(days=1)))),
                deadlines=_WEDNESDAY_DEADLINES,
                capacities=capacities_of(centre),
            )
        )
    return made


def wednesdays_name(block: list[date]) -> str:
    """ "Mercredis, mars à avril 2026"."""
    from preau.core.wording import FRENCH

    first, last = (FRENCH.months[day.month - 1] for day in (block[0], block[-1]))
    months = first if first == last else f"{first} à {last}"
    return f"Mercredis, {months} {block[-1].year}"


def _holidays(centre: Centre, holiday: SchoolHoliday, rank: int, today: date) -> Period:
    """`rank` -1: over; 0: the next, whose window is open; 1: the one after, opening soon.

    The real window closes 15 days before: where that has passed, the demonstration keeps the next
    holidays open until the day before them, so that there is always something to ask for.
    """
    days = holiday.weekdays()
    start = days[0]
    closes = first_refused(HOLIDAY_DEFAULT, day=start, period_start=start)
    deadlines = _DEADLINES
    if rank == 0 and closes <= at(today, 23, 59):
        closes = at(start - timedelta(days=1), 0, 0)
        fixed = {"kind": "days_before_at", "n": 1, "time": "00:00", "anchor": "period_start"}
        deadlines = (fixed, HOLIDAY_DEFAULT.as_json())
    opens = {-1: start - timedelta(days=60), 0: today - timedelta(days=4)}.get(
        rank, today + timedelta(days=6)
    )
    closes = max(closes, at(opens + timedelta(days=1)))
    period = create_period(
        centre=centre,
        kind=PeriodKind.HOLIDAYS,
        name=f"{holiday.name} {start.year}",
        days=days,
        closed=_closings(days),
        window=(at(opens), closes),
        deadlines=deadlines,
        capacities=capacities_of(centre),
        options=_options(centre),
    )
    _add_outings(period)
    return period


def _options(centre: Centre) -> PeriodOptions:
    """The youth place answers in order of arrival and passes freed places on by itself."""
    if centre.kind == CentreKind.YOUTH:
        return PeriodOptions(
            mode=BookingMode.FIRST_COME, offers_places=True, allows_withdrawal=True
        )
    return PeriodOptions()


def _closings(days: list[date]) -> dict[date, str]:
    """Public holidays, and the eves of Christmas and the New Year, when the centres close too."""
    closed = public_holidays(days[0], days[-1])
    for day in days:
        if (day.month, day.day) in {(12, 24), (12, 31)}:
            closed[day] = "veille de fête"
    return closed


def capacities_of(centre: Centre) -> Mapping[AgeGroup, int]:
    """Places of each group of a centre."""
    return {group: _CAPACITY[group.name] for group in AgeGroup.objects.filter(centre=centre)}


def _add_outings(period: Period) -> None:
    """One outing for the older children each open Wednesday or so, the farm for everybody."""
    days = list(SessionDay.objects.filter(period=period, closed_because="").order_by("on"))
    groups = list(AgeGroup.objects.filter(centre=period.centre_id))
    older = {groups[-1]: _CAPACITY[groups[-1].name]}
    everybody = {group: _CAPACITY[group.name] for group in groups}
    picked = [day for day in days if day.on.weekday() == 2][:1] + days[3:4] + days[-2:-1]
    chosen: list[SessionDay] = list({day.pk: day for day in picked}.values())
    for day, plan in zip(chosen, _OUTINGS, strict=False):
        add_outing(day=day, plan=plan, capacities=everybody if "ferme" in plan.title else older)
