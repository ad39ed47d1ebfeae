"""Browsers and portals, known to pytest once whichever folder asks for them first."""

from __future__ import annotations

import pytest

from tests.browser import fixtures as browsers
from tests.demo import fixtures as portals


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="write the pictures of docs/images/")


def pytest_configure(config: pytest.Config) -> None:
    for plugin in (portals, browsers):
        if not config.pluginmanager.is_registered(plugin):
            config.pluginmanager.register(plugin)
