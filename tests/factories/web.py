"""A person at a browser."""

from __future__ import annotations

from django.test import Client

from preau.core.models import User


def sign_in(client: Client, user: User | None) -> Client:
    """Be `user` in this browser, without the sign-in page (which has its own tests)."""
    if user is None:
        raise ValueError("this person has no sign-in")
    client.force_login(user)
    return client
