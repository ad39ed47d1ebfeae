"""The second factors of a person: rows of the library that the pages sign in with.

Only the pages know the library; here it is known by the name of its table.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from preau.core.models import User


def factors_of(user: User) -> QuerySet[Any]:
    """The application of this person and the codes that replace it, if they have one."""
    rows: QuerySet[Any] = apps.get_model("mfa", "Authenticator").objects.filter(user=user)
    return rows
