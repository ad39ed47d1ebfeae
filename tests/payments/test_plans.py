"""Paying in several times: agreed with the office, exact to the cent, seen by both (S8)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.actions.payments import record_payment
from preau.billing.enums import Means
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.core.models import AuditEvent
from preau.payments.actions.plans import agree_on_plan, end_honoured_plans, end_plan
from preau.payments.models import InstalmentPlan
from preau.payments.plans import Part, cut, left_of_parts
from preau.payments.printing import plan_pdf
from preau.payments.queries.offer import Pay, pay_offer
from preau.payments.queries.plans import plan_of_family, plans_in_force
from tests.factories import Cast, sign_in
from tests.kit.pdf import is_accessible, words_of
from tests.payments.kit import open_shop, owe

DUE = Decimal("100.00")


def later(days: int) -> date:
    return clock.today() + timedelta(days=days)


def parts(*given_: tuple[int, str]) -> list[Part]:
    return [Part(due_on=later(days), amount=Decimal(amount)) for days, amount in given_]


def pay(cast: Cast, amount: str) -> None:
    import uuid

    record_payment(
        actor=cast.camille,
        family=cast.exemple.family,
        means=Means.TRANSFER,
        amount=Decimal(amount),
        paid_on=clock.today(),
        form_key=uuid.uuid4(),
    )


@given(
    cents=st.integers(12, 10**7),
    count=st.integers(1, 12),
    first=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
)
def test_parts_are_the_whole_balance(cents: int, count: int, first: date) -> None:
    """No cent is forgotten or asked twice, whatever the number of parts and the day."""
    balance = Decimal(cents) / 100
    found = cut(balance, count=count, first=first)
    assert sum(part.amount for part in found) == balance
    assert max(p.amount for p in found) - min(p.amount for p in found) <= Decimal("0.01")
    days = [part.due_on for part in found]
    assert days == sorted(set(days))
    assert days[0] == first
    assert all(day.day <= first.day for day in days)


@given(
    amounts=st.lists(st.integers(1, 5000), min_size=1, max_size=6),
    due=st.integers(-1000, 40_000),
    settled=st.integers(-1000, 40_000),
)
def test_what_is_left_adds_up_and_the_first_parts_are_paid_first(
    amounts: list[int], due: int, settled: int
) -> None:
    """A family that paid its first part never reads that it is late of it."""
    today = date(2027, 1, 12)
    planned = [
        Part(due_on=today + timedelta(days=30 * (n - 2)), amount=Decimal(cents) / 100)
        for n, cents in enumerate(amounts)
    ]
    owed, paid = Decimal(due) / 100, Decimal(settled) / 100
    left = left_of_parts(planned, settled=paid, due=owed, today=today)
    total = sum((part.amount for part in planned), Decimal(0))
    wanted = min(max(total - max(paid, Decimal(0)), Decimal(0)), max(owed, Decimal(0)))
    assert sum(part.left for part in left) == wanted
    begun = [part for part in left if part.left]
    assert all(part.left == part.amount for part in begun[1:])
    assert left[len(left) - len(begun) :] == begun


def test_the_office_agrees_and_the_family_pays_what_is_due_now(cast: Cast) -> None:
    """Thirty euros are no threshold for somebody who keeps to a plan."""
    open_shop()
    owe(cast.exemple.family, DUE)
    desk, parent = sign_in(Client(), cast.camille), sign_in(Client(), cast.exemple.user)
    where = reverse("office:family_plan", args=[cast.exemple.family.pk])
    shown = desk.get(where, {"parts": "3", "first": f"{later(0)}"}).content.decode()
    assert shown.count('name="form-') == 4 + 3 * 2
    assert "33.34" in shown
    form = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "2",
        "form-0-due_on": f"{later(0)}",
        "form-0-amount": "20,00",
        "form-1-due_on": f"{later(30)}",
        "form-1-amount": "70,00",
    }
    refused = desk.post(where, form)
    assert refused.status_code == 422
    assert "Les parts font" in refused.content.decode()
    assert not InstalmentPlan.objects.exists()
    assert desk.post(where, form | {"form-1-amount": "80,00"}).status_code == 302
    offer = pay_offer(cast.exemple.family)
    assert (offer.pay, offer.amount) == (Pay.OFFERED, Decimal("20.00"))
    page = parent.get(reverse("family:account")).content.decode()
    assert "Votre échéancier" in page
    assert "20,00" in page
    plan = InstalmentPlan.objects.get()
    assert parent.get(reverse("family:plan", args=[plan.pk])).status_code == 200
    other = sign_in(Client(), cast.ailleurs.user)
    assert other.get(reverse("family:plan", args=[plan.pk])).status_code == 404
    (trace,) = AuditEvent.objects.filter(detail__startswith="échéancier")
    assert trace.actor == cast.camille


def test_a_late_part_is_seen_until_it_is_paid(cast: Cast) -> None:
    """The accountant calls the right family, and not the one that paid."""
    owe(cast.exemple.family, DUE)
    with clock.pinned(clock.now() - timedelta(days=40)):
        agree_on_plan(
            actor=cast.camille,
            family=cast.exemple.family,
            parts=parts((5, "40.00"), (70, "60.00")),
        )
    (state,) = plans_in_force(type(cast.exemple.family).objects.all())
    assert (state.late, state.since) == (Decimal("40.00"), later(-35))
    pay(cast, "40.00")
    (state,) = plans_in_force(type(cast.exemple.family).objects.all())
    assert (state.late, state.since) == (Decimal(0), None)
    assert [part.left for part in state.parts] == [Decimal(0), Decimal("60.00")]
    owe(cast.exemple.family, Decimal("15.00"))
    state_now = plan_of_family(cast.exemple.family, Decimal("75.00"))
    assert state_now
    assert state_now.beyond == Decimal("15.00")


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ([], "de une à 12"),
        ([(0, "50.00"), (0, "50.00")], "le même jour"),
        ([(-1, "100.00")], "déjà passée"),
        ([(0, "100.00"), (1, "0.00")], "un montant"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    cast: Cast, given_: list[tuple[int, str]], said: str
) -> None:
    owe(cast.exemple.family, DUE)
    with pytest.raises(RefusedError, match=said):
        agree_on_plan(actor=cast.camille, family=cast.exemple.family, parts=parts(*given_))


def test_a_payment_that_comes_meanwhile_is_not_asked_twice(cast: Cast) -> None:
    """The director cut 100 euros; the family has just paid 30 of them."""
    owe(cast.exemple.family, DUE)
    cut_before = parts((0, "50.00"), (30, "50.00"))
    pay(cast, "30.00")
    with pytest.raises(StaleError):
        agree_on_plan(actor=cast.camille, family=cast.exemple.family, parts=cut_before)


def test_another_plan_takes_the_place_and_ending_makes_all_due(cast: Cast) -> None:
    open_shop()
    owe(cast.exemple.family, DUE)
    for first in (10, 20):
        agree_on_plan(
            actor=cast.camille, family=cast.exemple.family, parts=parts((first, "100.00"))
        )
    plan = InstalmentPlan.objects.get(ended_at=None)
    assert plan.parts.get().due_on == later(20)
    assert pay_offer(cast.exemple.family).pay is Pay.LATER
    end_plan(actor=cast.camille, plan=plan)
    assert pay_offer(cast.exemple.family).amount == DUE
    with pytest.raises(RefusedError, match="déjà arrêté"):
        end_plan(actor=cast.camille, plan=plan)


def test_an_honoured_plan_ends_by_itself(cast: Cast) -> None:
    """Afterwards the threshold of thirty euros holds again."""
    owe(cast.exemple.family, DUE)
    agree_on_plan(actor=cast.camille, family=cast.exemple.family, parts=parts((3, "100.00")))
    assert end_honoured_plans() == 0
    with clock.pinned(clock.now() + timedelta(days=5)):
        assert end_honoured_plans() == 0, "it is late, not honoured"
        pay(cast, "100.00")
        assert end_honoured_plans() == 1
    assert InstalmentPlan.objects.get().ended_at


def test_the_plan_on_paper(cast: Cast) -> None:
    """The family puts it on the fridge, a screen reader reads it."""
    owe(cast.exemple.family, DUE)
    plan = agree_on_plan(
        actor=cast.camille, family=cast.exemple.family, parts=parts((1, "33.34"), (31, "66.66"))
    )
    content = plan_pdf(plan)
    assert is_accessible(content)
    text = words_of(content)
    assert "Mercredi 13 janvier 2027" in text
    assert "33,34" in text
    assert "100,00" in text
