"""Opening morning: two hundred families send at once to the real server, for ten places (B4)."""

from __future__ import annotations

import http.client
import sys
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Count

from preau.activities.actions.plan import PeriodOptions, create_period
from preau.activities.enums import BookingMode, PeriodKind, Slot
from preau.activities.models import Period, SessionDay
from preau.booking.enums import Status
from preau.booking.models import TURN, Booking, BookingEvent
from preau.booking.queries.offer import Wish
from preau.core import clock
from preau.core.models import User
from preau.core.sessions import SessionStore
from preau.families.models import Child, Custody, Enrolment, Family, Guardian, Guardianship
from preau.messaging.models import Mail
from preau.org.models import AgeGroup
from tests.demo.portal import free_port
from tests.factories import DAY, boxes, make_house
from tests.kit import programs
from tests.kit.database import TestDatabase

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_time]

FAMILIES, PLACES, RUNS = 200, 10, 3
RULE: dict[str, object] = {"kind": "calendar_days", "n": 7}
TOKEN = "c" * 32  # any one will do, when the cookie and the form agree


def make_families(number: int) -> list[Family]:
    """So many families with one child of eight each, and people who may sign in for them."""
    today = clock.today()
    house = make_house()
    count = range(1, number + 1)
    users = User.objects.bulk_create(User(username=f"f{n}", password="!") for n in count)
    families = Family.objects.bulk_create(Family(number=n, name=f"Exemple {n}") for n in count)
    people = Guardian.objects.bulk_create(
        Guardian(user=user, first_name="Alex", last_name="Exemple", email=f"{user}@exemple.fr")
        for user in users
    )
    Guardianship.objects.bulk_create(
        Guardianship(family=family, guardian=guardian, is_contact=True)
        for family, guardian in zip(families, people, strict=True)
    )
    born = today.replace(year=today.year - 8, day=1)
    children = Child.objects.bulk_create(
        Child(first_name="Zoé", last_name=f"Exemple {n}", birth_date=born) for n in count
    )
    pairs = zip(families, children, strict=True)
    Custody.objects.bulk_create(Custody(family=family, child=child) for family, child in pairs)
    Enrolment.objects.bulk_create(
        Enrolment(child=child, centre=house.tilleuls, starts_on=today) for child in children
    )
    return families


def make_first_come(number: int) -> Period:
    """A period of one day, open now, that decides by itself."""
    now, group = clock.now(), AgeGroup.objects.get(centre__name__contains="Tilleuls", min_age=6)
    return create_period(
        centre=group.centre,
        kind=PeriodKind.HOLIDAYS,
        name=f"Premier arrivé {number}",
        days=[clock.today() + timedelta(days=60 + number)],
        closed={},
        window=(now - timedelta(hours=1), now + timedelta(days=20)),
        deadlines=(RULE, RULE),
        capacities={group: PLACES},
        options=PeriodOptions(mode=BookingMode.FIRST_COME, offers_places=True),
    )


def session_of(user: User) -> str:
    """The cookie of somebody who has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@contextmanager
def served(database: TestDatabase, folder: Path) -> Iterator[int]:
    """The web server as it runs in production but for HTTPS. Gives its port."""
    port, log = free_port(), folder / "serve.log"
    told = {"PREAU_MODE": "development", "PREAU_SECRET_KEY": settings.SECRET_KEY}
    environ = programs.environment(database.url, folder, **told)
    with programs.running("serve", "--port", str(port), environ=environ, log=log):
        programs.wait_until(lambda: answers(port), 60)
        yield port
    sys.stdout.write(log.read_text())


def answers(port: int) -> bool:
    """Whether somebody serves there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def send(port: int, session: str, period: Period, wishes: set[Wish]) -> tuple[int, str]:
    """What the browser gets when the form is sent: the status, and the page it is led to."""
    body = boxes(wishes) | {"csrfmiddlewaretoken": [TOKEN]}
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    path = f"/famille/reservations/{period.pk}/"
    try:
        connection.request("POST", path, urllib.parse.urlencode(body, doseq=True), headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location") or answer.read().decode()
    finally:
        connection.close()


def slots_of(number: int) -> tuple[Slot, ...]:
    """Two families of three want the whole day, the third only its morning."""
    return DAY if number % 3 else (Slot.MORNING,)


def test_of_two_hundred_at_once_ten_get_each_slot_and_the_rest_wait_in_order(
    transactional_db: None, test_database: TestDatabase, tmp_path: Path
) -> None:
    """Three times: no place more, none less, no error page, nobody told to try again."""
    families = make_families(FAMILIES)
    users = list(User.objects.filter(username__startswith="f").order_by("pk"))
    sessions = [session_of(user) for user in users]
    children = list(Child.objects.order_by("pk").values_list("pk", flat=True))
    with served(test_database, tmp_path) as port, ThreadPoolExecutor(FAMILIES) as crowd:
        for run in range(RUNS):
            period = make_first_come(run)
            day = SessionDay.objects.get(period=period)
            wanted = [
                {Wish(child, day.pk, slot=slot.value) for slot in slots_of(number)}
                for number, child in enumerate(children)
            ]
            got = crowd.map(
                send, [port] * FAMILIES, sessions, [period] * FAMILIES, wanted, timeout=90
            )
            assert Counter(got) == {(302, "/famille/demandes/"): FAMILIES}
            check_answers(day, wanted)
    assert Mail.objects.count() == RUNS * len(families)


def check_answers(day: SessionDay, wanted: list[set[Wish]]) -> None:
    """Ten a slot have a place, and they are those who arrived first."""
    lines = Booking.objects.filter(session_day=day)
    assert lines.count() == sum(len(boxes) for boxes in wanted)
    for slot in Slot:
        in_order = list(lines.filter(slot=slot).order_by(*TURN).values_list("status", flat=True))
        assert in_order[:PLACES] == [Status.ACCEPTED] * PLACES
        assert set(in_order[PLACES:]) == {Status.WAITLISTED}
    arrivals = lines.values("asked_at").annotate(families=Count("request", distinct=True))
    assert {row["families"] for row in arrivals} == {1}, "two families arrived at one moment"
    events = BookingEvent.objects.filter(booking__session_day=day)
    assert events.count() == 2 * lines.count()
