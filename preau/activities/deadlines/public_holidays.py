"""The public holidays of mainland France, computed.

The ``holidays`` package knows them too, and a test compares the two over the century; loading it
costs half a second, which no family should wait for in the middle of a booking.
"""

from datetime import date, timedelta
from functools import cache

FIXED_DAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Easter Monday, Ascension Day, Whit Monday.
AFTER_EASTER = (1, 39, 50)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Give the eleven public holidays of a year (Code du travail, L3133-1)."""
    easter = easter_sunday(year)
    moving = (easter + timedelta(days=gap) for gap in AFTER_EASTER)
    return frozenset(moving) | {date(year, month, day) for month, day in FIXED_DAYS}


def easter_sunday(year: int) -> date:
    """Give Easter Sunday of the Gregorian calendar (Oudin's computation, 1940)."""
    golden = year % 19
    century = year // 100
    sun = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = sun - (sun // 28) * (1 - (29 // (sun + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    month_number = moon - weekday
    month = 3 + (month_number + 40) // 44
    return date(year, month, month_number + 28 - 31 * (month // 4))
