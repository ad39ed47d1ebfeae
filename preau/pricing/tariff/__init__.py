"""The tariff engine: tariffs as data, prices, explanations in French.

Pure: no model, no database, no clock, no request. ``docs/tarifs.md`` is the reference of the file
and of the question. A tariff is built once, then prices by the thousand.
"""

from preau.pricing.tariff.building import build_tariff, load_tariff
from preau.pricing.tariff.document import NATURES_IN_WORDS, Nature, Tariff
from preau.pricing.tariff.engine import PricedLine, Quote, quote
from preau.pricing.tariff.errors import InputError, PricingError, TariffError
from preau.pricing.tariff.facts import Basket, Child, Family, Line
from preau.pricing.tariff.question import load_basket, read_basket
from preau.pricing.tariff.reading import read_text, write_text

__all__ = [
    "NATURES_IN_WORDS",
    "Basket",
    "Child",
    "Family",
    "InputError",
    "Line",
    "Nature",
    "PricedLine",
    "PricingError",
    "Quote",
    "Tariff",
    "TariffError",
    "build_tariff",
    "load_basket",
    "load_tariff",
    "quote",
    "read_basket",
    "read_text",
    "write_text",
]
