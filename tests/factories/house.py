"""The organisation, its four centres and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from preau.core.clock import PARIS
from preau.core.models import User
from preau.org.enums import CentreKind, Role
from preau.org.models import AgeGroup, Centre, Organisation, StaffRole

PASSWORD = "quatre mots pour entrer"


def paris(text: str) -> datetime:
    """An instant as a clock in Paris shows it: `paris("2027-01-12 09:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


NOW = paris("2027-01-12 09:00")


@dataclass(frozen=True, kw_only=True)
class House:
    """The organisation. Camille and Sacha direct Les Tilleuls, Dominique Les Platanes.

    Andrea administers, Charlie keeps the accounts of all centres, Lou welcomes at Les Tilleuls.
    """

    organisation: Organisation
    tilleuls: Centre
    platanes: Centre
    canal: Centre
    moulin: Centre
    camille: User
    sacha: User
    dominique: User
    andrea: User
    charlie: User
    lou: User


def make_house() -> House:
    """Make the organisation, its centres with their age groups, and its staff."""
    organisation = Organisation.objects.create(
        pk=1,
        name="Loisirs Exemple",
        contact_name="Accueil exemple",
        contact_email="accueil@exemple.fr",
        contact_phone="05 00 00 00 00",
        school_zone="C",
    )
    tilleuls = _centre("Centre des Tilleuls", CentreKind.HOLIDAY, "Camille Exemple")
    platanes = _centre("Centre des Platanes", CentreKind.HOLIDAY, "Dominique Exemple")
    canal = _centre("Local jeunes du Canal", CentreKind.YOUTH, "Claude Exemple")
    moulin = _centre("ALAE du Moulin", CentreKind.SCHOOL_DAY, "Maxime Exemple")
    AgeGroup.objects.bulk_create(
        [
            AgeGroup(centre=tilleuls, name="Petits", min_age=3, max_age=5),
            AgeGroup(centre=tilleuls, name="Grands", min_age=6, max_age=11),
            AgeGroup(centre=platanes, name="Petits", min_age=3, max_age=5),
            AgeGroup(centre=platanes, name="Grands", min_age=6, max_age=11),
            AgeGroup(centre=canal, name="Jeunes", min_age=11, max_age=17),
        ]
    )
    return House(
        organisation=organisation,
        tilleuls=tilleuls,
        platanes=platanes,
        canal=canal,
        moulin=moulin,
        camille=staff("camille", tilleuls),
        sacha=staff("sacha", tilleuls),
        dominique=staff("dominique", platanes),
        andrea=staff("andrea", None, Role.ADMINISTRATOR),
        charlie=staff("charlie", None, Role.ACCOUNTANT),
        lou=staff("lou", tilleuls, Role.RECEPTION),
    )


def _centre(name: str, kind: CentreKind, director: str) -> Centre:
    return Centre.objects.create(
        name=name,
        kind=kind,
        address="1 place de l’Exemple, 31000 Exempleville",
        director_name=director,
        email=f"{name.rsplit(maxsplit=1)[-1].lower()}@exemple.fr",
        phone="05 00 00 00 01",
    )


def person(username: str, *, name: str = "", email: str = "") -> User:
    """Somebody who can sign in, and may do nothing yet."""
    return User.objects.create_user(
        username, PASSWORD, name=name or f"{username.capitalize()} Exemple", email=email
    )


def staff(username: str, centre: Centre | None, role: Role = Role.DIRECTOR) -> User:
    """A member of staff, by default a director; no centre means all of them."""
    user = person(username, email=f"{username}@exemple.fr")
    StaffRole.objects.create(user=user, role=role, centre=centre)
    return user
