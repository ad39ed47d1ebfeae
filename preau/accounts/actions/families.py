"""A new family and its first sign-in, at one go."""

from __future__ import annotations

from preau.accounts.actions.access import record_email
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.actions.files import Birth, Person, Stay, create_family
from preau.families.models import Child, Family


def open_family(
    *,
    actor: User,
    name: str,
    town: str,
    guardian: Person,
    email: str,
    birth: Birth,
    stay: Stay,
    same: Child | None = None,
) -> Family:
    """Make a family; with an address, its first adult gets a sign-in in the same transaction (S2).

    `same` is a child of another household who also lives in this one, instead of a new one.
    Raises `RefusedError` when the child's dates make no sense.
    """
    with short_transaction():
        family = create_family(
            actor=actor,
            name=name,
            town=town,
            guardian=guardian,
            birth=birth,
            stay=stay,
            same=same,
        )
        if email:
            record_email(actor=actor, guardian=family.guardians.get(), email=email)
    return family
