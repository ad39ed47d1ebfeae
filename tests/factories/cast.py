"""Everybody, and the periods they meet in."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from preau.activities.models import Outing, Period
from preau.core.models import User
from tests.factories.families import Household, make_family, share_custody
from tests.factories.house import House, make_house, person
from tests.factories.periods import add_trip, make_holidays, make_wednesdays, open_days


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The house, six families and three periods.

    `exemple` has Zoé (7) and Tom (4), `martin` Léa (8), all at Les Tilleuls. Noé (9) lives with
    `nord` and with `sud`. `sans_mail` has neither sign-in nor address. `ailleurs` goes to Les
    Platanes. `inconnu` signs in and has neither role nor family.
    """

    house: House
    exemple: Household
    martin: Household
    nord: Household
    sud: Household
    sans_mail: Household
    ailleurs: Household
    inconnu: User
    hiver: Period
    sortie: Outing
    mercredis: Period
    hiver_platanes: Period

    @property
    def camille(self) -> User:
        """Director of Les Tilleuls."""
        return self.house.camille

    @property
    def at_tilleuls(self) -> list[Household]:
        """Families of Les Tilleuls, by number; of Noé's two households, the first."""
        return [self.exemple, self.martin, self.nord, self.sans_mail]


@transaction.atomic
def make_cast() -> Cast:
    """Make everybody. The outing of the winter holidays is on their first Wednesday."""
    house = make_house()
    tilleuls = [house.tilleuls]
    nord = make_family(3, "Nord-Exemple", children={"Noé": 9}, centres=tilleuls)
    sud = make_family(4, "Sud-Exemple", children={}, centres=[])
    share_custody(sud, nord.child)
    hiver = make_holidays(house.tilleuls)
    return Cast(
        house=house,
        exemple=make_family(1, "Exemple", children={"Zoé": 7, "Tom": 4}, centres=tilleuls),
        martin=make_family(2, "Martin-Exemple", children={"Léa": 8}, centres=tilleuls),
        nord=nord,
        sud=sud,
        sans_mail=make_family(
            5, "Papier-Exemple", children={"Mia": 6}, centres=tilleuls, signs_in=False
        ),
        ailleurs=make_family(6, "Ailleurs-Exemple", children={"Ugo": 8}, centres=[house.platanes]),
        inconnu=person("inconnu"),
        hiver=hiver,
        sortie=add_trip(open_days(hiver)[2]),
        mercredis=make_wednesdays(house.tilleuls),
        hiver_platanes=make_holidays(house.platanes),
    )
