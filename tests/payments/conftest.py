"""A family that owes 36.07, and a shop where it may pay."""

from __future__ import annotations

import pytest

from preau.payments.models import CardShop
from tests.demo import fixtures
from tests.factories import Cast
from tests.factories.bank import make_shop, owe


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.is_registered(fixtures):
        config.pluginmanager.register(fixtures)


@pytest.fixture
def shop(cast: Cast) -> CardShop:
    """The shop; the first family owes 36.07, the second exactly 30.00."""
    owe(cast.exemple.family, cast.house.tilleuls, "36.07")
    owe(cast.martin.family, cast.house.tilleuls, "30.00")
    return make_shop()
