"""Who looks at the pages."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import Cast, sign_in


@pytest.fixture
def parent(cast: Cast) -> Client:
    """The parent of Zoé and Tom, signed in."""
    return sign_in(Client(), cast.exemple.user)
