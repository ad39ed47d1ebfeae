"""A centre, its director and many families, made in bulk for measuring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from preau.activities.actions.plan import create_period
from preau.activities.enums import PeriodKind, Slot
from preau.activities.models import Period
from preau.booking.actions.submit import submit_request
from preau.booking.queries.offer import Wish
from preau.core import clock
from preau.core.models import User
from preau.families.models import Child, Custody, Enrolment, Family, Guardian, Guardianship
from preau.org.enums import CentreKind, Role
from preau.org.models import AgeGroup, Centre, Organisation, StaffRole

DAYS = 5
SLOTS = (Slot.MORNING, Slot.AFTERNOON)
LINES = DAYS * len(SLOTS)
"""What each family asks for: two slots on each day of a week."""

_FIRST = 900_000  # numbers of families that nobody uses


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Who acts, and where."""

    director: User
    period: Period
    families: list[Family]


def make_crowd(number: int, *, places: int) -> Crowd:
    """So many families, each with one child of eight, and a week to ask for."""
    centre, group = make_centre("Centre des mesures")
    director = make_director(centre, "bench-direction")
    families = make_families(number, centre)
    now, first = clock.now(), clock.today() + timedelta(days=60)
    rule: dict[str, object] = {"kind": "calendar_days", "n": 7}
    period = create_period(
        centre=centre,
        kind=PeriodKind.HOLIDAYS,
        name="Mesures",
        days=[first + timedelta(days=n) for n in range(DAYS)],
        closed={},
        window=(now - timedelta(hours=1), now + timedelta(days=30)),
        deadlines=(rule, rule),
        capacities={group: places},
    )
    return Crowd(director=director, period=period, families=families)


def ask(crowd: Crowd, families: list[Family]) -> None:
    """Each of these families asks for the whole week, by the action that the page calls."""
    days = list(crowd.period.days.values_list("pk", flat=True))
    for family in families:
        child = family.children.get()
        submit_request(
            actor=None,
            family=family,
            period=crowd.period,
            wishes=[Wish(child.pk, day, slot=slot.value) for day in days for slot in SLOTS],
            seen_version=0,
        )


def make_director(centre: Centre, username: str) -> User:
    """Somebody who runs that centre, and whom nobody can sign in as."""
    director = User.objects.create(username=username, password="!", name="Mesures")  # noqa: S106 - nobody signs in
    StaffRole.objects.create(user=director, role=Role.DIRECTOR, centre=centre)
    return director


def make_centre(name: str) -> tuple[Centre, AgeGroup]:
    """A centre of one age group, in the organisation there is or a new one."""
    Organisation.objects.get_or_create(
        pk=1,
        defaults={
            "name": "Mesures",
            "contact_name": "Mesures",
            "contact_email": "mesures@exemple.fr",
            "contact_phone": "05 00 00 00 00",
            "school_zone": "C",
        },
    )
    centre = Centre.objects.create(
        name=name,
        kind=CentreKind.HOLIDAY,
        address="1 place de l’Exemple",
        director_name="Mesures",
        email="mesures@exemple.fr",
        phone="05 00 00 00 00",
    )
    return centre, AgeGroup.objects.create(centre=centre, name="Grands", min_age=6, max_age=11)


def make_families(number: int, centre: Centre) -> list[Family]:
    """So many families with a guardian, and a child of eight enrolled at that centre."""
    first = _FIRST + Family.objects.filter(number__gte=_FIRST).count()
    count = range(first, first + number)
    today = clock.today()
    born = today.replace(year=today.year - 8, day=1)
    families = Family.objects.bulk_create(Family(number=n, name=f"Mesures {n}") for n in count)
    people = Guardian.objects.bulk_create(
        Guardian(first_name="Alex", last_name=f"Mesures {n}", email=f"f{n}@exemple.fr")
        for n in count
    )
    children = Child.objects.bulk_create(
        Child(first_name="Zoé", last_name=f"Mesures {n}", birth_date=born) for n in count
    )
    Guardianship.objects.bulk_create(
        Guardianship(family=family, guardian=guardian, is_contact=True)
        for family, guardian in zip(families, people, strict=True)
    )
    Custody.objects.bulk_create(
        Custody(family=family, child=child)
        for family, child in zip(families, children, strict=True)
    )
    Enrolment.objects.bulk_create(
        Enrolment(child=child, centre=centre, starts_on=today) for child in children
    )
    return families
