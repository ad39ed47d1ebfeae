"""The official school calendar and public holidays, as starting points a director may edit.

The published data has faults (the bridge of the Ascension is missing some years): nothing here is
ever applied to an existing period.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from vacances_scolaires_france import SchoolHolidayDates

MONDAY, WEDNESDAY, SATURDAY = 0, 2, 5


@dataclass(frozen=True)
class SchoolHoliday:
    """A school holiday of one zone: first and last free day, both included."""

    name: str
    starts_on: date
    ends_on: date

    def weekdays(self) -> list[date]:
        """Monday to Friday of the holiday: the days a centre may open."""
        return [day for day in days_between(self.starts_on, self.ends_on) if day.weekday() < 5]


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def school_holidays(zone: str, first: date, last: date) -> list[SchoolHoliday]:
    """School holidays of `zone` (A, B or C) that touch the days from `first` to `last`."""
    source = _published()
    found: list[SchoolHoliday] = []
    name, start, previous = "", first, first
    # A margin on both sides, so that a holiday cut by the bounds is told whole.
    for day in days_between(first - timedelta(days=70), last + timedelta(days=70)):
        today = _name_of(source, day, zone)
        if today != name:
            if name:
                found.append(SchoolHoliday(name, start, previous))
            name, start = today, day
        previous = day
    return [each for each in found if each.ends_on >= first and each.starts_on <= last]


@cache
def _published() -> SchoolHolidayDates:
    """Read once: it is thousands of lines of a file."""
    return SchoolHolidayDates()


def _name_of(source: SchoolHolidayDates, day: date, zone: str) -> str:
    if not source.min_year <= day.year <= source.max_year:
        return ""
    if not source.is_holiday_for_zone(day, zone):
        return ""
    return str(source.data[day]["nom_vacances"]).replace("'", "’")


def public_holidays(first: date, last: date) -> dict[date, str]:
    """French public holidays between two days, with their names."""
    # Loading all countries' rules takes half a second: only those who plan a period wait for it.
    import holidays

    years = range(first.year, last.year + 1)
    found = holidays.country_holidays("FR", years=years, language="fr")
    return {
        day: name.replace("'", "’") for day, name in sorted(found.items()) if first <= day <= last
    }


def school_wednesdays(zone: str, first: date, last: date) -> list[date]:
    """Wednesdays between two days that are not in the school holidays of `zone`."""
    away = {
        day
        for holiday in school_holidays(zone, first, last)
        for day in days_between(holiday.starts_on, holiday.ends_on)
    }
    return [
        day for day in days_between(first, last) if day.weekday() == WEDNESDAY and day not in away
    ]
