"""The fixtures of portals, known to pytest once whichever folder asks for them first."""

from __future__ import annotations

import pytest

from tests.demo import fixtures


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.is_registered(fixtures):
        config.pluginmanager.register(fixtures)
