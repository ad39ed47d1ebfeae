"""Changing a period: its window, options and deadlines, knowing what it means for requests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from preau.activities.actions.plan import check_window
from preau.activities.deadlines import DeadlineRuleError, describe, first_refused, parse_rule
from preau.activities.enums import BookingMode, LatePolicy, Priority, StaffRule
from preau.activities.models import EarlyOpening, Period
from preau.booking.enums import LIVE
from preau.booking.errors import ConfirmationNeededError
from preau.booking.models import Booking
from preau.booking.places import lock_days
from preau.booking.priority import refresh_standings
from preau.core import wording
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction

_STALE = (
    "Cette période a été modifiée par un collègue depuis l’affichage de la page. Rien n’a été "
    "enregistré\u00a0: ce que vous aviez saisi est encore là, comparez-le avec la page actuelle."
)


@dataclass(frozen=True, kw_only=True)
class PeriodSettings:
    """Everything of a period that its page edits, deadlines apart; `early` by audience."""

    name: str
    opens_at: datetime
    closes_at: datetime
    mode: BookingMode
    offers_places: bool
    confirm_hours: int
    allows_withdrawal: bool
    late_policy: LatePolicy
    min_days_a_week: int
    min_days_short_week: int | None
    whole_weeks_only: bool
    shows_places: bool
    published: bool
    staff_rule: StaffRule
    priorities: list[Priority]
    regular_days: int
    early: Mapping[str, datetime]


_COLUMNS = tuple(field.name for field in fields(PeriodSettings) if field.name != "early")


_WORDS = {
    "name": "le nom",
    "opens_at": "l’ouverture",
    "closes_at": "la fermeture",
    "mode": "qui décide",
    "offers_places": "l’offre des places libérées",
    "confirm_hours": "le temps pour confirmer",
    "allows_withdrawal": "l’annulation par les familles",
    "late_policy": "les demandes tardives",
    "min_days_a_week": "les jours par semaine",
    "min_days_short_week": "les jours d’une semaine courte",
    "whole_weeks_only": "les semaines entières",
    "shows_places": "les places montrées",
    "published": "la publication",
    "staff_rule": "l’encadrement",
    "priorities": "les priorités",
    "regular_days": "les jours d’une venue régulière",
    "early": "les ouvertures anticipées",
}
_NEW_RULE = (
    "{who} déjà demandé. La nouvelle règle vaut aussitôt pour elles ({rules}), y compris pour ce "
    "qui leur a été accepté."
)


def settings_fingerprint(period: Period) -> str:
    """What the settings are now: a form carries it, so that nothing is overwritten unseen."""
    early = sorted(
        (each.audience, each.opens_at.timestamp()) for each in period.early_openings.all()
    )
    values = [getattr(period, name) for name in _COLUMNS]
    said = [v.timestamp() if isinstance(v, datetime) else v for v in values]
    return _hash([*map(str, said), *map(str, early)])


def deadlines_fingerprint(period: Period) -> str:
    """What the deadlines are now."""
    return _hash([str(rule) for rule in _rules_of(period)])


def _rules_of(period: Period) -> list[dict[str, object]]:
    """Both rules as they are always written: the database keeps no order of keys."""
    return [parse_rule(r).as_json() for r in (period.booking_deadline, period.cancel_deadline)]


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def edit_period(
    *, period: Period, seen: str, settings: PeriodSettings, confirmed: str = ""
) -> list[str]:
    """Change a period's name, window, options and early openings. Returns what changed, in words.

    `seen` is the `settings_fingerprint` of the page. Publishing, and changing the mode or the
    closing of a period with requests, raise `ConfirmationNeededError` with what it means, until
    `confirmed` is that very sentence. Raises `StaleError`, or `RefusedError` for a name already
    taken, a window or an early opening out of order.
    """
    with short_transaction():
        fresh = _locked(period)
        if settings_fingerprint(fresh) != seen:
            raise StaleError(_STALE)
        _check_settings(fresh, settings)
        _ask(_meaning(fresh, settings), confirmed)
        changed = [name for name in _COLUMNS if getattr(fresh, name) != getattr(settings, name)]
        for name in changed:
            setattr(fresh, name, getattr(settings, name))
        fresh.save(update_fields=changed)
        if {"priorities", "regular_days"} & set(changed):
            _order_anew(fresh)
        early = {each.audience: each.opens_at for each in fresh.early_openings.all()}
        if early != dict(settings.early):
            _write_early(fresh, settings.early)
            changed.append("early")
    return [_WORDS[name] for name in changed]


def _locked(period: Period) -> Period:
    periods = Period.objects.select_related("centre")
    return periods.select_for_update(of=("self",), no_key=True).get(pk=period.pk)


def _check_settings(period: Period, settings: PeriodSettings) -> None:
    check_window((settings.opens_at, settings.closes_at))
    others = Period.objects.filter(centre=period.centre_id, name=settings.name)
    if others.exclude(pk=period.pk).exists():
        raise RefusedError(f"Ce centre a déjà une période nommée «\u00a0{settings.name}\u00a0».")
    late = [each for each in settings.early.values() if each >= settings.opens_at]
    if late:
        raise RefusedError("Une ouverture anticipée vient avant l’ouverture pour tous.")


def _write_early(period: Period, early: Mapping[str, datetime]) -> None:
    period.early_openings.all().delete()
    EarlyOpening.objects.bulk_create(
        EarlyOpening(period=period, audience=audience, opens_at=at)
        for audience, at in early.items()
    )


def _order_anew(period: Period) -> None:
    """Everybody who asked takes the place that the new priorities give."""
    lock_days(set(period.days.values_list("pk", flat=True)))
    lines = Booking.objects.filter(request__period=period, status__in=LIVE).order_by("pk")
    held = lines.select_for_update(of=("self",), no_key=True)
    refresh_standings(period, held.select_related("request__family"))


def families_asking(period: Period) -> int:
    """How many families have something asked, accepted or waiting in the period."""
    lines = Booking.objects.filter(request__period=period, status__in=LIVE)
    return lines.values("request__family").distinct().count()


def _families(number: int, one: str, many: str) -> str:
    return f"{number} famille{'s ' + many if number > 1 else ' ' + one}"


def _meaning(period: Period, settings: PeriodSettings) -> list[str]:
    said = []
    families = families_asking(period)
    asked = _families(families, "a déjà demandé", "ont déjà demandé")
    if settings.published and not period.published:
        said.append(
            "Une fois publiée, la période est visible des familles dont un enfant est inscrit au "
            f"centre, et les demandes ouvrent le {wording.moment(settings.opens_at)}."
        )
    if families and period.published and not settings.published:
        said.append(f"{asked}\u00a0: ces familles ne verront plus la période.")
    if families and settings.mode != period.mode:
        said.append(f"{asked}. {_MODE_MEANS[settings.mode]}")
    if families and settings.priorities != period.priorities:
        said.append(f"{asked}\u00a0: l’ordre et les rangs de la liste d’attente changent aussitôt.")
    if families and settings.closes_at < period.closes_at:
        said.append(
            f"{asked}\u00a0: elles pourront changer leur demande moins longtemps, jusqu’au "
            f"{wording.moment(settings.closes_at)}."
        )
    return said


_MODE_MEANS = {
    BookingMode.FIRST_COME: (
        "Désormais chaque demande reçoit sa réponse aussitôt, par ordre d’arrivée\u00a0; celles "
        "qui attendent déjà une décision restent à traiter par vous."
    ),
    BookingMode.REVIEWED: (
        "Désormais vous décidez de chaque demande\u00a0; les places déjà données le restent."
    ),
}


def _ask(meaning: list[str], confirmed: str) -> None:
    sentence = " ".join(meaning)
    if sentence != confirmed and sentence:
        raise ConfirmationNeededError(sentence)


def edit_deadlines(
    *,
    period: Period,
    seen: str,
    booking: Mapping[str, object],
    cancelling: Mapping[str, object],
    confirmed: str = "",
) -> None:
    """Change the rules for booking and cancelling (`docs/regles.md`).

    A rule must answer for every day of the period. With requests, what it means is confirmed
    first, as in `edit_period`. Raises `DeadlineRuleError`, `StaleError`, `RefusedError`.
    """
    new = [parse_rule(dict(rule)) for rule in (booking, cancelling)]
    with short_transaction():
        fresh = _locked(period)
        if deadlines_fingerprint(fresh) != seen:
            raise StaleError(_STALE)
        days = {fresh.starts_on, fresh.ends_on, *fresh.days.values_list("on", flat=True)}
        stored = [rule.as_json() for rule in new]
        for rule in stored:
            check_rule(rule, days, fresh.starts_on)
        old = _rules_of(fresh)
        families = families_asking(fresh)
        if families and stored != old:
            said = " et ".join(
                f"{what} jusqu’à\u00a0: {describe(rule)}"
                for what, rule, data, before in zip(
                    ("demander", "annuler"), new, stored, old, strict=True
                )
                if data != before
            )
            _ask(
                [_NEW_RULE.format(who=_families(families, "a", "ont"), rules=said)],
                confirmed,
            )
        fresh.booking_deadline, fresh.cancel_deadline = stored
        fresh.save(update_fields=["booking_deadline", "cancel_deadline"])


def check_rule(rule: object, days: Iterable[date], period_start: date) -> None:
    """Refuse a rule that says nothing for one of these days. Raises `RefusedError` naming it."""
    parsed = parse_rule(rule)
    for day in sorted(days):
        try:
            first_refused(parsed, day=day, period_start=min(period_start, day))
        except DeadlineRuleError as error:
            raise RefusedError(f"Pour le {wording.day(day, year=True)}\u00a0: {error}") from error
