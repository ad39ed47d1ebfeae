"""The attestation through the real account: whatever happened, no cent is lost between years (S9).

Histories are written by the actions of the office, each on its day, and read back by the queries of
the attestation.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.billing.actions.papers import amounts_left, issue_credit_note, issue_paper
from preau.billing.actions.payments import record_payment, reject_payment
from preau.billing.actions.refunds import approve_refund, ask_refund
from preau.billing.attesting import years_of_families
from preau.billing.enums import EntryKind, Means, Nature, PaperKind
from preau.billing.lines import Line
from preau.billing.models import LedgerEntry, Paper, Payment
from preau.billing.queries.history import histories_of_families
from preau.core import clock
from preau.core.errors import RefusedError
from preau.families.models import Child, Family
from tests.factories import Cast

D = Decimal
FIRST = date(2025, 11, 3)
YEARS = range(2024, 2030)
cents, natures = st.integers(1, 9000), st.sampled_from(Nature.values)
ACTS = st.one_of(
    st.tuples(
        st.just("invoice"),
        st.lists(
            st.tuples(
                cents, st.sampled_from(Nature.values), st.integers(0, 1), st.integers(-40, 40)
            ),
            min_size=1,
            max_size=3,
        ),
    ),
    st.tuples(st.just("pay"), st.tuples(cents, st.sampled_from([Means.CASH, Means.CESU]))),
    st.tuples(st.just("credit"), cents),
    st.tuples(st.just("reject"), st.integers(0, 9)),
    st.tuples(st.just("refund"), cents),
)
HISTORIES = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 60), ACTS), max_size=9)


def euros(amount: int) -> Decimal:
    return D(amount) / 100


class Office:
    """Two payers of two children, and what the office writes for them."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.families = cast, [cast.nord.family, cast.sud.family]
        self.children: list[Child] = [cast.nord.child, cast.exemple.child]
        self.at = datetime.combine(FIRST, time(10), tzinfo=clock.PARIS)

    def act(self, payer: int, days: int, act: tuple[str, Any]) -> None:
        """Some days later, do it; what the office refuses changes nothing."""
        self.at += timedelta(days=days)
        name, given = act
        with clock.pinned(self.at), suppress(RefusedError), transaction.atomic():
            getattr(self, f"_{name}")(self.families[payer], given)

    def _invoice(self, family: Family, lines: list[tuple[int, str, int, int]]) -> None:
        issue_paper(
            actor=None,
            family=family,
            kind=PaperKind.INVOICE,
            title="Mois",
            lines=[
                Line(
                    centre_id=self.cast.house.tilleuls.pk,
                    child_id=self.children[child].pk,
                    on=clock.today() + timedelta(days=days),
                    wording="Prestation",
                    service="x",
                    nature=nature,
                    amount=euros(amount),
                )
                for amount, nature, child, days in lines
            ],
        )

    def _pay(self, family: Family, given: tuple[int, Means]) -> None:
        amount, means = given
        record_payment(
            actor=self.cast.camille,
            family=family,
            means=means,
            amount=euros(amount),
            paid_on=clock.today(),
            form_key=uuid.uuid4(),
        )

    def _credit(self, family: Family, amount: int) -> None:
        """The last invoice is wrong: take back up to so much of its first line that has some."""
        invoice = Paper.objects.filter(family=family, kind=PaperKind.INVOICE).last()
        if invoice:
            lines = {line.pk: line for line in invoice.lines.all()}
            left = {
                pk: min(rest, euros(amount)) for pk, rest in amounts_left(lines).items() if rest
            }
            first = dict(list(left.items())[:1])
            issue_credit_note(
                actor=self.cast.camille, invoice=invoice, amounts=first, reason="erreur"
            )

    def _reject(self, family: Family, which: int) -> None:
        payments = list(Payment.objects.filter(family=family).order_by("pk"))
        if payments:
            payment = payments[which % len(payments)]
            reject_payment(actor=self.cast.camille, payment=payment, reason="impayé")

    def _refund(self, family: Family, amount: int) -> None:
        asked = ask_refund(
            actor=self.cast.camille, family=family, amount=euros(amount), reason="trop versé"
        )
        approve_refund(actor=self.cast.house.charlie, refund=asked)


def _kept(family: Family) -> int:
    """Payments less what came back and what was given back, straight from the account, in cents."""
    entries = LedgerEntry.objects.filter(family=family)
    sign = {EntryKind.PAYMENT: 1, EntryKind.REJECTION: -1, EntryKind.REFUND: -1}
    return sum(
        sign.get(EntryKind(entry.kind), 0) * int(100 * (entry.debit + entry.credit))
        for entry in entries
    )


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORIES)
def test_over_all_years_what_was_paid_is_what_is_shown(
    cast: Cast, history: list[tuple[int, int, tuple[str, Any]]]
) -> None:
    """Parts of every year, child and nature + unused credit = payments - rejections - refunds."""
    with transaction.atomic():
        office = Office(cast)
        for payer, days, act in history:
            office.act(payer, days, act)
        for family in office.families:
            settled = histories_of_families([family.pk])[family.pk].settled()
            years = [years_of_families([family], year)[0].counted for year in YEARS]
            shown = sum(
                sum(child.not_eligible.values()) + child.care
                for year in years
                for child in year.children.values()
            )
            assert shown + sum(settled.unused.values()) == _kept(family)
            assert sum(year.received for year in years) == _kept(family)
            for year in years:
                bridge = year.received + year.brought_in - year.carried_out - year.not_eligible
                assert bridge == year.retained
        transaction.set_rollback(True)


# Issued, lines (cents, nature, days until the care), paid, cents, what is retained by year.
Example = tuple[date, list[tuple[int, str, int]], date, int, dict[int, int]]
MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 10)
EXAMPLES: dict[str, Example] = {
    "paid in the year": (
        *(MARCH, [(6245, "care", 0), (2100, "meal", 0)], APRIL, 8345),
        {2026: 6245},
    ),
    "december paid in january": (
        *(date(2026, 12, 31), [(6245, "care", -21)], date(2027, 1, 9), 6245),
        {2027: 6245},
    ),
    "january paid before christmas": (
        *(date(2026, 12, 20), [(6245, "care", 16)], date(2026, 12, 22), 6245),
        {2027: 6245},
    ),
    "a part of it": (
        *(MARCH, [(6000, "care", 0), (2000, "meal", 0)], APRIL, 3333),
        {2026: 2500},
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_rule(cast: Cast, name: str) -> None:
    issued, lines, paid, amount, retained = EXAMPLES[name]
    office = Office(cast)
    office.at = datetime.combine(issued, time(10), tzinfo=clock.PARIS)
    office.act(0, 0, ("invoice", [(c, nature, 0, days) for c, nature, days in lines]))
    office.act(0, (paid - issued).days, ("pay", (amount, Means.CASH)))
    family = office.families[0]
    found = {year: years_of_families([family], year)[0].counted.retained for year in YEARS}
    assert {year: cents for year, cents in found.items() if cents} == retained
