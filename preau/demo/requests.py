"""What the families of the demonstration asked for, and what has been answered.

Everything goes through the real actions, at the time it would have happened.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta

from preau.activities.deadlines import first_refused, parse_rule
from preau.activities.enums import PeriodKind, Slot
from preau.activities.models import Period
from preau.booking.actions.decide import decide_lines
from preau.booking.actions.submit import submit_request
from preau.booking.actions.tell import readiness_of_period, validate_decisions
from preau.booking.enums import Decision, Status
from preau.booking.models import Booking
from preau.booking.queries.offer import Offer, Wish, offer_to_family
from preau.core import clock
from preau.core.models import User
from preau.families.models import Family

_FULL = "places prises par des demandes arrivées avant"


def make_requests(periods: list[Period], *, director: User, dice: random.Random) -> None:
    """Requests for every period that has opened; those whose window is over are answered.

    The present Wednesdays are answered for those who asked at the opening. The next holidays wait:
    that is the director's work of the demonstration. The first family has not asked for them yet,
    and always for the others: who tries its sign-in finds an answer to read and days to ask for.
    """
    now = clock.now()
    for period in periods:
        if period.opens_at >= now:
            continue
        fresh = period.kind == PeriodKind.HOLIDAYS and period.closes_at > now
        families = list(
            Family.objects.filter(children__enrolments__centre=period.centre).distinct()
        )
        for family in families:
            often = 0.75 if family.number != 1 else float(not fresh)
            if dice.random() < often:
                _ask(family, period, dice)
        if not fresh and not period.decides_itself:
            _answer(period, director)
    _prepare_some(periods, director)


def _ask(family: Family, period: Period, dice: random.Random) -> None:
    """One request, most of them in the first minutes."""
    since_opening = clock.now() - period.opens_at
    early = timedelta(seconds=dice.expovariate(1 / 600))
    delay = early if dice.random() < 0.7 else since_opening * dice.random()
    last_chance = min(clock.now(), period.closes_at) - timedelta(minutes=1)
    when = max(min(period.opens_at + delay, last_chance), period.opens_at)
    offer = offer_to_family(family, period, now=when)
    open_days = _open_days(offer, when)
    wishes = {wish for child in offer.children for wish in _wishes(child.pk, offer, dice)}
    wishes = {wish for wish in wishes - offer.elsewhere if wish.day_id in open_days}
    if wishes:
        with clock.pinned(when):
            submit_request(actor=None, family=family, period=period, wishes=wishes, seen_version=0)


def _open_days(offer: Offer, when: datetime) -> set[int]:
    """Days whose booking deadline has not passed at `when`."""
    period = offer.period
    rule = parse_rule(period.booking_deadline)
    return {
        pk
        for pk, day in offer.days.items()
        if when < first_refused(rule, day=day.on, period_start=period.starts_on)
    }


def _wishes(child: int, offer: Offer, dice: random.Random) -> set[Wish]:
    """A child's habit: whole days most often, some half-days, the same days each week."""
    weekdays = set(dice.sample(range(5), dice.choice([2, 3, 3, 4, 5])))
    slots = dice.choices(
        [set(Slot), {Slot.MORNING, Slot.MIDDAY}, {Slot.MIDDAY, Slot.AFTERNOON}, {Slot.AFTERNOON}],
        [70, 14, 10, 6],
    )[0]
    wednesdays = offer.period.kind == PeriodKind.WEDNESDAYS
    wishes = set()
    for wish in offer.offered:
        if wish.child_id != child:
            continue
        if wish.outing_id:
            if dice.random() < 0.3:
                wishes.add(wish)
            continue
        weekday = offer.days[wish.day_id].on.weekday()
        if (wednesdays or weekday in weekdays) and wish.slot in slots:
            wishes.add(wish)
    return wishes


def _answer(period: Period, director: User) -> None:
    """Accept in order of arrival while there is room, the waiting list for the rest, and tell.

    Once a week after the opening, the last time when the window has closed: an answer never comes
    before what it answers.
    """
    until = min(clock.now() - timedelta(hours=2), period.closes_at + timedelta(days=1))
    at = min(period.opens_at + timedelta(days=6, hours=8), until)
    while True:
        with clock.pinned(at):
            _answer_what_came(period, director)
        if at >= until:
            return
        at = min(at + timedelta(days=7), until)


def _answer_what_came(period: Period, director: User) -> None:
    waiting = Booking.objects.filter(
        request__period=period, status=Status.PENDING, asked_at__lt=clock.now()
    )
    seen = dict(waiting.values_list("pk", "version"))
    if not seen:
        return
    outcome = decide_lines(actor=director, period=period, seen=seen, decision=Decision.ACCEPTED)
    if outcome.full:
        decide_lines(
            actor=director,
            period=period,
            seen={line.pk: line.version for line in outcome.full},
            decision=Decision.WAITLISTED,
            reason=_FULL,
        )
    ready = readiness_of_period(period)
    validate_decisions(actor=director, period=period, fingerprint=ready.fingerprint)


def _prepare_some(periods: list[Period], director: User) -> None:
    """The director has begun: the first dozen families of the first open holidays are decided."""
    now = clock.now()
    open_ones = [
        p for p in periods if p.kind == PeriodKind.HOLIDAYS and p.opens_at <= now < p.closes_at
    ]
    for period in open_ones[:1]:
        lines: dict[int, dict[int, int]] = defaultdict(dict)
        arrived = Booking.objects.filter(request__period=period).order_by("asked_at", "pk")
        for request, pk, version in arrived.values_list("request", "pk", "version"):
            lines[request][pk] = version
        for seen in list(lines.values())[:12]:
            decide_lines(actor=director, period=period, seen=seen, decision=Decision.ACCEPTED)
