"""Who may see which centres. Every query of the office starts here."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from preau.core.models import User
from preau.org.enums import Role
from preau.org.models import Centre


def centres_of_staff(user: User | AnonymousUser) -> QuerySet[Centre]:
    """Centres this person works on: those they direct, or all for an administrator.

    Empty for anybody else, so that a stranger's query finds nothing.
    """
    if not user.is_authenticated or not user.is_active:
        return Centre.objects.none()
    everywhere = Q(pk__isnull=False) if is_administrator(user) else Q(pk__in=[])
    return Centre.objects.filter(everywhere | Q(staff_roles__user=user)).distinct()


def is_administrator(user: User) -> bool:
    """Whether this person administers the whole organisation."""
    return user.staff_roles.filter(role=Role.ADMINISTRATOR).exists()


def is_staff(user: User | AnonymousUser) -> bool:
    """Whether this person works in the office at all."""
    return user.is_authenticated and user.is_active and user.staff_roles.exists()
