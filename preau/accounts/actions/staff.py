"""The sign-ins of staff: opened, moved to another address, closed, opened again (B29)."""

from __future__ import annotations

from preau.accounts.actions.access import invite_staff, make_user, move_access
from preau.core import audit
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.core.sessions import end_sessions_of
from preau.org.actions.roles import give_role, keep_an_administrator
from preau.org.enums import Role
from preau.org.models import Centre


def open_staff(
    *,
    actor: User,
    first_name: str,
    last_name: str,
    email: str,
    role: Role,
    centre: Centre | None,
) -> User:
    """Make a member of staff with a first role; a temporary password leaves by mail.

    Raises `RefusedError` when the role cannot cover that centre.
    """
    name = f"{first_name} {last_name}".strip()
    with short_transaction():
        made = make_user(first_name=first_name, last_name=last_name, name=name, email=email)
        audit.record(Act.ACCESS_OPENED, actor=actor, on=made, detail=made.username)
        give_role(actor=actor, user=made, role=role, centre=centre)
        invite_staff(actor=actor, user=made)
    return made


def move_staff(*, actor: User, user: User, email: str) -> User:
    """Record another address of somebody of the staff, as `move_access` says."""
    with short_transaction():
        held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        move_access(user=held, email=email, actor=actor)
    return held


def close_access(*, actor: User, user: User) -> None:
    """Close a sign-in: its sessions end now, its roles stay for the day it opens again.

    Raises `RefusedError` for one's own, and for the last administrator.
    """
    with short_transaction():
        if user.pk == actor.pk:
            raise RefusedError("Vous ne pouvez pas fermer votre propre accès.")
        administers = user.staff_roles.filter(role=Role.ADMINISTRATOR).exists()
        keep_an_administrator(besides=user, unless=not administers)
        held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not held.is_active:
            return
        held.is_active = False
        held.save(update_fields=["is_active"])
        end_sessions_of(held)
        audit.record(Act.ACCESS_CLOSED, actor=actor, on=held, detail=held.username)


def reopen_access(*, actor: User, user: User) -> None:
    """Let somebody sign in again, with the password and the roles they had."""
    with short_transaction():
        held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if held.is_active:
            return
        held.is_active = True
        held.save(update_fields=["is_active"])
        audit.record(Act.ACCESS_REOPENED, actor=actor, on=held, detail=held.username)
