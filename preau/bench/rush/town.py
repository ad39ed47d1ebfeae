"""An organisation of a given size, made in bulk: centres, families of two children, sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from preau.activities.actions.plan import PeriodOptions, create_period
from preau.activities.enums import BookingMode, PeriodKind
from preau.activities.models import Period
from preau.booking.enums import Status
from preau.core import clock
from preau.core.models import Session, User
from preau.core.sessions import OPENED, SEEN, SessionStore
from preau.families.models import Child, Custody, Enrolment, Family, Guardian, Guardianship
from preau.org.enums import CentreKind
from preau.org.models import AgeGroup, Centre, Organisation

AGES = (4, 8)
WEEKS, DAYS = 6, 5
"""The period that is asked for: thirty days."""
ASKED = 5
"""Whole days that each family asks for, for both children: thirty lines."""
PAST_DAYS = 14
"""Days of three slots that each child attended before, where there is a history."""
_BATCH = 5_000
_RULE: dict[str, object] = {"kind": "calendar_days", "n": 7}


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A family at its telephone: its session, its period, its children, the period's days."""

    session: str
    period: int
    children: tuple[int, int]
    days: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Town:
    """`places` is the capacity of each slot and group; every other centre decides by itself."""

    families: int
    centres: int
    places: int
    history: bool


def make_town(town: Town) -> None:
    """Fill an empty, migrated database."""
    Organisation.objects.create(
        pk=1,
        name="Mesures",
        contact_name="Mesures",
        contact_email="mesures@exemple.fr",
        contact_phone="05 00 00 00 00",
        school_zone="C",
    )
    centres = [_centre(number) for number in range(town.centres)]
    for number, centre in enumerate(centres):
        _period(centre, town.places, first_come=bool(number % 2))
    for numbers in batched(range(1, town.families + 1), _BATCH, strict=False):
        _families(list(numbers), centres)
    if town.history:
        for centre in centres:
            _past(centre)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _centre(number: int) -> Centre:
    centre = Centre.objects.create(
        name=f"Centre {number:03d}",
        kind=CentreKind.HOLIDAY,
        address="1 place de l’Exemple",
        director_name="Mesures",
        email="mesures@exemple.fr",
        phone="05 00 00 00 00",
    )
    AgeGroup.objects.create(centre=centre, name="Petits", min_age=3, max_age=5)
    AgeGroup.objects.create(centre=centre, name="Grands", min_age=6, max_age=11)
    return centre


def _period(centre: Centre, places: int, *, first_come: bool) -> Period:
    now = clock.now()
    monday = clock.today() + timedelta(days=60 - clock.today().weekday())
    mode = BookingMode.FIRST_COME if first_come else BookingMode.REVIEWED
    return create_period(
        centre=centre,
        kind=PeriodKind.HOLIDAYS,
        name="Été",
        days=[monday + timedelta(days=7 * week + day) for week in range(WEEKS) for day in range(5)],
        closed={},
        window=(now - timedelta(hours=1), now + timedelta(days=30)),
        deadlines=(_RULE, _RULE),
        capacities=dict.fromkeys(AgeGroup.objects.filter(centre=centre), places),
        options=PeriodOptions(mode=mode),
    )


def _born(age: int, today: date) -> date:
    return date(today.year - age, 1, 1)


def _families(numbers: list[int], centres: list[Centre]) -> None:
    today = clock.today()
    users = User.objects.bulk_create(
        User(username=f"m{n}", password="!", name=f"Parent {n}")  # noqa: S106 - nobody signs in
        for n in numbers
    )
    families = Family.objects.bulk_create(
        Family(number=n, name=f"Mesures {n}", town="Exempleville") for n in numbers
    )
    people = Guardian.objects.bulk_create(
        Guardian(user=user, first_name="Alex", last_name="Mesures", email=f"{user.username}@e.fr")
        for user in users
    )
    Guardianship.objects.bulk_create(
        Guardianship(family=family, guardian=guardian, is_contact=True)
        for family, guardian in zip(families, people, strict=True)
    )
    children = Child.objects.bulk_create(
        Child(first_name=f"Zoé{age}", last_name=f"Mesures {n}", birth_date=_born(age, today))
        for n in numbers
        for age in AGES
    )
    homes = [family for family in families for _ in AGES]
    Custody.objects.bulk_create(
        Custody(family=family, child=child) for family, child in zip(homes, children, strict=True)
    )
    Enrolment.objects.bulk_create(
        Enrolment(child=child, centre=centres[family.number % len(centres)], starts_on=today)
        for family, child in zip(homes, children, strict=True)
    )
    Session.objects.bulk_create(sessions_of(users))


def sessions_of(users: list[User]) -> Iterator[Session]:
    """What signing in leaves in the database: the crowd has signed in before the rush."""
    now, store = clock.now(), SessionStore()
    for user in users:
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            OPENED: now.isoformat(),
            SEEN: now.isoformat(),
        }
        yield Session(
            session_key=session_key(user.username),
            session_data=store.encode(data),
            expire_date=now + timedelta(days=1),
            user=user,
        )


def session_key(username: str) -> str:
    """The session of somebody, which everybody can guess: this town lives for a measure only."""
    return username.rjust(32, "x")


_ASK = """
INSERT INTO booking_bookingrequest (family_id, period_id, channel, submitted_at, version, together)
SELECT DISTINCT c.family_id, %(period)s, 'portal', %(asked)s, 1, false
FROM families_custody c JOIN families_enrolment e ON e.child_id = c.child_id
WHERE e.centre_id = %(centre)s;
INSERT INTO booking_booking (request_id, child_id, session_day_id, "on", slot, age_group_id, status,
    draft, reason, late, passed_over, standing, keeps_day, cancelled_as, asked_at, told_at, version)
SELECT r.id, c.child_id, d.id, d."on", s.slot, g.id, %(status)s, '', '', false, false, 0, true, '',
    %(asked)s, %(told)s, 1
FROM booking_bookingrequest r
JOIN families_custody c ON c.family_id = r.family_id
JOIN families_enrolment e ON e.child_id = c.child_id AND e.centre_id = %(centre)s
JOIN families_child h ON h.id = c.child_id
JOIN org_agegroup g ON g.centre_id = %(centre)s
    AND extract(year FROM age(h.birth_date)) BETWEEN g.min_age AND g.max_age
JOIN activities_sessionday d ON d.period_id = %(period)s AND d."on" < %(until)s
CROSS JOIN (VALUES ('morning'), ('midday'), ('afternoon')) s(slot)
WHERE r.period_id = %(period)s;
"""


def _past(centre: Centre) -> None:
    """A summer that is over, in which every child came: for 60 000 families, 5 million lines."""
    now, first = clock.now(), clock.today() - timedelta(days=300)
    period = create_period(
        centre=centre,
        kind=PeriodKind.HOLIDAYS,
        name="Été passé",
        days=[first + timedelta(days=n) for n in range(PAST_DAYS)],
        closed={},
        window=(now - timedelta(days=400), now - timedelta(days=350)),
        deadlines=(_RULE, _RULE),
        capacities=dict.fromkeys(AgeGroup.objects.filter(centre=centre), 9_999),
    )
    asked = now - timedelta(days=365)
    _asked_by_all(period, Status.ACCEPTED, asked=asked, told=asked)


def ask_for_first_week(centre: Centre) -> None:
    """Every family of the centre has asked for the first five days; nobody has answered yet."""
    period = Period.objects.get(centre=centre, name="Été")
    until = period.starts_on + timedelta(days=7)
    _asked_by_all(period, Status.PENDING, asked=clock.now(), told=None, until=until)


def _asked_by_all(
    period: Period,
    status: Status,
    *,
    asked: datetime,
    told: datetime | None,
    until: date = date.max,
) -> None:
    """Three slots for both children of each family of the centre, on each day before `until`."""
    given: dict[str, int | str | date | None] = {
        "period": period.pk,
        "centre": period.centre_id,
        "status": status.value,
        "asked": asked,
        "told": told,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0" if connection.in_atomic_block else
                       "SET statement_timeout = 0")  # fmt: skip
        for order in _ASK.split(";")[:2]:
            cursor.execute(order, given)


def visitors(number: int, *, first: int = 0) -> list[Visitor]:
    """So many families, from the one of rank `first` on, each ready to ask for its period."""
    periods = {
        period.centre_id: (period.pk, tuple(period.days.values_list("pk", flat=True)))
        for period in Period.objects.filter(name="Été")
    }
    found = Enrolment.objects.order_by("child_id").values_list(
        "child_id", "centre_id", "child__custodies__family__guardians__user__username"
    )
    rows = list(found[2 * first : 2 * (first + number)])
    return [
        Visitor(
            session=session_key(username),
            period=periods[centre][0],
            children=(younger, elder),
            days=periods[centre][1],
        )
        for (younger, centre, username), (elder, _, _) in zip(rows[::2], rows[1::2], strict=True)
    ]
