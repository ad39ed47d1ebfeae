"""The demonstration organisation: "Loisirs Exemple Grand Sud". The same all of a given day.

Names, places and prices are examples; days come from the real calendar of zone C around today.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from preau.core import clock
from preau.core.models import User
from preau.demo.attendance import make_attendance
from preau.demo.care import make_care
from preau.demo.money import make_accounts, make_past_wednesdays, make_settings
from preau.demo.people import CHILDREN_NAMES, FAMILY_NAMES, GUARDIAN_NAMES
from preau.demo.periods import make_periods
from preau.demo.prices import make_prices
from preau.demo.publications import make_publications
from preau.demo.requests import make_requests
from preau.demo.shop import make_shop
from preau.families.models import (
    Child,
    Custody,
    Enrolment,
    Family,
    FamilyQuotient,
    Guardian,
    Guardianship,
)
from preau.org.enums import CentreKind, Role
from preau.org.models import AgeGroup, Centre, Organisation, StaffRole

PASSWORD = "gouter-sous-le-preau"  # noqa: S105 - written on the first page of the demonstration
FAMILIES = 120


@dataclass(frozen=True, kw_only=True)
class Centres:
    """The four centres."""

    tilleuls: Centre
    platanes: Centre
    canal: Centre
    school: Centre


@transaction.atomic
def make_organisation(say: Callable[[str], None]) -> None:
    """Make everything."""
    dice = random.Random(clock.today().toordinal())
    say("Création de l’organisation d’exemple")
    Organisation.objects.create(
        pk=1,
        name="Loisirs Exemple Grand Sud",
        contact_name="Accueil de l’association exemple",
        contact_email="accueil@loisirs-exemple.fr",
        contact_phone="05 00 00 00 00",
        school_zone="C",
    )
    centres = _make_centres()
    _make_staff(centres)
    say(f"Création de {FAMILIES} familles")
    _make_families(centres, dice)
    say("Création des périodes, du vrai calendrier de la zone C")
    periods = make_periods(centres)
    say("Création du tarif d’exemple")
    make_prices(
        [centres.tilleuls, centres.platanes, centres.canal],
        User.objects.get(username="administration"),
        _year_before(clock.today()),
    )
    say("Envoi des demandes des familles")
    make_requests(
        periods,
        director=User.objects.get(username="direction.tilleuls"),
        dice=dice,
    )
    director = User.objects.get(username="direction.tilleuls")
    say("Mise en ligne des imprimés")
    make_publications([centres.tilleuls, centres.platanes, centres.canal, centres.school], director)
    make_past_wednesdays(centres.tilleuls, director, dice)
    say("Pointage des dernières semaines")
    make_attendance(
        staff=User.objects.get(username="accueil.tilleuls"),
        director=director,
        dice=dice,
    )
    say("Factures et règlements de l’année")
    make_settings()
    make_shop()
    make_accounts(centres.tilleuls, User.objects.get(username="comptabilite"), dice)
    make_care(centres.tilleuls, director, dice)


def sign_ins() -> dict[str, list[dict[str, str]]]:
    """Who can sign in, with the one password of the demonstration: families, then staff."""
    guardians = Guardianship.objects.filter(guardian__user__isnull=False)
    staff = StaffRole.objects.select_related("user").order_by("pk")
    people = {role.user: role.role for role in staff}
    return {
        "families": [
            {
                "identifier": each.guardian.user.username,
                "password": PASSWORD,
                "name": str(each.family),
            }
            for each in guardians.select_related("guardian__user", "family").order_by(
                "family__number", "pk"
            )
            if each.guardian.user
        ],
        "staff": [
            {"identifier": user.username, "password": PASSWORD, "name": user.name, "role": role}
            for user, role in people.items()
        ],
    }


def _make_centres() -> Centres:
    def centre(name: str, kind: CentreKind, address: str, director: str, slug: str) -> Centre:
        return Centre.objects.create(
            name=name,
            kind=kind,
            address=address,
            director_name=director,
            email=f"{slug}@loisirs-exemple.fr",
            phone="05 00 00 00 00",
        )

    tilleuls = centre(
        "Centre des Tilleuls",
        CentreKind.HOLIDAY,
        "1 place de l’Exemple, 31000 Exempleville",
        "Camille Exemple",
        "tilleuls",
    )
    platanes = centre(
        "Centre des Platanes",
        CentreKind.HOLIDAY,
        "8 chemin de l’Exemple, 31000 Exempleville",
        "Dominique Exemple",
        "platanes",
    )
    canal = centre(
        "Local jeunes du Canal",
        CentreKind.YOUTH,
        "12 quai de l’Exemple, 31000 Exempleville",
        "Claude Exemple",
        "canal",
    )
    school = centre(
        "ALAE de l’école du Moulin",
        CentreKind.SCHOOL_DAY,
        "3 rue de l’Exemple, 31000 Exempleville",
        "Maxime Exemple",
        "moulin",
    )
    for each in (tilleuls, platanes):
        AgeGroup.objects.create(centre=each, name="Petits", min_age=3, max_age=5)
        AgeGroup.objects.create(centre=each, name="Grands", min_age=6, max_age=11)
    AgeGroup.objects.create(centre=canal, name="Jeunes", min_age=11, max_age=17)
    return Centres(tilleuls=tilleuls, platanes=platanes, canal=canal, school=school)


def _make_staff(centres: Centres) -> None:
    people: list[tuple[str, str, Role, list[Centre | None]]] = [
        ("direction.tilleuls", "Camille Exemple", Role.DIRECTOR, [centres.tilleuls]),
        ("collegue.tilleuls", "Sacha Exemple", Role.DIRECTOR, [centres.tilleuls]),
        (
            "direction.platanes",
            "Dominique Exemple",
            Role.DIRECTOR,
            [centres.platanes, centres.canal, centres.school],
        ),
        ("comptabilite", "Charlie Exemple", Role.ACCOUNTANT, [None]),
        ("accueil.tilleuls", "Lou Exemple", Role.RECEPTION, [centres.tilleuls]),
        ("administration", "Andréa Exemple", Role.ADMINISTRATOR, [None]),
    ]
    secret = make_password(PASSWORD)
    for username, name, role, places in people:
        user = User.objects.create(
            username=username,
            name=name,
            email=f"{username}@loisirs-exemple.fr",
            password=secret,
        )
        for place in places:
            StaffRole.objects.create(user=user, role=role, centre=place)


def _make_families(centres: Centres, dice: random.Random) -> None:
    secret = make_password(PASSWORD)
    names = dice.sample(FAMILY_NAMES, len(FAMILY_NAMES))
    for number in range(1, FAMILIES + 1):
        name = "Exemple" if number == 1 else f"{names[number % len(names)]}-Exemple"
        if number > len(names):
            name = f"{name} {number // len(names) + 1}"
        family = Family.objects.create(name=name, number=number)
        _make_guardians(family, number, secret, dice)
        _make_children(family, number, centres, dice)
        _make_quotient(family, number, dice)
    _share_custody(secret)


def _make_guardians(family: Family, number: int, secret: str, dice: random.Random) -> None:
    """A first guardian with a sign-in, often a second without. Every fortieth has no e-mail."""
    first = "Alex" if number == 1 else dice.choice(GUARDIAN_NAMES)
    without_mail = number % 40 == 0
    email = "" if without_mail else f"famille{number}@exemple.fr"
    user = None
    if not without_mail:
        user = User.objects.create(
            username="famille.exemple" if number == 1 else f"famille.{number}",
            name=f"{first} {family.name}",
            email=email,
            password=secret,
        )
    guardian = Guardian.objects.create(
        user=user, first_name=first, last_name=family.name, email=email, phone="06 00 00 00 00"
    )
    Guardianship.objects.create(family=family, guardian=guardian, is_contact=True)
    if dice.random() < 0.6:
        second = Guardian.objects.create(
            first_name=dice.choice(GUARDIAN_NAMES), last_name=family.name, phone="06 00 00 00 00"
        )
        Guardianship.objects.create(family=family, guardian=second)


# The same whatever the day: stories and pictures speak of them.
_KNOWN = {1: [("Zoé", 7.4), ("Tom", 4.2)], 7: [("Lina", 8.2)]}


def _make_children(family: Family, number: int, centres: Centres, dice: random.Random) -> None:
    today = clock.today()
    ages = _KNOWN.get(number) or [
        (name, dice.uniform(3.1, 13.5))
        for name in dice.sample(CHILDREN_NAMES, dice.choices([1, 2, 3], [45, 42, 13])[0])
    ]
    home = centres.tilleuls if number in _KNOWN or dice.random() < 0.65 else centres.platanes
    for first_name, age in ages:
        child = Child.objects.create(
            first_name=first_name,
            last_name=family.name,
            birth_date=today - timedelta(days=round(age * 365.25)),
        )
        Custody.objects.create(family=family, child=child)
        places = [home] if age < 11.5 else [centres.canal]
        if number == 1 or (age > 6 and dice.random() < 0.15):
            places.append(centres.school)
        for place in places:
            Enrolment.objects.create(child=child, centre=place, starts_on=_year_before(today))


def _year_before(today: date) -> date:
    """Most children came last school year already."""
    start = _school_year(today)
    return start.replace(year=start.year - 1)


def _school_year(today: date) -> date:
    return date(today.year if today.month >= 9 else today.year - 1, 9, 1)


def _make_quotient(family: Family, number: int, dice: random.Random) -> None:
    """Nine families in ten have a quotient; one in twenty of them lets it expire."""
    if number % 10 == 7:
        return
    start = _school_year(clock.today())
    expired = number % 20 == 3
    value = dice.randrange(280, 2400)
    if not expired:
        FamilyQuotient.objects.create(
            family=family,
            value=value + 25,
            scheme="caf",
            valid_from=start - timedelta(days=365),
            valid_to=start - timedelta(days=1),
        )
    FamilyQuotient.objects.create(
        family=family,
        value=value,
        scheme=dice.choices(["caf", "msa", "other"], [88, 8, 4])[0],
        valid_from=start - timedelta(days=365 if expired else 0),
        valid_to=start + timedelta(days=-1 if expired else 364),
    )


def _share_custody(secret: str) -> None:
    """The second family's first child also lives in another household, which pays its own days."""
    shared = Family.objects.get(number=2).children.order_by("pk")[0]
    other = Family.objects.create(name="Second Foyer-Exemple", number=FAMILIES + 1)
    user = User.objects.create(
        username="foyer.second",
        name="Lou Second Foyer-Exemple",
        email="foyer2@exemple.fr",
        password=secret,
    )
    guardian = Guardian.objects.create(
        user=user, first_name="Lou", last_name="Second Foyer-Exemple", email=user.email
    )
    Guardianship.objects.create(family=other, guardian=guardian, is_contact=True)
    Custody.objects.create(family=other, child=shared)
