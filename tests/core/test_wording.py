"""What families read: dates, hours and amounts in French."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.core import wording


def test_a_date_is_said_as_one_says_it() -> None:
    assert wording.day(date(2026, 1, 14)) == "mercredi 14 janvier"
    assert wording.day(date(2026, 1, 14), year=True) == "mercredi 14 janvier 2026"


def test_the_first_of_a_month_is_premier() -> None:
    assert wording.day(date(2026, 2, 1)) == "dimanche 1er février"
    assert wording.short_day(date(2026, 1, 1)) == "jeu. 1er"


def test_a_narrow_column_gets_a_short_day() -> None:
    assert wording.short_day(date(2026, 1, 14)) == "mer. 14"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (time(10), "10\u00a0h"),
        (time(8, 30), "8\u00a0h\u00a030"),
        (time(9, 5), "9\u00a0h\u00a005"),
        (time(0), "0\u00a0h"),
    ],
)
def test_an_hour_never_breaks_over_two_lines(value: time, words: str) -> None:
    assert wording.hour(value) == words


def test_a_moment_is_said_as_the_clock_in_paris_shows_it() -> None:
    assert wording.moment(datetime(2026, 1, 12, 9, tzinfo=UTC)) == "lundi 12 janvier à 10\u00a0h"
    summer_night = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
    assert wording.moment(summer_night, year=True) == "lundi 13 juillet 2026 à 0\u00a0h\u00a030"


def test_a_moment_of_no_known_place_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        wording.moment(datetime(2026, 1, 12, 9))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 2, 8), date(2026, 2, 19), "du 8 au 19 février"),
        (date(2026, 6, 1), date(2026, 6, 5), "du 1er au 5 juin"),
        (date(2026, 10, 26), date(2026, 11, 7), "du 26 octobre au 7 novembre"),
        (date(2025, 12, 22), date(2026, 1, 2), "du 22 décembre 2025 au 2 janvier 2026"),
        (date(2025, 2, 8), date(2026, 2, 9), "du 8 février 2025 au 9 février 2026"),
        (date(2026, 2, 8), date(2026, 2, 8), "le 8 février"),
    ],
)
def test_a_holiday_is_said_without_repeating_the_month(start: date, end: date, words: str) -> None:
    assert wording.span(start, end) == words


def test_a_span_can_carry_its_year() -> None:
    assert wording.span(date(2026, 2, 8), date(2026, 2, 19), year=True) == "du 8 au 19 février 2026"
    assert wording.span(date(2026, 2, 8), date(2026, 2, 8), year=True) == "le 8 février 2026"


def test_a_span_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        wording.span(date(2026, 2, 9), date(2026, 2, 8))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("36.07", "36,07\u00a0€"),
        ("30", "30,00\u00a0€"),
        ("1234.5", "1\u202f234,50\u00a0€"),
        ("1234567.89", "1\u202f234\u202f567,89\u00a0€"),
        ("-12", "\u221212,00\u00a0€"),
        ("-0.00", "0,00\u00a0€"),
        ("0.10000", "0,10\u00a0€"),
    ],
)
def test_an_amount_is_written_as_on_a_french_invoice(amount: str, words: str) -> None:
    assert wording.euros(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["29.995", "NaN", "Infinity", "1e40"])
def test_an_amount_is_never_rounded_behind_the_familys_back(amount: str) -> None:
    with pytest.raises(ValueError, match="cent"):
        wording.euros(Decimal(amount))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], ""), (["a"], "a"), (["a", "b"], "a et b"), (["a", "b", "c"], "a, b et c")],
)
def test_children_are_listed_as_in_a_sentence(words: list[str], sentence: str) -> None:
    assert wording.listing(words) == sentence


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_no_digit_of_an_amount_is_lost(amount: Decimal) -> None:
    words = wording.euros(amount)
    plain = words.replace("\u202f", "").replace("\u00a0€", "").replace("\u2212", "-")
    assert Decimal(plain.replace(",", ".")) == amount


@given(st.dates())
def test_every_day_of_the_calendar_has_words(value: date) -> None:
    assert str(value.year) in wording.day(value, year=True)
    assert wording.span(value, value).startswith("le ")
