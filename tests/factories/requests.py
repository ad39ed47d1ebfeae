"""Asking, deciding, telling: the story in three words, by the real actions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import nullcontext
from datetime import datetime

from preau.activities.enums import Slot
from preau.activities.models import Outing, Period, SessionDay
from preau.booking.actions.decide import Outcome, decide_lines
from preau.booking.actions.submit import Submission, submit_request
from preau.booking.actions.tell import readiness_of_period, validate_decisions
from preau.booking.enums import Decision, Status
from preau.booking.models import Booking, BookingRequest, Sending
from preau.booking.queries.offer import Wish
from preau.core import clock
from preau.core.models import User
from preau.families.models import Child
from tests.factories.families import Household
from tests.factories.periods import DAY, open_days

LINK = "http://127.0.0.1:8000/famille/demandes/"


def wishes_for(child: Child, days: Iterable[SessionDay], slots: Iterable[Slot] = DAY) -> set[Wish]:
    """The boxes of `child` on these days and slots."""
    wanted = list(slots)
    return {Wish(child.pk, day.pk, slot=slot.value) for day in days for slot in wanted}


def ask(
    household: Household,
    period: Period,
    *,
    child: Child | None = None,
    days: Collection[SessionDay] | None = None,
    slots: Iterable[Slot] = DAY,
    outing: Outing | None = None,
    wishes: set[Wish] | None = None,
    at: datetime | None = None,
    version: int | None = None,
    confirmed: bool = False,
    together: bool = False,
    only_with: Outing | None = None,
) -> Submission:
    """The family sends its request: by default the whole first day for its first child.

    `wishes` replaces the other words. `at` is when it is sent, `version` what its page had shown
    (by default the present one). Without `only_with`, the day of that outing is not wanted.
    """
    if wishes is None:
        who = child or household.child
        wishes = wishes_for(who, open_days(period)[:1] if days is None else days, slots)
        if outing:
            wishes.add(Wish(who.pk, outing.session_day_id, outing_id=outing.pk))
    if version is None:
        own = BookingRequest.objects.filter(family=household.family, period=period).first()
        version = own.version if own else 0
    with clock.pinned(at) if at else nullcontext():
        return submit_request(
            actor=household.user,
            family=household.family,
            period=period,
            wishes=wishes,
            seen_version=version,
            confirmed=confirmed,
            together=together,
            only_with={wish for wish in wishes if only_with and wish.outing_id == only_with.pk},
        )


def lines_of(household: Household, period: Period | None = None) -> list[Booking]:
    """Lines of the family that were not taken back, oldest first."""
    lines = Booking.objects.filter(request__family=household.family).order_by("pk")
    lines = lines.filter(request__period=period) if period else lines
    return list(lines.exclude(status=Status.CANCELLED))


def undecided(period: Period) -> list[Booking]:
    """Lines of the period that wait for a decision, oldest first."""
    waiting = Booking.objects.filter(request__period=period, status=Status.PENDING, draft="")
    return list(waiting.order_by("asked_at", "pk"))


def decide(
    director: User,
    period: Period,
    lines: Iterable[Booking],
    decision: Decision | None = Decision.ACCEPTED,
    *,
    reason: str = "",
) -> Outcome:
    """The director answers these lines as they are on the screen; `None` takes it back."""
    return decide_lines(
        actor=director,
        period=period,
        seen={line.pk: line.version for line in lines},
        decision=decision,
        reason=reason,
    )


def tell(director: User, period: Period) -> Sending:
    """The director validates what the confirmation page shows now."""
    fingerprint = readiness_of_period(period).fingerprint
    return validate_decisions(actor=director, period=period, fingerprint=fingerprint)


def boxes(wishes: Iterable[Wish], *, version: int = 0) -> dict[str, list[str]]:
    """What the booking page posts when exactly these boxes are ticked."""
    slots, outings = [], []
    for wish in wishes:
        if wish.outing_id:
            outings.append(f"{wish.child_id}.{wish.day_id}.outing-{wish.outing_id}")
        else:
            slots.append(f"{wish.child_id}.{wish.day_id}.{wish.slot}")
    return {"pick": sorted(slots), "outing": sorted(outings), "version": [str(version)]}
