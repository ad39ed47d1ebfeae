"""What a parent may deduct: the attestation must be right to the cent and to the year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.enums import Means, Nature
from preau.billing.settlement import Credit, Debt, settle
from preau.billing.yearly import Paid, Year, under_six, year_of_payments


def _retained(care: date, issued: date, paid: date, year: int) -> int:
    part = Paid(child_id=1, nature="care", care_on=care, paid_on=paid, means=Means.CARD, cents=6245)
    return year_of_payments(year, [part], []).retained


@pytest.mark.parametrize(
    ("care", "paid", "year"),
    [
        (date(2026, 3, 4), date(2026, 4, 10), 2026),
        (date(2026, 12, 10), date(2027, 1, 9), 2027),
        (date(2027, 1, 5), date(2026, 12, 22), 2027),
        (date(2026, 12, 10), date(2026, 12, 31), 2026),
    ],
)
def test_a_payment_counts_for_the_later_of_its_year_and_the_care(
    care: date, paid: date, year: int
) -> None:
    assert [_retained(care, care, paid, each) for each in (2026, 2027)] == [
        6245 if each == year else 0 for each in (2026, 2027)
    ]


def test_meals_are_shown_apart() -> None:
    """Invoice of 31 March, 62.45 of care and 21.00 of meals, paid on 10 April: 62.45."""
    on, paid = date(2026, 3, 31), date(2026, 4, 10)
    parts = [
        Paid(child_id=1, nature=nature, care_on=on, paid_on=paid, means=Means.CHEQUE, cents=cents)
        for nature, cents in ((Nature.CARE, 6245), (Nature.MEAL, 2100))
    ]
    year = year_of_payments(2026, parts, [])
    assert (year.received, year.not_eligible, year.retained) == (8345, 2100, 6245)


def test_vouchers_are_shown_apart_since_the_employer_paid_a_share() -> None:
    on = date(2026, 3, 4)
    part = Paid(child_id=1, nature="care", care_on=on, paid_on=on, means=Means.CESU, cents=500)
    child = year_of_payments(2026, [part], []).children[1]
    assert (child.care, child.vouchers[Means.CESU]) == (500, 500)


@pytest.mark.parametrize(
    ("birth", "expected"),
    [(date(2021, 1, 1), False), (date(2021, 1, 2), True), (date(2020, 12, 31), False)],
)
def test_under_six_is_counted_on_the_first_of_january(birth: date, expected: bool) -> None:
    assert under_six(birth, 2027) is expected


days = st.integers(0, 1200).map(lambda n: date(2025, 1, 1) + timedelta(days=n))


@given(
    st.lists(
        st.tuples(days, days, st.sampled_from(Nature.values), st.integers(1, 9000)), max_size=6
    ),
    st.lists(st.tuples(days, st.integers(1, 15_000)), max_size=6),
)
def test_over_all_years_what_was_paid_is_what_is_shown(
    owed: list[tuple[date, date, str, int]], paid: list[tuple[date, int]]
) -> None:
    """Parts of every year, child and nature + unused credit = payments."""
    debts = [
        Debt(key=n, on=issued, due_on=issued, lines={n: cents})
        for n, (_, issued, _, cents) in enumerate(owed)
    ]
    settled = settle(debts, [Credit(key=n, on=on, cents=c) for n, (on, c) in enumerate(paid)])
    parts = [
        Paid(
            child_id=1,
            nature=owed[part.line][2],
            care_on=owed[part.line][0],
            paid_on=paid[part.credit][0],
            means=Means.CARD,
            cents=part.cents,
        )
        for part in settled.parts
    ]
    unused = [(paid[key][0], left) for key, left in settled.unused.items()]
    years: list[Year] = [year_of_payments(y, parts, unused) for y in range(2025, 2030)]
    for year in years:
        bridge = year.received + year.brought_in - year.carried_out - year.not_eligible
        assert bridge == year.retained
        assert year.retained == sum(child.care for child in year.children.values())
    assert sum(year.received for year in years) == sum(cents for _, cents in paid)
    care = sum(part.cents for part in parts if part.nature == Nature.CARE)
    assert sum(year.retained for year in years) == care
