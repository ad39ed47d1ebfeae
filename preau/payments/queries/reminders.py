"""Who should be reminded of what it owes, and why the others are not (B27)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet, Sum

from preau.billing.queries.arrears import Owing, families_owing
from preau.core import clock
from preau.core.money import ZERO
from preau.families.models import Family
from preau.families.queries.contacts import contacts_of
from preau.payments.models import Reminder, ReminderBatch, ReminderPause
from preau.payments.queries.plans import plans_in_force

REST = timedelta(days=14)
"""A family that was reminded is left in peace for so long."""
NOT_DUE = 0
"""The first of the ages of a debt is what is not due yet."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """A family that could be reminded. `overdue` in euros; `kept` says why it will not be, if so.

    `email` is empty for a family that gets a letter.
    """

    family: Family
    overdue: Decimal
    since: date
    email: str
    kept: str


def reminders_due(families: QuerySet[Family], *, days: int) -> list[Due]:
    """Families of the scope late by more than `days` days, the oldest debt first.

    A number of queries that does not grow with the families.
    """
    today = clock.today()
    late = [
        (each, overdue)
        for each in families_owing(families, today)
        if (overdue := _overdue(each)) > ZERO and (today - each.since).days > days
    ]
    names = [each.family.pk for each, _ in late]
    kept = _kept(names, today)
    contacts = contacts_of(names)
    return [
        Due(
            family=each.family,
            overdue=overdue,
            since=each.since,
            email=contacts.get(each.family.pk, ""),
            kept=kept.get(each.family.pk, ""),
        )
        for each, overdue in late
    ]


def _overdue(owing: Owing) -> Decimal:
    return sum(owing.by_age[NOT_DUE + 1 :], ZERO)


def _kept(families: Sequence[int], today: date) -> dict[int, str]:
    """Why each of these families is left in peace."""
    found: dict[int, str] = {}
    last = (
        Reminder.objects.filter(family__in=families)
        .values_list("family")
        .annotate(at=Max("batch__sent_at"))
    )
    for family, at in last:
        if at > clock.now() - REST:
            found[family] = f"déjà rappelée le {clock.day_of(at):%d/%m/%Y}"
    for state in plans_in_force(Family.objects.filter(pk__in=families)):
        if not state.late:
            found[state.plan.family_id] = "échéancier tenu"
    newest = ReminderPause.objects.filter(family__in=families).order_by("family_id", "-pk")
    for pause in newest.distinct("family_id"):
        if pause.until >= today:
            found[pause.family_id] = f"suspendue jusqu’au {pause.until:%d/%m/%Y} : {pause.reason}"
    return found


def fingerprint_of(due: Sequence[Due]) -> str:
    """A short text that changes with who would be reminded of how much."""
    said = "|".join(f"{each.family.pk}:{each.overdue}" for each in due if not each.kept)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def batches_of_families(families: QuerySet[Family]) -> QuerySet[ReminderBatch]:
    """What was sent, to these families only, with `count`, `letters` and `total`; newest first."""
    foreign = Reminder.objects.exclude(family__in=families.values("pk"))
    return (
        ReminderBatch.objects.exclude(pk__in=foreign.values("batch"))
        .annotate(
            count=Count("reminders"),
            letters=Count("reminders", filter=Q(reminders__by_letter=True)),
            total=Sum("reminders__overdue"),
        )
        .select_related("sent_by", "mails")
        .order_by("-pk")
    )


def pause_of_family(family: Family) -> ReminderPause | None:
    """The pause that holds today, if any."""
    pause = family.reminder_pauses.select_related("made_by").first()
    return pause if pause and pause.until >= clock.today() else None
