"""Families, their guardians and children."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from preau.core.models import User
from preau.families.models import Child, Custody, Enrolment, Family, Guardian, Guardianship
from preau.org.models import Centre
from tests.factories.house import person

SCHOOL_YEAR = date(2026, 9, 1)


@dataclass(frozen=True, kw_only=True)
class Household:
    """A family with the guardian who signs in for it."""

    family: Family
    guardian: Guardian
    user: User | None
    children: list[Child]

    @property
    def child(self) -> Child:
        """The first child named, or the only one."""
        return self.children[0]


def make_family(
    number: int,
    name: str,
    *,
    children: Mapping[str, int],
    centres: list[Centre],
    signs_in: bool = True,
    guardian: Guardian | None = None,
) -> Household:
    """A family whose children, given with their age, attend every one of `centres`.

    With `signs_in` false its guardian has neither sign-in nor e-mail address. `guardian` is
    somebody who already has another family.
    """
    family = Family.objects.create(number=number, name=name)
    if guardian is None:
        email = f"famille{number}@exemple.fr" if signs_in else ""
        user = person(f"famille.{number}", name=f"Alex {name}", email=email) if signs_in else None
        guardian = Guardian.objects.create(
            user=user, first_name="Alex", last_name=name, email=email, phone="06 00 00 00 00"
        )
    Guardianship.objects.create(family=family, guardian=guardian, is_contact=True)
    made = Child.objects.bulk_create(
        # Born in March: nobody has a birthday during the story.
        Child(first_name=first, last_name=name, birth_date=date(2027 - age - 1, 3, 3))
        for first, age in children.items()
    )
    Custody.objects.bulk_create(Custody(family=family, child=child) for child in made)
    enrol(made, centres)
    return Household(family=family, guardian=guardian, user=guardian.user, children=made)


def enrol(children: list[Child], centres: list[Centre]) -> None:
    """These children may attend these centres, this school year and after."""
    Enrolment.objects.bulk_create(
        Enrolment(child=child, centre=centre, starts_on=SCHOOL_YEAR)
        for child in children
        for centre in centres
    )


def share_custody(household: Household, child: Child) -> None:
    """`child` also lives in `household` (garde alternée)."""
    Custody.objects.create(family=household.family, child=child)
    household.children.append(child)
