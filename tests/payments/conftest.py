"""A family that owes 36.07 and a shop to pay it in."""

from __future__ import annotations

import pytest

from preau.payments.models import CardShop
from tests.demo.fixtures import portals_folder, prepared
from tests.factories import Cast
from tests.payments.kit import open_shop, owe

__all__ = ["portals_folder", "prepared"]


@pytest.fixture
def shop(cast: Cast) -> CardShop:
    """The test shop of the organisation, open; the first family owes 36.07."""
    owe(cast.exemple.family)
    return open_shop()
