"""What the database refuses about families, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from preau.families.models import (
    BookingBlock,
    Custody,
    Enrolment,
    FamilyQuotient,
    Guardian,
    Guardianship,
    HealthSheet,
    PickupPerson,
    Proposal,
)
from preau.org.enums import BlockKind
from tests.factories import NOW, Cast
from tests.kit.constraints import constraints_of, refused_by


def quotient(cast: Cast, value: int, first: str, last: str) -> FamilyQuotient:
    return FamilyQuotient.objects.create(
        family=cast.exemple.family,
        value=value,
        scheme="caf",
        valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last),
    )


def enrol(cast: Cast, first: str, last: str | None) -> Enrolment:
    return Enrolment.objects.create(
        child=cast.exemple.child,
        centre=cast.house.tilleuls,
        starts_on=date.fromisoformat(first),
        ends_on=date.fromisoformat(last) if last else None,
    )


def custody(cast: Cast) -> Custody:
    return Custody.objects.get(family=cast.exemple.family, child=cast.exemple.child)


def proposal(cast: Cast, **fields: Any) -> Proposal:
    about = {"custody": custody(cast), "kind": "alone", "wanted": {"value": "17:30"}}
    return Proposal.objects.create(**about, asked_by=cast.camille, asked_at=NOW, **fields)


def second_contact(cast: Cast) -> None:
    other = Guardian.objects.create(first_name="Lou", last_name="Exemple")
    Guardianship.objects.create(family=cast.exemple.family, guardian=other, is_contact=True)


IMPOSSIBLE: dict[str, tuple[str, Callable[[Cast], object]]] = {
    "two blocks of one kind, so that lifting one lifts nothing": (
        "booking_block_one_of_a_kind",
        lambda cast: BookingBlock.objects.bulk_create(
            BookingBlock(
                family=cast.exemple.family, kind=BlockKind.ARREARS, reason="impayé", since=NOW
            )
            for _ in range(2)
        ),
    ),
    "a guardian barred without a decision": (
        "guardianship_barred_says_why",
        lambda cast: cast.exemple.family.guardianships.update(barred_at=NOW, is_contact=False),
    ),
    "a barred guardian who receives the mails": (
        "guardianship_barred_gets_no_mail",
        lambda cast: cast.exemple.family.guardianships.update(
            barred_at=NOW, barred_by=cast.camille, decision_on=NOW, barred_because="ordonnance"
        ),
    ),
    "a guardian twice in a family": (
        "guardianship_once",
        lambda cast: Guardianship.objects.create(
            family=cast.exemple.family, guardian=cast.exemple.guardian
        ),
    ),
    "two contacts, so that one family gets two mails": (
        "guardianship_one_contact",
        second_contact,
    ),
    "a child twice in a household, so that it is billed twice": (
        "custody_once",
        lambda cast: Custody.objects.create(family=cast.exemple.family, child=cast.exemple.child),
    ),
    "an enrolment that ends before it starts": (
        "enrolment_ends_after_it_starts",
        lambda cast: enrol(cast, "2025-09-01", "2025-08-31"),
    ),
    "two enrolments at once, so that ending one leaves the other": (
        "enrolment_never_twice_at_once",
        lambda cast: enrol(cast, "2027-01-01", None),
    ),
    "an enrolment that overlaps another by one day": (
        "enrolment_never_twice_at_once",
        lambda cast: enrol(cast, "2025-09-01", "2026-09-01"),
    ),
    "a person who may fetch a child twice, so that removing one leaves the other": (
        "pickup_person_once",
        lambda cast: [
            PickupPerson.objects.create(custody=custody(cast), name=name, phone="06")
            for name in ("Rosa", "rosa")
        ],
    ),
    "two health sheets of one year, so that the wrong one is read": (
        "health_sheet_once",
        lambda cast: [
            HealthSheet.objects.create(
                child=cast.exemple.child,
                school_year=2026,
                sealed="",
                written_at=NOW,
                written_by=cast.camille,
            )
            for _ in range(2)
        ],
    ),
    "two wishes of a kind that wait, so that the older one is written last": (
        "proposal_one_of_a_kind_waits",
        lambda cast: [proposal(cast) for _ in range(2)],
    ),
    "an answer without its time": (
        "proposal_answered_has_its_time",
        lambda cast: proposal(cast, state="accepted"),
    ),
    "a refusal that the parents cannot understand": (
        "proposal_refused_says_why",
        lambda cast: proposal(cast, state="refused", decided_at=NOW),
    ),
    "a negative quotient, so that a family is paid to come": (
        "quotient_not_negative",
        lambda cast: quotient(cast, -1, "2027-01-01", "2027-12-31"),
    ),
    "a quotient that ends before it starts, so that the top price applies": (
        "quotient_dates_in_order",
        lambda cast: quotient(cast, 800, "2027-01-02", "2027-01-01"),
    ),
    "two quotients from one day, so that the price depends on luck": (
        "quotient_one_from_a_day",
        lambda cast: [quotient(cast, n, "2027-01-01", "2027-12-31") for n in (800, 900)],
    ),
}


@pytest.mark.parametrize("sentence", IMPOSSIBLE)
def test_the_database_refuses(cast: Cast, sentence: str) -> None:
    constraint, act = IMPOSSIBLE[sentence]
    with refused_by(constraint):
        act(cast)


def test_every_constraint_has_its_sentence(db: None) -> None:
    assert {constraint for constraint, _ in IMPOSSIBLE.values()} == constraints_of("families")


def test_a_child_may_come_back_to_a_centre(cast: Cast) -> None:
    enrol(cast, "2024-09-01", "2025-08-31")
    assert cast.exemple.child.enrolments.count() == 2
