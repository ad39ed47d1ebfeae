"""What the database of the organisation refuses, whoever writes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from preau.core.models import User
from preau.org.enums import Role
from preau.org.models import AgeGroup, LegalSettings, Organisation, StaffRole
from tests.factories import Cast
from tests.kit.constraints import constraints_of, refused_by

IMPOSSIBLE: dict[str, tuple[str, Callable[[Cast], object]]] = {
    "two organisations, so that pages name the wrong one": (
        "organisation_is_the_only_one",
        lambda _: Organisation.objects.create(pk=2, name="Autre", school_zone="A"),
    ),
    "an expired quotient that counts for ever": (
        "organisation_grace_of_a_year",
        lambda _: Organisation.objects.update(quotient_grace_months=13),
    ),
    "two groups of one name, so that a director opens places of the wrong one": (
        "age_group_named_once",
        lambda cast: AgeGroup.objects.create(
            centre=cast.house.tilleuls, name="Petits", min_age=3, max_age=4
        ),
    ),
    "a group that takes no age, so that no child finds its days": (
        "age_group_ages_in_order",
        lambda cast: AgeGroup.objects.create(
            centre=cast.house.tilleuls, name="Vide", min_age=9, max_age=8
        ),
    ),
    "a group for adults": (
        "age_group_ages_in_order",
        lambda cast: AgeGroup.objects.create(
            centre=cast.house.tilleuls, name="Grands-parents", min_age=20, max_age=70
        ),
    ),
    "a role given twice, so that taking it away once leaves it": (
        "staff_role_given_once",
        lambda cast: StaffRole.objects.create(
            user=cast.camille, role=Role.DIRECTOR, centre=cast.house.tilleuls
        ),
    ),
    "an administrator twice": (
        "staff_role_given_once",
        lambda cast: StaffRole.objects.create(user=cast.house.andrea, role=Role.ADMINISTRATOR),
    ),
    "a director of no centre, who would see nothing or everything": (
        "staff_role_over_what_it_may_cover",
        lambda cast: StaffRole.objects.create(user=cast.inconnu, role=Role.DIRECTOR),
    ),
    "an administrator of one centre, who would yet see the others": (
        "staff_role_over_what_it_may_cover",
        lambda cast: StaffRole.objects.create(
            user=cast.inconnu, role=Role.ADMINISTRATOR, centre=cast.house.tilleuls
        ),
    ),
    "two rows of legal settings": (
        "legal_settings_are_the_only_ones",
        lambda _: LegalSettings.objects.create(pk=2),
    ),
    "accounts thrown away too soon": (
        "legal_settings_keep_long_enough",
        lambda _: LegalSettings.objects.create(pk=1, accounting_years=9),
    ),
    "a role nobody knows": (
        "staff_role_over_what_it_may_cover",
        lambda cast: StaffRole.objects.create(
            user=cast.inconnu, role="spy", centre=cast.house.tilleuls
        ),
    ),
}


@pytest.mark.parametrize("sentence", IMPOSSIBLE)
def test_the_database_refuses(cast: Cast, sentence: str) -> None:
    constraint, act = IMPOSSIBLE[sentence]
    with refused_by(constraint):
        act(cast)


def test_every_constraint_has_its_sentence(db: None) -> None:
    assert {constraint for constraint, _ in IMPOSSIBLE.values()} == constraints_of("org")


def test_two_people_cannot_sign_in_by_one_identifier_and_its_capitals(cast: Cast) -> None:
    with refused_by("user_username_once_whatever_the_capitals"):
        User.objects.create_user("CAMILLE", name="Une autre")
    others = {"number_series_once_a_year"}  # tests/billing/test_constraints.py
    assert constraints_of("core") - others == {"user_username_once_whatever_the_capitals"}
