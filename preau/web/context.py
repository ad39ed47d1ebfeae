"""What every page needs: the organisation's name and where this person may go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from preau.org.models import Organisation


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The organisation (fetched only if the template prints it), and whether this is the demo."""
    return {
        "organisation": SimpleLazyObject(Organisation.objects.first),
        "is_demo": settings.DEMO,
    }
