"""Tariffs built from their files, once a process: a published file never changes."""

from __future__ import annotations

from functools import lru_cache

from preau.pricing.tariff import Tariff, load_tariff


@lru_cache(maxsize=256)
def built(text: str) -> Tariff:
    """The tariff of this file, ready to price. TariffError when it cannot be used."""
    return load_tariff(text)
