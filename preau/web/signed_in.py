"""The person behind a request, once `login_required` has let them in."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from preau.core.models import User


def signed_in(request: HttpRequest) -> User:
    """Who acts. Raises `PermissionDenied` for a page that forgot to ask who is there."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
