"""Making a period with its days and places, from the calendar or from another period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from preau.activities.actions.trace import trace_change
from preau.activities.deadlines import parse_rule
from preau.activities.enums import (
    BookingMode,
    LatePolicy,
    PeriodKind,
    Priority,
    Slot,
    StaffRule,
)
from preau.activities.models import (
    EarlyOpening,
    Outing,
    OutingPlaces,
    Period,
    Places,
    SessionDay,
)
from preau.activities.proposals import closings, shifted
from preau.activities.staffing import usual_rule
from preau.core import wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.org.models import AgeGroup, Centre


@dataclass(frozen=True, kw_only=True)
class PeriodOptions:
    """How a period decides and what it asks for; the defaults are the manual's."""

    mode: BookingMode = BookingMode.REVIEWED
    offers_places: bool = False
    confirm_hours: int = 24
    allows_withdrawal: bool = False
    late_policy: LatePolicy = LatePolicy.REFUSE
    min_days_a_week: int = 0
    min_days_short_week: int | None = None
    whole_weeks_only: bool = False
    shows_places: bool = True
    published: bool = True
    staff_rule: StaffRule | None = None
    priorities: Sequence[Priority] = ()
    regular_days: int = 10


def create_period(
    *,
    centre: Centre,
    kind: PeriodKind,
    name: str,
    days: Iterable[date],
    closed: Mapping[date, str],
    window: tuple[datetime, datetime],
    deadlines: tuple[dict[str, object], dict[str, object]],
    capacities: Mapping[AgeGroup, int],
    options: PeriodOptions | None = None,
    actor: User | None = None,
) -> Period:
    """Make a period of `centre` with the same places on every open day and slot.

    `window` is the instant asking opens and the first refused one; `deadlines` the rules for
    booking and cancelling (`docs/regles.md`); `closed` gives the reason for each day that will not
    open. Raises `RefusedError` for a name or a day already taken, without days, or a window that
    ends before it begins; `DeadlineRuleError` for a wrong rule.
    """
    dates = sorted(set(days))
    with short_transaction():
        period = _new_period(
            centre=centre,
            kind=kind,
            name=name,
            dates=dates,
            window=window,
            deadlines=deadlines,
            options=options or PeriodOptions(),
        )
        made = SessionDay.objects.bulk_create(
            SessionDay(period=period, centre=centre, on=day, closed_because=closed.get(day, ""))
            for day in dates
        )
        Places.objects.bulk_create(
            Places(session_day=day, slot=slot, age_group=group, capacity=capacity)
            for day in made
            if not day.closed_because
            for slot in Slot
            for group, capacity in capacities.items()
        )
        trace_change(period, actor=actor, what="période créée")
    return period


def _new_period(
    *,
    centre: Centre,
    kind: PeriodKind,
    name: str,
    dates: list[date],
    window: tuple[datetime, datetime],
    deadlines: tuple[dict[str, object], dict[str, object]],
    options: PeriodOptions,
) -> Period:
    """The period alone, once nothing stands in its way. Raises `RefusedError`."""
    booking, cancelling = (parse_rule(rule).as_json() for rule in deadlines)
    _check(centre, name, dates, window)
    chosen = vars(options) | {
        "staff_rule": options.staff_rule or usual_rule(kind),
        "priorities": list(options.priorities),
    }
    return Period.objects.create(
        centre=centre,
        kind=kind,
        name=name,
        starts_on=dates[0],
        ends_on=dates[-1],
        opens_at=window[0],
        closes_at=window[1],
        booking_deadline=booking,
        cancel_deadline=cancelling,
        **chosen,
    )


def _check(centre: Centre, name: str, dates: list[date], window: tuple[datetime, datetime]) -> None:
    """Refuse in words what the database would refuse by name.

    The centre is held until the end, so that two periods made at once do not cross.
    """
    Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
    if not dates:
        raise RefusedError("Une période a au moins une journée.")
    check_window(window)
    if Period.objects.filter(centre=centre, name=name).exists():
        raise RefusedError(f"{centre} a déjà une période nommée «\u00a0{name}\u00a0».")
    taken = SessionDay.objects.filter(centre=centre, on__in=dates).select_related("period")
    refuse_taken(list(taken.order_by("on")))


def check_window(window: tuple[datetime, datetime]) -> None:
    """Raise `RefusedError` when asking would close before it opens."""
    if window[1] <= window[0]:
        raise RefusedError("Les demandes doivent fermer après leur ouverture.")


def refuse_taken(taken: list[SessionDay], most: int = 5) -> None:
    """Raise `RefusedError` naming the days that already belong to a period of the centre."""
    if taken:
        said = [wording.bare_day(day.on, year=True) for day in taken[:most]]
        rest = f" et {len(taken) - most} autres" if len(taken) > most else ""
        raise RefusedError(
            f"Déjà dans «\u00a0{taken[0].period}\u00a0»\u00a0: {', '.join(said)}{rest}. "
            "Un centre n’ouvre qu’une fois par jour."
        )


def copy_period(
    *,
    source: Period,
    centre: Centre,
    name: str,
    starts_on: date,
    window: tuple[datetime, datetime],
    with_outings: bool,
    actor: User | None = None,
) -> Period:
    """Make an unpublished period like `source`, moved by whole weeks to the week of `starts_on`.

    Places, options and deadlines are the same, outings too when wanted; public holidays are closed
    anew, and a day closed in the source opens with the places of its first open day. Early openings
    move with the window. Raises `RefusedError`.
    """
    if source.centre_id != centre.pk:
        raise RefusedError("Une période se copie dans son propre centre.")
    kept = {key: getattr(source, key) for key in PeriodOptions.__dataclass_fields__}
    with short_transaction():
        days = list(source.days.order_by("on"))
        dates = {day.pk: shifted(day.on, source.starts_on, starts_on) for day in days}
        period = _new_period(
            centre=centre,
            kind=PeriodKind(source.kind),
            name=name,
            dates=sorted(dates.values()),
            window=window,
            deadlines=(source.booking_deadline, source.cancel_deadline),
            options=PeriodOptions(**(kept | {"published": False})),
        )
        period.change_deadline = source.change_deadline
        period.save(update_fields=["change_deadline"])
        made = _copy_days(period, days, dates)
        _copy_early(source, period)
        if with_outings:
            _copy_outings(days, made)
        trace_change(period, actor=actor, what=f"période copiée de «\u00a0{source}\u00a0»")
    return period


def _copy_days(
    period: Period, days: list[SessionDay], dates: Mapping[int, date]
) -> dict[int, SessionDay]:
    """The days of the copy with their places, by the id of the day they come from."""
    closed = closings(set(dates.values()))
    new = SessionDay.objects.bulk_create(
        SessionDay(
            period=period,
            centre_id=period.centre_id,
            on=dates[day.pk],
            closed_because=closed.get(dates[day.pk], ""),
        )
        for day in days
    )
    made = {day.pk: copy for day, copy in zip(days, new, strict=True)}
    places: dict[int, list[Places]] = {day.pk: [] for day in days}
    for row in Places.objects.filter(session_day__in=days):
        places[row.session_day_id].append(row)
    usual = next((places[day.pk] for day in days if not day.closed_because), [])
    Places.objects.bulk_create(
        Places(
            session_day=copy, slot=row.slot, age_group_id=row.age_group_id, capacity=row.capacity
        )
        for pk, copy in made.items()
        if not copy.closed_because
        for row in places[pk] or usual
    )
    return made


def _copy_early(source: Period, period: Period) -> None:
    EarlyOpening.objects.bulk_create(
        EarlyOpening(
            period=period,
            audience=early.audience,
            opens_at=early.opens_at + (period.opens_at - source.opens_at),
        )
        for early in source.early_openings.all()
    )


def _copy_outings(days: list[SessionDay], made: Mapping[int, SessionDay]) -> None:
    """The outings of the source, on the days of the copy that are open."""
    outings = Outing.objects.filter(session_day__in=days).prefetch_related("places")
    kept = [outing for outing in outings if not made[outing.session_day_id].closed_because]
    copies = Outing.objects.bulk_create(
        Outing(session_day=made[outing.session_day_id], **_plan_of(outing)) for outing in kept
    )
    OutingPlaces.objects.bulk_create(
        OutingPlaces(outing=copy, age_group_id=row.age_group_id, capacity=row.capacity)
        for outing, copy in zip(kept, copies, strict=True)
        for row in outing.places.all()
    )


def _plan_of(outing: Outing) -> dict[str, object]:
    return {key: getattr(outing, key) for key in OutingPlan.__dataclass_fields__}


@dataclass(frozen=True, kw_only=True)
class OutingPlan:
    """What an outing is: times of the day, price in euros per child, days required that week, and
    the rule of its own deadline if it has one."""

    title: str
    description: str
    leaves_at: time
    returns_at: time
    price: Decimal
    min_days_in_week: int
    slots: tuple[Slot, ...]
    booking_deadline: dict[str, object] | None = None


def add_outing(
    *,
    day: SessionDay,
    plan: OutingPlan,
    capacities: Mapping[AgeGroup, int],
    actor: User | None = None,
) -> Outing:
    """Add an outing to an open day, for the groups that `capacities` names.

    Raises `RefusedError` on a closed day.
    """
    with short_transaction():
        held = SessionDay.objects.select_for_update(of=("self",), no_key=True).get(pk=day.pk)
        if held.closed_because:
            raise RefusedError(f"Le centre est fermé ce jour-là\u00a0: {held.closed_because}.")
        outing = Outing.objects.create(session_day=held, **fields_of(plan))
        OutingPlaces.objects.bulk_create(
            OutingPlaces(outing=outing, age_group=group, capacity=capacity)
            for group, capacity in capacities.items()
        )
        trace_change(
            held.period_id,
            actor=actor,
            what=f"sortie ajoutée\u00a0: {plan.title}, {wording.day(held.on)}",
        )
    return outing


def fields_of(plan: OutingPlan) -> dict[str, object]:
    """The columns of an outing, as this plan says."""
    return {**vars(plan), "slots": list(plan.slots)}
