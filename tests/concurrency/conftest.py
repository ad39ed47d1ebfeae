"""Fixtures of the tests with several people."""

from __future__ import annotations

import pytest
from django.db import connections


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """New connections wait for a lock a third of a second instead of four seconds."""
    options = connections.settings["default"]["OPTIONS"]
    shorter = options["options"].replace("lock_timeout=4000", "lock_timeout=300")
    assert shorter != options["options"]
    monkeypatch.setitem(options, "options", shorter)
