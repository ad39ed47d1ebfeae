"""The people who work here, with their roles and their sign-in."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from preau.core.models import User
from preau.org.models import StaffRole


def people_of_staff(q: str = "") -> QuerySet[User]:
    """Whoever has a role, and whoever lost the last one but is nobody's parent; by name.

    `q` keeps those whose name, identifier or address says it. Roles are fetched with them.
    """
    people = User.objects.filter(Q(staff_roles__isnull=False) | Q(guardian__isnull=True))
    if q:
        people = people.filter(
            Q(name__icontains=q) | Q(username__icontains=q) | Q(email__icontains=q)
        )
    roles = StaffRole.objects.select_related("centre").order_by("role", "centre__name")
    return (
        people.distinct()
        .prefetch_related(Prefetch("staff_roles", queryset=roles))
        .order_by("name", "pk")
    )
