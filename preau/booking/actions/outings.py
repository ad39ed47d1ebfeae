"""Changing and deleting outings, with what families already asked (S14, S20)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.db.models import Count

from preau.activities.actions.plan import OutingPlan, add_outing, fields_of
from preau.activities.actions.trace import trace_change
from preau.activities.models import Outing, OutingPlaces, Period, SessionDay
from preau.booking.actions.offer import offer_freed_places
from preau.booking.actions.periods import check_rule
from preau.booking.enums import LIVE
from preau.booking.models import Booking
from preau.booking.places import lock_days
from preau.core import clock, wording
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.org.models import AgeGroup

__all__ = ["add_outing", "delete_outing", "edit_outing", "outing_fingerprint"]


def outing_fingerprint(outing: Outing) -> str:
    """What the outing is now: its form carries it, so that nothing is overwritten unseen."""
    places = sorted((row.age_group_id, row.capacity) for row in outing.places.all())
    columns = [str(getattr(outing, name)) for name in OutingPlan.__dataclass_fields__]
    said = [str(outing.session_day_id), *columns, str(places)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def edit_outing(
    *,
    outing: Outing,
    seen: str,
    day: SessionDay,
    plan: OutingPlan,
    capacities: Mapping[AgeGroup, int],
    actor: User | None = None,
) -> None:
    """Change an outing. Once a family asked for it, its day, slots and price stay as they are.

    Raises `StaleError` when it changed since `seen` (`outing_fingerprint`), and `RefusedError` for
    fewer places than are given, a group that asked, or a closed day.
    """
    with short_transaction():
        lock_days({outing.session_day_id, day.pk})
        fresh = Outing.objects.get(pk=outing.pk)
        if outing_fingerprint(fresh) != seen:
            raise StaleError(
                "Cette sortie a été modifiée par un collègue depuis l’affichage de la page. Rien "
                "n’a été enregistré\u00a0: ce que vous aviez saisi est encore là."
            )
        there = SessionDay.objects.get(pk=day.pk)
        if there.closed_because:
            raise RefusedError(f"Le centre est fermé ce jour-là\u00a0: {there.closed_because}.")
        _check_asked(fresh, day, plan)
        check_outing_rule(plan, there)
        _check_places(fresh, capacities)
        said = _changes(fresh, there, plan, capacities)
        for name, value in {**fields_of(plan), "session_day": there}.items():
            setattr(fresh, name, value)
        fresh.save()
        fresh.places.all().delete()
        OutingPlaces.objects.bulk_create(
            OutingPlaces(outing=fresh, age_group=group, capacity=capacity)
            for group, capacity in capacities.items()
        )
        trace_change(
            there.period_id,
            actor=actor,
            what=f"sortie modifiée\u00a0: {plan.title}, {wording.day(there.on)} ({said})",
        )
        offer_freed_places([day.pk], now=clock.now())


_WORDS = {
    "title": "titre",
    "description": "texte",
    "leaves_at": "départ",
    "returns_at": "retour",
    "price": "prix",
    "min_days_in_week": "jours requis",
    "slots": "tranches",
    "booking_deadline": "date limite",
}


def _changes(
    outing: Outing, day: SessionDay, plan: OutingPlan, capacities: Mapping[AgeGroup, int]
) -> str:
    """Which facts of the outing change, for its trace."""
    new = fields_of(plan)
    said = [words for name, words in _WORDS.items() if getattr(outing, name) != new[name]]
    places = {row.age_group_id: row.capacity for row in outing.places.all()}
    if places != {group.pk: number for group, number in capacities.items()}:
        numbers = ", ".join(f"{group.name} {number}" for group, number in capacities.items())
        said.append(f"places\u00a0: {numbers}")
    if outing.session_day_id != day.pk:
        said.append("jour")
    return ", ".join(said) or "rien"


def _check_asked(outing: Outing, day: SessionDay, plan: OutingPlan) -> None:
    if not Booking.objects.filter(outing=outing).exists():
        return
    kept = {
        "le jour": outing.session_day_id == day.pk,
        "les tranches": set(outing.slots) == {str(slot) for slot in plan.slots},
        "le prix": outing.price == plan.price,
    }
    moved = [what for what, same in kept.items() if not same]
    if moved:
        raise RefusedError(
            f"Des familles ont déjà demandé cette sortie\u00a0: {' et '.join(moved)} ne change "
            "plus. Ajoutez plutôt une autre sortie."
        )


def _check_places(outing: Outing, capacities: Mapping[AgeGroup, int]) -> None:
    lines = Booking.objects.filter(outing=outing)
    held = dict(
        lines.filter(holds_place=True).values_list("age_group").annotate(number=Count("pk"))
    )
    asked = set(lines.filter(status__in=LIVE).values_list("age_group", flat=True))
    given = {group.pk: number for group, number in capacities.items()}
    for group in AgeGroup.objects.filter(pk__in=asked | held.keys()).order_by("min_age"):
        if group.pk not in given:
            raise RefusedError(f"{group.name}\u00a0: des familles de ce groupe l’ont demandée.")
        if given[group.pk] < held.get(group.pk, 0):
            raise RefusedError(
                f"{group.name}\u00a0: {held[group.pk]} places sont déjà données, "
                "il en faut au moins autant."
            )


def check_outing_rule(plan: OutingPlan, day: SessionDay) -> None:
    """Raise `RefusedError` for a deadline that says nothing for the outing's day."""
    if plan.booking_deadline is not None:
        starts_on = Period.objects.values_list("starts_on", flat=True).get(pk=day.period_id)
        check_rule(plan.booking_deadline, [day.on], starts_on)


def delete_outing(*, outing: Outing, actor: User | None = None) -> None:
    """Delete an outing that nobody ever asked for. Raises `RefusedError` otherwise."""
    with short_transaction():
        lock_days([outing.session_day_id])
        if Booking.objects.filter(outing=outing).exists():
            raise RefusedError(
                "Des familles ont demandé cette sortie\u00a0: elle ne peut plus être supprimée. "
                "Mettez ses places à ce qui est donné, ou fermez le jour."
            )
        Outing.objects.filter(pk=outing.pk).delete()
        trace_change(
            outing.session_day.period_id,
            actor=actor,
            what=f"sortie supprimée\u00a0: {outing.title}, {wording.day(outing.session_day.on)}",
        )
