"""Which tariff prices which centre."""

from preau.billing.models.tariffs import CentreTariff

__all__ = ["CentreTariff"]
