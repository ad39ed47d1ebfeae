"""What every page needs: the organisation's name and where this person may go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from preau.org.ours import organisation
from preau.org.scope import rights_of_staff


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The organisation and the rights in the office (each fetched only if the template asks), and
    whether this is the demo."""
    return {
        "organisation": SimpleLazyObject(organisation),
        "rights": SimpleLazyObject(lambda: {right.name for right in rights_of_staff(request.user)}),
        "is_demo": settings.DEMO,
    }
