"""Changing a period: its window, options and deadlines, knowing what it means for requests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from preau.activities.actions.plan import check_window
from preau.activities.actions.trace import trace_change
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
from preau.core.models import User

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
    return _hash([str(_written(rule)) for rule in _columns(period)])


def _columns(period: Period) -> list[dict[str, object] | None]:
    return [period.booking_deadline, period.change_deadline, period.cancel_deadline]


def _written(rule: Mapping[str, object] | None) -> dict[str, object] | None:
    """A rule as it is always written: the database keeps no order of keys."""
    return None if rule is None else parse_rule(dict(rule)).as_json()


def rules_of(period: Period) -> list[dict[str, object]]:
    """The rules a period has, each written the one way."""
    return [rule for rule in map(_written, _columns(period)) if rule is not None]


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def edit_period(
    *,
    period: Period,
    seen: str,
    settings: PeriodSettings,
    confirmed: str = "",
    actor: User | None = None,
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
        said = [_change(fresh, settings, name) for name in changed]
        for name in changed:
            setattr(fresh, name, getattr(settings, name))
        fresh.save(update_fields=changed)
        if {"priorities", "regular_days"} & set(changed):
            _order_anew(fresh)
        early = {each.audience: each.opens_at for each in fresh.early_openings.all()}
        if early != dict(settings.early):
            _write_early(fresh, settings.early)
            changed.append("early")
            said.append(_WORDS["early"])
        if said:
            trace_change(fresh, actor=actor, what=f"réglages\u00a0: {'\u00a0; '.join(said)}")
    return [_WORDS[name] for name in changed]


def _change(period: Period, settings: PeriodSettings, name: str) -> str:
    before, after = _said(getattr(period, name)), _said(getattr(settings, name))
    return f"{_WORDS[name]}, {before} → {after}"


def _said(value: object) -> str:
    """A setting in words, for the trace."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return wording.moment(value)
    if isinstance(value, list):
        return ", ".join(str(Priority(each).label) for each in value) or "aucune"
    for choices in (BookingMode, LatePolicy, StaffRule):
        if isinstance(value, str) and value in choices.values:
            return str(choices(value).label)
    return "rien" if value is None else str(value)


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


_ACTS = ("demander", "changer", "annuler")


def edit_deadlines(
    *,
    period: Period,
    seen: str,
    booking: Mapping[str, object],
    cancelling: Mapping[str, object],
    changing: Mapping[str, object] | None = None,
    confirmed: str = "",
    actor: User | None = None,
) -> None:
    """Change the rules for booking, changing and cancelling (`docs/regles.md`).

    Without `changing`, adding to a day already asked for follows the booking rule. A rule must
    answer for every day of the period. With requests, what it means is confirmed first, as in
    `edit_period`. Raises `DeadlineRuleError`, `StaleError`, `RefusedError`.
    """
    stored = [_written(rule) for rule in (booking, changing, cancelling)]
    with short_transaction():
        fresh = _locked(period)
        if deadlines_fingerprint(fresh) != seen:
            raise StaleError(_STALE)
        days = {fresh.starts_on, fresh.ends_on, *fresh.days.values_list("on", flat=True)}
        for rule in stored:
            if rule is not None:
                check_rule(rule, days, fresh.starts_on)
        said = _rules_changed([_written(rule) for rule in _columns(fresh)], stored)
        families = families_asking(fresh)
        if families and said:
            who = _families(families, "a", "ont")
            _ask([_NEW_RULE.format(who=who, rules=wording.listing(said))], confirmed)
        fresh.booking_deadline, fresh.change_deadline, fresh.cancel_deadline = stored
        fresh.save(update_fields=["booking_deadline", "change_deadline", "cancel_deadline"])
        if said:
            trace_change(fresh, actor=actor, what=f"dates limites\u00a0: {wording.listing(said)}")


def _rules_changed(
    before: list[dict[str, object] | None], after: list[dict[str, object] | None]
) -> list[str]:
    """The rules that differ, in words."""
    return [
        f"{act} jusqu’à\u00a0: {describe(parse_rule(new))}" if new else f"{act} comme demander"
        for act, old, new in zip(_ACTS, before, after, strict=True)
        if old != new
    ]


def check_rule(rule: object, days: Iterable[date], period_start: date) -> None:
    """Refuse a rule that says nothing for one of these days. Raises `RefusedError` naming it."""
    parsed = parse_rule(rule)
    for day in sorted(days):
        try:
            first_refused(parsed, day=day, period_start=min(period_start, day), first_booked=day)
        except DeadlineRuleError as error:
            raise RefusedError(f"Pour le {wording.day(day, year=True)}\u00a0: {error}") from error
