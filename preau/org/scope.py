"""Who may see which centres. Every query of the office starts here."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Q, QuerySet

from preau.core.models import User
from preau.org.enums import RIGHTS, Right, Role
from preau.org.models import Centre


def centres_of_staff(user: User | AnonymousUser, right: Right | None = None) -> QuerySet[Centre]:
    """Centres where this person may use `right`, or works at all when no right is named.

    Empty for anybody else, so that a stranger's query finds nothing.
    """
    if not user.is_authenticated or not user.is_active:
        return Centre.objects.none()
    opens = [role for role, rights in RIGHTS.items() if right is None or right in rights]
    held = user.staff_roles.filter(role__in=opens)
    everywhere = Exists(held.filter(centre=None))
    return Centre.objects.filter(everywhere | Q(pk__in=held.values("centre")))


def rights_of_staff(user: User | AnonymousUser) -> frozenset[Right]:
    """Everything this person may open somewhere: what a menu shows."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    roles = user.staff_roles.values_list("role", flat=True).distinct()
    return frozenset().union(*(RIGHTS[Role(role)] for role in roles))


def administers(user: User | AnonymousUser) -> bool:
    """Whether this person may change the organisation, before there is any centre too."""
    return Right.ORGANISATION in rights_of_staff(user)


def is_staff(user: User | AnonymousUser) -> bool:
    """Whether this person works in the office at all."""
    return user.is_authenticated and user.is_active and user.staff_roles.exists()
