"""Giving and taking the roles of staff, at once: each page reads them anew."""

from __future__ import annotations

from preau.core import audit
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.org.enums import ROLES_OF_ONE_CENTRE, Role
from preau.org.models import Centre, Organisation, StaffRole

LAST = (
    "Il ne resterait personne à l’administration qui puisse entrer. Donnez d’abord ce rôle à "
    "quelqu’un d’autre."
)


def give_role(*, actor: User, user: User, role: Role, centre: Centre | None) -> StaffRole:
    """Give a role over a centre, or over all of them (None).

    Raises `RefusedError` when the role cannot cover that, or is already held.
    """
    if role in ROLES_OF_ONE_CENTRE and centre is None:
        raise RefusedError(f"Choisissez un centre : le rôle « {role.label} » en porte un.")
    if role == Role.ADMINISTRATOR and centre is not None:
        raise RefusedError("L’administration porte sur tous les centres.")
    with short_transaction():
        held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        made, new = StaffRole.objects.get_or_create(user=held, role=role, centre=centre)
        if not new:
            raise RefusedError(f"{held.name} a déjà ce rôle.")
        audit.record(Act.ROLE_GIVEN, actor=actor, on=held, detail=made.told)
    return made


def take_role(*, actor: User, role: StaffRole) -> None:
    """Take a role back. Raises `RefusedError` for the last administrator who can sign in."""
    with short_transaction():
        keep_an_administrator(besides=role.user, unless=role.role != Role.ADMINISTRATOR)
        taken = StaffRole.objects.filter(pk=role.pk).select_related("user", "centre").first()
        if taken is None:
            return
        audit.record(Act.ROLE_TAKEN, actor=actor, on=taken.user, detail=taken.told)
        taken.delete()


def keep_an_administrator(*, besides: User, unless: bool = False) -> None:
    """Check that somebody else administers, who can sign in; two at once wait for each other.

    Must be called inside the transaction that takes the role or closes the account. Raises
    `RefusedError` when `besides` is the last one.
    """
    if unless:
        return
    Organisation.objects.select_for_update(no_key=True).first()
    others = StaffRole.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    if not others.exclude(user=besides).exists():
        raise RefusedError(LAST)
