"""A CESU settles the care of young children only: what it may not pay, nobody would reimburse."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from preau.billing.enums import Means, Nature
from preau.billing.models import Payment
from preau.billing.queries.history import histories_of_families
from preau.billing.queries.vouchers import most_by_cesu
from preau.billing.vouchers import settled_by_cesu
from tests.billing.test_papers import an_invoice, pay
from tests.factories import Cast, sign_in

D = Decimal
BORN = date(2021, 12, 16)


def zoe_is_born(cast: Cast, day: date) -> None:
    """Her care is of December 2026."""
    cast.exemple.child.birth_date = day
    cast.exemple.child.save()


def paid_by_nature(cast: Cast, means: Means) -> dict[str, int]:
    """Cents that payments by these means settled, by nature of line."""
    history = histories_of_families([cast.exemple.family.pk])[cast.exemple.family.pk]
    found: dict[str, int] = {}
    for part in history.settled().parts:
        if history.received[part.credit].means == means:
            nature = history.lines[part.line].nature
            found[nature] = found.get(nature, 0) + part.cents
    return found


@pytest.mark.parametrize(
    ("nature", "born_on", "on", "may"),
    [
        (Nature.CARE, BORN, date(2027, 12, 15), True),
        (Nature.CARE, BORN, date(2027, 12, 16), False),
        (Nature.CARE, date(2020, 2, 29), date(2026, 2, 28), True),
        (Nature.CARE, date(2020, 2, 29), date(2026, 3, 1), False),
        (Nature.MEAL, BORN, date(2026, 12, 16), False),
        (Nature.CARE, None, date(2026, 12, 16), False),
    ],
)
def test_care_before_the_sixth_birthday(
    nature: Nature, born_on: date | None, on: date, may: bool
) -> None:
    assert settled_by_cesu(nature, born_on, on) is may


@pytest.mark.django_db
def test_no_change_is_given(cast: Cast, client: Client) -> None:
    """83.45 owed, of which 62.45 of care: 62.46 is refused and the page says how much is taken."""
    an_invoice(cast)
    zoe_is_born(cast, date(2022, 5, 1))
    sign_in(client, cast.camille)
    path = reverse("office:pay", args=[cast.exemple.family.pk])
    form = {"means": "cesu", "paid_on": "2027-01-12", "key": str(uuid.uuid4())}
    refused = client.post(path, {**form, "amount": "62,46"})
    assert refused.status_code == 422
    assert "au plus 62,45" in refused.content.decode().replace("\u00a0", " ")
    assert not Payment.objects.exists()
    for _ in range(2):  # a double click says twice what is written once
        assert client.post(path, {**form, "amount": "62,45"}).status_code == 302
    assert Payment.objects.count() == 1
    assert paid_by_nature(cast, Means.CESU) == {Nature.CARE: 6245}
    again = client.post(path, {**form, "key": str(uuid.uuid4()), "amount": "0,01"})
    assert "au plus 0,00" in again.content.decode().replace("\u00a0", " ")


@pytest.mark.django_db
def test_a_late_cesu_takes_what_other_means_left(cast: Cast) -> None:
    """A cheque of half the invoice went to care and meals alike: half the care is left."""
    an_invoice(cast)
    zoe_is_born(cast, date(2022, 5, 1))
    pay(cast, "41.73")
    day = date(2027, 1, 12)
    left = most_by_cesu(cast.exemple.family, D("83.45"), day)
    assert left == D("62.45") - D(paid_by_nature(cast, Means.CHEQUE)[Nature.CARE]) / 100
    pay(cast, str(left), means=Means.CESU, paid_on=day)
    pay(cast, str(D("83.45") - D("41.73") - left), means=Means.CASH)
    assert paid_by_nature(cast, Means.CASH) == {
        Nature.MEAL: 2100 - paid_by_nature(cast, Means.CHEQUE)[Nature.MEAL]
    }


@pytest.mark.django_db
def test_nothing_for_a_child_of_six(cast: Cast) -> None:
    an_invoice(cast)
    zoe_is_born(cast, date(2019, 5, 1))
    assert most_by_cesu(cast.exemple.family, D("83.45"), date(2027, 1, 12)) == 0
