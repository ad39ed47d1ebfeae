"""A fixed cast of people, made by plain functions on the real actions.

The story begins on Tuesday 12 January 2027 at nine: the winter holidays of Les Tilleuls have been
open since the day before, their window closes with the 24th.
"""

from tests.factories.cast import Cast, make_cast
from tests.factories.families import Household, make_family, share_custody
from tests.factories.house import NOW, House, make_house, paris
from tests.factories.periods import (
    DAY,
    add_trip,
    make_holidays,
    make_wednesdays,
    only_places,
    open_days,
)
from tests.factories.prices import make_prices
from tests.factories.requests import (
    ask,
    boxes,
    decide,
    lines_of,
    tell,
    undecided,
    wishes_for,
)
from tests.factories.web import sign_in

__all__ = [
    "DAY",
    "NOW",
    "Cast",
    "House",
    "Household",
    "add_trip",
    "ask",
    "boxes",
    "decide",
    "lines_of",
    "make_cast",
    "make_family",
    "make_holidays",
    "make_house",
    "make_prices",
    "make_wednesdays",
    "only_places",
    "open_days",
    "paris",
    "share_custody",
    "sign_in",
    "tell",
    "undecided",
    "wishes_for",
]
