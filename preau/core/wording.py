"""Dates, hours, amounts and lists as French people read them (design.md, "Tone").

Pure functions on standard library types, always in Europe/Paris. The names of days and months
are in one place (``FRENCH``) so that another language is one more ``Names`` and a choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

NO_BREAK = "\N{NO-BREAK SPACE}"
THIN = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
CENT = Decimal("0.01")
# Beyond it, Decimal's own precision would no longer hold the cents.
LARGEST_AMOUNT = Decimal(10) ** 20


@dataclass(frozen=True, slots=True)
class Names:
    """The words of one language: days from Monday, months from January."""

    days: tuple[str, ...]
    short_days: tuple[str, ...]
    months: tuple[str, ...]
    first: str
    conjunction: str


FRENCH = Names(
    days=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    short_days=("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    months=(
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    first="1er",
    conjunction="et",
)


def day_number(number: int) -> str:
    """Say the number of a day of the month: "1er", "2", "31"."""
    return FRENCH.first if number == 1 else str(number)


def weekday_name(weekday: int) -> str:
    """Name a day of the week, 0 being Monday: "lundi"."""
    return FRENCH.days[weekday]


def day(value: date, *, year: bool = False) -> str:
    """Say a date: "mercredi 14 janvier", with ``year`` "mercredi 14 janvier 2026"."""
    return f"{weekday_name(value.weekday())} {bare_day(value, year=year)}"


def bare_day(value: date, *, year: bool = False) -> str:
    """Say a date without the day of the week: "14 janvier", with ``year`` "14 janvier 2026"."""
    words = f"{day_number(value.day)} {FRENCH.months[value.month - 1]}"
    return f"{words} {value.year}" if year else words


def of_month(value: date) -> str:
    """Say the month after a noun, with the vowel it needs: "de janvier", "d’avril"."""
    month = FRENCH.months[value.month - 1]
    return f"d’{month}" if month[0] in "ao" else f"de {month}"


def short_day(value: date) -> str:
    """Say a date in a narrow column: "mer. 14"."""
    return f"{FRENCH.short_days[value.weekday()]} {day_number(value.day)}"


def hour(value: time) -> str:
    """Say an hour to the minute: "10 h", "8 h 30", never broken over two lines."""
    words = f"{value.hour}{NO_BREAK}h"
    return f"{words}{NO_BREAK}{value.minute:02d}" if value.minute else words


def in_paris(value: datetime) -> datetime:
    """Convert an aware moment to Europe/Paris; ValueError when it has no time zone."""
    if value.utcoffset() is None:
        raise ValueError("A moment without time zone cannot be put into words")
    return value.astimezone(PARIS)


def moment(value: datetime, *, year: bool = False) -> str:
    """Say an aware moment as a clock in Paris shows it: "lundi 12 janvier à 10 h".

    ValueError when the moment has no time zone.
    """
    local = in_paris(value)
    return f"{day(local.date(), year=year)} à {hour(local.time())}"


def span(start: date, end: date, *, year: bool = False) -> str:
    """Say a stretch of days, both ends counted.

    "du 8 au 19 février", "du 26 octobre au 7 novembre", "le 8 février" for one day. Over two
    years each end carries its own; with ``year`` the last day carries it. ValueError when the
    end is before the start.
    """
    if end < start:
        raise ValueError("A span cannot end before it starts")
    if start == end:
        return f"le {bare_day(start, year=year)}"
    two_years = start.year != end.year
    same_month = (start.year, start.month) == (end.year, end.month)
    first = day_number(start.day) if same_month else bare_day(start, year=two_years)
    return f"du {first} au {bare_day(end, year=year or two_years)}"


def euros(amount: Decimal) -> str:
    """Say an amount in euros: "1 234,50 €", with the spaces that never break a line.

    ValueError when the amount is not whole cents: rounding is a decision, never a side effect
    of showing.
    """
    countable = amount.is_finite() and abs(amount) < LARGEST_AMOUNT
    if not countable or amount != amount.quantize(CENT):
        raise ValueError("An amount is shown once it is rounded to the cent")
    digits = f"{abs(amount):,.2f}".replace(",", THIN).replace(".", ",")
    sign = MINUS if amount < 0 else ""
    return f"{sign}{digits}{NO_BREAK}€"


def euros_of_cents(cents: int) -> str:
    """Say whole cents: 3607 is "36,07 €"."""
    return euros(Decimal(cents) / 100)


def listing(words: Sequence[str]) -> str:
    """Join words as a sentence does: "a, b et c"; nothing gives an empty text."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {FRENCH.conjunction} {words[-1]}"
