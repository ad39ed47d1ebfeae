"""Who sees which family, and how an office finds it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser

from preau.core import clock
from preau.families.models import Child, Enrolment, Family, FamilyQuotient, Guardianship
from preau.families.queries.directory import family_file, search_families
from preau.families.scope import families_of_centres, families_of_guardian
from preau.org.models import Centre
from tests.factories import NOW, Cast


def test_a_guardian_sees_their_own_families(cast: Cast) -> None:
    assert cast.nord.user
    assert list(families_of_guardian(cast.nord.user)) == [cast.nord.family]
    Guardianship.objects.create(family=cast.sud.family, guardian=cast.nord.guardian)
    assert list(families_of_guardian(cast.nord.user)) == [cast.nord.family, cast.sud.family]
    assert list(families_of_guardian(AnonymousUser())) == []
    assert list(families_of_guardian(cast.camille)) == []
    cast.nord.user.is_active = False
    assert list(families_of_guardian(cast.nord.user)) == []


def test_a_centre_sees_the_families_of_its_children(cast: Cast) -> None:
    """Both households of a child, each once; none of another centre."""

    def numbers() -> list[int]:
        mine = families_of_centres(Centre.objects.filter(pk=cast.house.tilleuls.pk))
        return sorted(family.number for family in mine)

    assert numbers() == [1, 2, 3, 4, 5]
    last_day = Enrolment.objects.filter(child=cast.martin.child)
    last_day.update(ends_on=date(2027, 1, 11))
    assert numbers() == [1, 3, 4, 5]
    last_day.update(ends_on=date(2027, 1, 12))
    assert numbers() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("martin", [2]),
        ("MARTIN-EX", [2]),
        ("zoé", [1]),
        ("noé", [3, 4]),
        ("alex nord", [3, 4]),
        ("noé sud", [4]),
        ("5", [5]),
        ("0005", [5]),
        ("personne", []),
        ("zoé martin", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("  ", [1, 2, 3, 4, 5, 6]),
        ("9" * 40, []),
        ("²", []),
        ("exemple " * 40, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_family_is_found_by_any_of_its_names(cast: Cast, text: str, numbers: list[int]) -> None:
    found = search_families(Family.objects.all(), text)
    assert sorted(family.number for family in found) == numbers


def test_the_file_shows_the_quotient_in_force_today(cast: Cast) -> None:
    family = cast.exemple.family
    for first, last, value in (
        (date(2025, 9, 1), date(2026, 12, 31), 700),
        (date(2027, 1, 1), date(2027, 12, 31), 842),
    ):
        FamilyQuotient.objects.create(
            family=family, value=value, scheme="caf", valid_from=first, valid_to=last
        )
    found = family_file(family, Centre.objects.all()).quotient
    assert found
    assert found.value == Decimal(842)
    with clock.pinned(NOW + timedelta(days=365)):
        assert family_file(family, Centre.objects.all()).quotient is None


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2020, 2, 29), date(2027, 2, 28), 6),
        (date(2020, 2, 29), date(2027, 3, 1), 7),
        (date(2020, 2, 29), date(2028, 2, 29), 8),
        (date(2019, 2, 8), date(2027, 2, 7), 7),
        (date(2019, 2, 8), date(2027, 2, 8), 8),
    ],
)
def test_a_child_gains_a_year_on_the_birthday(born: date, day: date, age: int) -> None:
    assert Child(birth_date=born).age_on(day) == age
