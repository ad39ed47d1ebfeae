"""Days of a period and their places: the grid, one day more, one day less, open again (B22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Count, ProtectedError

from preau.activities.actions.plan import refuse_taken
from preau.activities.actions.trace import trace_change
from preau.activities.enums import Slot
from preau.activities.models import Period, Places, SessionDay
from preau.booking.actions.offer import offer_freed_places
from preau.booking.actions.periods import check_rule, families_asking, rules_of
from preau.booking.enums import LIVE
from preau.booking.errors import ConfirmationNeededError, ForgedError
from preau.booking.models import Booking
from preau.booking.places import lock_days
from preau.core import clock, wording
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.org.models import AgeGroup, Centre

_NAMED = 6
_TRACED = 200


class PlaceKey(NamedTuple):
    """One number of the grid: a slot of a day for a group."""

    day_id: int
    slot: str
    group_id: int


type Grid = Mapping[PlaceKey, int | None]
"""Places by key; None where the slot is not offered to the group."""


@dataclass(kw_only=True)
class PlacesChange:
    """What saving the grid changed: each key with its places before and after, said in words."""

    changed: dict[PlaceKey, tuple[int | None, int | None]] = field(default_factory=dict)
    words: str = ""
    offered: int = 0


def edit_places(
    *,
    period: Period,
    seen: Grid,
    wanted: Grid,
    confirmed: str = "",
    actor: User | None = None,
) -> PlacesChange:
    """Write the numbers that differ from those `seen` on the page; leave every other one alone.

    A number that a colleague changed meanwhile to something else raises `StaleError` naming the
    days, and nothing is written. Going under the places already given raises
    `ConfirmationNeededError` until `confirmed` is its sentence; a slot that families asked for
    stays offered (`RefusedError`). Places gained are offered to those who wait, where the period
    does so.
    """
    asked = {key: wanted[key] for key in wanted if wanted[key] != seen.get(key)}
    with short_transaction():
        lock_days({key.day_id for key in asked})
        current, names = _current(period, asked)
        differ = {k: n for k, n in asked.items() if current.get(k) != n}
        stale = [key for key in differ if current.get(key) != seen.get(key)]
        if stale:
            raise StaleError(
                f"Modifié entre-temps par un collègue\u00a0: {_say(stale, names)}. Rien n’a été "
                "enregistré\u00a0: vos nombres sont encore là, ceux de votre collègue à côté."
            )
        _check_held(differ, names, confirmed)
        _write(differ)
        change = PlacesChange(changed={k: (current.get(k), n) for k, n in differ.items()})
        arrows = {k: _arrow(*pair) for k, pair in change.changed.items()}
        change.words = _say(list(differ), names, arrows)
        if differ:
            every = _say(list(differ), names, arrows, most=_TRACED)
            trace_change(period, actor=actor, what=f"places\u00a0: {every}")
        days = {key.day_id for key in differ}
        change.offered = len(offer_freed_places(days, now=clock.now()))
    return change


def _arrow(before: int | None, after: int | None) -> str:
    return f" {'fermé' if before is None else before} → {'fermé' if after is None else after}"


@dataclass(frozen=True, kw_only=True)
class _Names:
    days: Mapping[int, date]
    groups: Mapping[int, str]


def _current(period: Period, asked: Grid) -> tuple[dict[PlaceKey, int], _Names]:
    """The places now on the locked days, and the words for them; refuses what is not theirs."""
    days = SessionDay.objects.filter(period=period, pk__in={key.day_id for key in asked})
    found = {day.pk: day for day in days}
    groups = dict(AgeGroup.objects.filter(centre=period.centre_id).values_list("pk", "name"))
    for key in asked:
        if key.group_id not in groups or key.slot not in Slot.values:
            raise ForgedError("Cette grille est illisible. Rien n’a été enregistré.")
        if key.day_id not in found or found[key.day_id].closed_because:
            raise StaleError(
                "Un des jours a été fermé ou retiré entre-temps. Rien n’a été enregistré."
            )
    rows = Places.objects.filter(session_day__in=found)
    places = {PlaceKey(r.session_day_id, r.slot, r.age_group_id): r.capacity for r in rows}
    return places, _Names(days={pk: day.on for pk, day in found.items()}, groups=groups)


def _say(
    keys: list[PlaceKey],
    names: _Names,
    more: Mapping[PlaceKey, str] | None = None,
    *,
    most: int = _NAMED,
) -> str:
    ordered = sorted(keys, key=lambda key: (names.days[key.day_id], key))
    said = [
        f"{wording.short_day(names.days[key.day_id])} {Slot(key.slot).label}, "
        f"{names.groups[key.group_id]}{(more or {}).get(key, '')}"
        for key in ordered
    ]
    rest = len(said) - most
    return "\u00a0; ".join(said[:most]) + (f", et {rest} autres nombres" if rest > 0 else "")


def _check_held(differ: Grid, names: _Names, confirmed: str) -> None:
    held = _lines(differ, holds_place=True)
    live = _lines(differ, status__in=LIVE)
    gone = [key for key, number in differ.items() if number is None and live[key]]
    if gone:
        raise RefusedError(
            f"Des familles ont demandé\u00a0: {_say(gone, names)}. Mettez 0 pour ne plus rien "
            "donner, ou fermez le jour."
        )
    under = {key: held[key] for key, number in differ.items() if (number or 0) < held[key]}
    if under:
        given = {key: f" ({number} données)" for key, number in under.items()}
        sentence = (
            f"Moins que les places déjà données\u00a0: {_say(list(under), names, given)}. "
            "Personne ne perd sa place, mais plus aucune ne sera donnée."
        )
        if sentence != confirmed:
            raise ConfirmationNeededError(sentence)


def _lines(differ: Grid, **which: object) -> Counter[PlaceKey]:
    days = {key.day_id for key in differ}
    lines = Booking.objects.filter(session_day__in=days, slot__isnull=False, **which)
    rows = lines.values_list("session_day", "slot", "age_group").annotate(number=Count("pk"))
    return Counter({PlaceKey(day, slot or "", group): n for day, slot, group, n in rows})


def _write(differ: Grid) -> None:
    for key in [key for key, number in differ.items() if number is None]:
        Places.objects.filter(
            session_day=key.day_id, slot=key.slot, age_group=key.group_id
        ).delete()
    Places.objects.bulk_create(
        [
            Places(session_day_id=k.day_id, slot=k.slot, age_group_id=k.group_id, capacity=n)
            for k, n in differ.items()
            if n is not None
        ],
        update_conflicts=True,
        unique_fields=["session_day", "slot", "age_group"],
        update_fields=["capacity"],
    )


def add_day(*, period: Period, on: date, actor: User | None = None) -> SessionDay:
    """Add a day to a period, with the places of its first open day.

    Raises `RefusedError` for a day that the centre already has, for which a deadline says nothing,
    or that would move the first day of a period with requests.
    """
    with short_transaction():
        Centre.objects.select_for_update(no_key=True).get(pk=period.centre_id)
        fresh = Period.objects.select_for_update(no_key=True).get(pk=period.pk)
        refuse_taken(list(SessionDay.objects.filter(centre=fresh.centre_id, on=on)))
        if abs((on - fresh.starts_on).days) > 400:
            raise RefusedError("Ce jour est à plus d’un an du premier jour de la période.")
        _keep_start(fresh, min(on, fresh.starts_on))
        for rule in rules_of(fresh):
            check_rule(rule, [on], min(on, fresh.starts_on))
        day = SessionDay.objects.create(period=fresh, centre_id=fresh.centre_id, on=on)
        _usual_places(day)
        _fit(fresh)
        trace_change(fresh, actor=actor, what=f"jour ajouté\u00a0: {wording.day(on, year=True)}")
    return day


def remove_day(*, day: SessionDay, actor: User | None = None) -> None:
    """Take a day out of its period with its places and outings, when nobody ever asked for it.

    Raises `RefusedError` otherwise, and for the last day left.
    """
    with short_transaction():
        lock_days([day.pk])
        if Booking.objects.filter(session_day=day.pk).exists():
            raise RefusedError("Des familles ont demandé ce jour\u00a0: fermez-le plutôt.")
        period = Period.objects.select_for_update(no_key=True).get(pk=day.period_id)
        left = SessionDay.objects.filter(period=period).exclude(pk=day.pk).order_by("on")
        first = left.first()
        if first is None:
            raise RefusedError("Une période a au moins une journée.")
        _keep_start(period, first.on)
        try:
            SessionDay.objects.filter(pk=day.pk).delete()
        except ProtectedError:  # the register speaks of it
            raise RefusedError(
                "Des enfants ont été pointés ce jour\u00a0: fermez-le plutôt."
            ) from None
        _fit(period)
        said = f"jour retiré\u00a0: {wording.day(day.on, year=True)}"
        trace_change(period, actor=actor, what=said)


def reopen_day(*, day: SessionDay, actor: User | None = None) -> None:
    """Open a closed day again; without places of its own it gets the usual ones.

    What was cancelled by the closing stays cancelled. Raises `RefusedError` when it is open.
    """
    with short_transaction():
        lock_days([day.pk])
        fresh = SessionDay.objects.get(pk=day.pk)
        if not fresh.closed_because:
            raise RefusedError("Ce jour est déjà ouvert.")
        if not fresh.places.exists():
            _usual_places(fresh)
        fresh.closed_because = ""
        fresh.save(update_fields=["closed_because"])
        said = f"jour ouvert de nouveau\u00a0: {wording.day(fresh.on, year=True)}"
        trace_change(fresh.period_id, actor=actor, what=said)


def _usual_places(day: SessionDay) -> None:
    usual = (
        SessionDay.objects.filter(period=day.period_id, closed_because="", places__isnull=False)
        .order_by("on")
        .first()
    )
    rows = Places.objects.filter(session_day=usual) if usual else Places.objects.none()
    Places.objects.bulk_create(
        Places(session_day=day, slot=row.slot, age_group_id=row.age_group_id, capacity=row.capacity)
        for row in rows
    )


def _keep_start(period: Period, first: date) -> None:
    """Deadlines may count from the first day: with requests, it does not move."""
    if first != period.starts_on and families_asking(period):
        raise RefusedError(
            "Le premier jour de la période changerait, et avec lui les dates limites de demandes "
            "déjà reçues."
        )


def _fit(period: Period) -> None:
    days = list(SessionDay.objects.filter(period=period).values_list("on", flat=True))
    period.starts_on, period.ends_on = min(days), max(days)
    period.save(update_fields=["starts_on", "ends_on"])
