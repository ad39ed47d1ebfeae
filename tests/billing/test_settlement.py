"""Which payment paid for what: what an attestation and the arrears stand on."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from preau.billing.settlement import Credit, Debt, reduced, settle, shared

DAY = date(2027, 1, 4)
days = st.integers(0, 700).map(lambda n: DAY + timedelta(days=n))
cents = st.integers(1, 20_000)


@st.composite
def histories(draw: Any) -> tuple[list[Debt], list[Credit], list[tuple[date, int]]]:
    debts = []
    for key in range(draw(st.integers(0, 6))):
        on = draw(days)
        amounts = draw(st.lists(cents, min_size=1, max_size=4))
        lines = {key * 10 + n: amount for n, amount in enumerate(amounts)}
        debts.append(Debt(key=key, on=on, due_on=on + timedelta(days=20), lines=lines))
    payments = []
    for key in range(draw(st.integers(0, 6))):
        chosen = {}
        if debts and draw(st.booleans()):
            chosen[draw(st.sampled_from(debts)).key] = draw(cents)
        payments.append(Credit(key=key, on=draw(days), cents=draw(cents), chosen=chosen))
    most = sum(payment.cents for payment in payments)
    refunds = [(draw(days), draw(st.integers(1, most)))] if most and draw(st.booleans()) else []
    return debts, payments, refunds


@given(histories())
def test_no_cent_is_lost_or_made(
    history: tuple[list[Debt], list[Credit], list[tuple[date, int]]],
) -> None:
    debts, payments, refunds = history
    settled = settle(debts, reduced(payments, refunds))
    received = sum(p.cents for p in payments) - sum(amount for _, amount in refunds)
    paid = Counter[int]()
    for part in settled.parts:
        assert part.cents > 0
        paid[part.line] += part.cents
    assert sum(paid.values()) + sum(settled.unused.values()) == received
    owed = {line: amount for debt in debts for line, amount in debt.lines.items()}
    assert all(paid[line] <= amount for line, amount in owed.items())
    assert sum(settled.open.values()) == sum(owed.values()) - sum(paid.values())
    # Nobody owes while money waits, once everything is known.
    assert not (sum(settled.open.values()) and sum(settled.unused.values()))


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 10_000), min_size=1), st.data())
def test_shares_add_up_and_stay_under_their_weight(
    weights: dict[int, int], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(0, sum(weights.values())))
    shares = shared(amount, weights)
    assert sum(shares.values()) == amount
    assert all(0 <= shares[key] <= weight for key, weight in weights.items())
    total = sum(weights.values())
    assert all(abs(shares[k] * total - amount * w) < total for k, w in weights.items() if total)


def test_a_part_paid_goes_to_care_and_meals_in_proportion() -> None:
    """60.00 of care and 20.00 of meals, 33.33 paid: 25.00 of care (money.md, section 5)."""
    assert shared(3333, {1: 6000, 2: 2000}) == {1: 2500, 2: 833}


def test_the_oldest_due_is_settled_first_unless_chosen() -> None:
    old = Debt(key=1, on=DAY, due_on=DAY, lines={10: 1000})
    new = Debt(key=2, on=DAY, due_on=DAY + timedelta(days=30), lines={20: 1000})
    later = DAY + timedelta(days=40)
    assert settle([new, old], [Credit(key=1, on=later, cents=1000)]).open == {1: 0, 2: 1000}
    chosen = Credit(key=1, on=later, cents=1000, chosen={2: 1000})
    assert settle([new, old], [chosen]).open == {1: 1000, 2: 0}


def test_money_given_back_comes_from_the_last_payment() -> None:
    first = Credit(key=1, on=DAY, cents=500)
    last = Credit(key=2, on=DAY + timedelta(days=1), cents=500)
    left = reduced([first, last], [(DAY + timedelta(days=2), 600)])
    assert [(payment.key, payment.cents) for payment in left] == [(1, 400)]
