"""The tariff of the demonstration: every price of it says "exemple"."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from preau.billing.actions.centres import set_centres
from preau.core.models import User
from preau.org.models import Centre
from preau.pricing.actions.versions import create_tariff, publish_version
from preau.pricing.tariff import read_text, write_text

_FILE = Path(__file__).with_name("tarif-exemple.yaml")


def make_prices(centres: list[Centre], director: User, start: date) -> None:
    """One published tariff for these centres, from `start` on."""
    document = read_text(_FILE.read_text(encoding="utf-8")) | {"valid_from": start.isoformat()}
    version = create_tariff(actor=director, text=write_text(document))
    publish_version(actor=director, version=version)
    set_centres(tariff=version.tariff, among=Centre.objects.all(), chosen=centres)
