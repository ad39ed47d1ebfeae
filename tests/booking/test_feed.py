"""A family's days in its own calendar: the right ones, until it is stopped (B9)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from preau.booking.actions.feeds import open_feed, stop_feed
from preau.booking.models import CalendarFeed
from tests.factories import Cast, ask, decide, lines_of, open_days, sign_in, tell
from tests.kit.page import Page


def read(key: str) -> dict[date, str]:
    """What a calendar program makes of the feed."""
    answer = Client().get(reverse("calendar", args=[key]))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answer.content)
    return {
        event.decoded("dtstart"): str(event["summary"]).replace("\u00a0", " ")
        for event in calendar.walk("VEVENT")
    }


@pytest.fixture
def key(cast: Cast) -> str:
    """Zoé has two days; a third waits for its answer."""
    days = open_days(cast.hiver)
    ask(cast.exemple, cast.hiver, days=days[:2])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    ask(cast.exemple, cast.hiver, days=days[:3])
    assert cast.exemple.user
    return open_feed(actor=cast.exemple.user, family=cast.exemple.family)


def test_accepted_days_only(cast: Cast, key: str) -> None:
    days = [day.on for day in open_days(cast.hiver)[:2]]
    assert read(key) == dict.fromkeys(days, "Zoé : journée")


def test_it_follows_what_is_decided(cast: Cast, key: str) -> None:
    decide(cast.camille, cast.hiver, lines_of(cast.exemple)[-3:])
    tell(cast.camille, cast.hiver)
    assert len(read(key)) == 3


def test_stopped_or_replaced_it_is_dead_at_once(cast: Cast, key: str) -> None:
    assert cast.exemple.user
    other = open_feed(actor=cast.exemple.user, family=cast.exemple.family)
    assert Client().get(reverse("calendar", args=[key])).status_code == 404
    assert read(other)
    assert stop_feed(actor=cast.exemple.user, family=cast.exemple.family)
    assert Client().get(reverse("calendar", args=[other])).status_code == 404
    assert not stop_feed(actor=cast.exemple.user, family=cast.exemple.family)


def test_it_dies_with_the_sign_in_and_with_the_family(cast: Cast, key: str) -> None:
    assert cast.exemple.user
    cast.exemple.user.is_active = False
    cast.exemple.user.save()
    assert Client().get(reverse("calendar", args=[key])).status_code == 404
    cast.exemple.user.is_active = True
    cast.exemple.user.save()
    assert read(key)
    cast.exemple.family.guardianships.all().delete()
    assert Client().get(reverse("calendar", args=[key])).status_code == 404


def test_the_database_does_not_hold_the_key(cast: Cast, key: str) -> None:
    assert key not in str(list(CalendarFeed.objects.values()))


def test_it_costs_the_same_for_two_days_and_for_ten(cast: Cast, key: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            Client().get(reverse("calendar", args=[key]))
        return len(seen)

    assert queries() == 4
    ask(cast.exemple, cast.hiver, days=open_days(cast.hiver)[:8])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple)[-18:])
    tell(cast.camille, cast.hiver)
    assert queries() == 4


def test_the_page_shows_the_address_once(cast: Cast) -> None:
    parent = sign_in(Client(), cast.exemple.user)
    page = Page(parent.post(reverse("family:open_calendar")))
    assert page.faults() == []
    address = page.all("#adresse")[0].attrs["value"]
    path = address.partition("8000")[2]
    assert Client().get(path).status_code == 200
    page = Page(parent.get(reverse("family:space")))
    assert page.faults() == []
    assert "L’arrêter" in page.words("main")
    assert address not in page.text
    parent.post(reverse("family:stop_calendar"))
    assert Client().get(path).status_code == 404
