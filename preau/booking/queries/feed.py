"""A family's accepted days as a calendar program reads them (RFC 5545)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from icalendar import Calendar, Event

from preau.booking.enums import Status
from preau.booking.feed_keys import digest_of
from preau.booking.models import Booking, CalendarFeed
from preau.booking.queries.summary import slots_in_words
from preau.core import clock
from preau.core.models import User
from preau.families.models import Child, Family
from preau.families.scope import families_of_guardian
from preau.org.models import Organisation

_BEFORE = timedelta(days=31)


def family_of_feed(key: str) -> Family | None:
    """The family that this key opens; None once it is stopped, or its owner is no guardian now."""
    feed = CalendarFeed.objects.filter(digest=digest_of(key), revoked_at=None)
    found = feed.select_related("user").first()
    return families_of_guardian(found.user).filter(pk=found.family_id).first() if found else None


def feed_of(family: Family, user: User) -> CalendarFeed | None:
    """The private address that this person has for the family, if any."""
    return CalendarFeed.objects.filter(family=family, user=user, revoked_at=None).first()


def calendar_of_family(family: Family) -> bytes:
    """Every accepted day from a month ago on, one event a child and day, in three queries."""
    calendar = Calendar()
    calendar.add("prodid", "-//Preau//famille//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{Organisation.objects.get()}")
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    lines = (
        Booking.objects.filter(
            request__family=family, status=Status.ACCEPTED, on__gte=clock.today() - _BEFORE
        )
        .select_related("child", "session_day__centre", "outing")
        .order_by("on", "child_id", "pk")
    )
    days: dict[tuple[date, Child], list[Booking]] = defaultdict(list)
    for line in lines:
        days[line.on, line.child].append(line)
    for (on, child), members in days.items():
        calendar.add_component(_event(on, child, members))
    return bytes(calendar.to_ical())


def _event(on: date, child: Child, lines: list[Booking]) -> Event:
    centre = lines[0].session_day.centre
    slots = [line.slot for line in lines if line.slot]
    outings = [line.outing.title for line in lines if line.outing]
    event = Event()
    event.add("uid", f"{child.pk}-{on:%Y%m%d}@preau")
    event.add("dtstamp", max(line.told_at or line.asked_at for line in lines))
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add(
        "summary", f"{child.first_name}\u00a0: {', '.join([slots_in_words(slots), *outings])}"
    )
    event.add("location", f"{centre}, {centre.address}")
    event.add("transp", "TRANSPARENT")
    return event
