"""What a family may declare to the tax office (S9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from preau.billing.actions.attestations import choose_declaring_guardian, issue_attestations
from preau.billing.models import Attestation
from preau.core import clock
from preau.core.errors import RefusedError
from preau.documents.render import render
from tests.billing.test_papers import an_invoice, pay
from tests.factories import Cast, paris, sign_in
from tests.kit.pdf import is_accessible, words_of

D = Decimal
NEXT_FEBRUARY = paris("2028-02-03 10:00")
NEXT_APRIL = paris("2028-04-01 00:00")


@pytest.fixture
def paid(cast: Cast) -> Cast:
    """December's care (62.45, meals 21.00) paid in January: it counts for 2027."""
    an_invoice(cast)
    pay(cast, "83.45")
    return cast


def issue(cast: Cast, year: int = 2027) -> int:
    with clock.pinned(NEXT_FEBRUARY):
        return issue_attestations(
            actor=cast.house.charlie, families=[cast.exemple.family, cast.martin.family], year=year
        )


def test_it_says_what_was_paid_and_what_counts(paid: Cast) -> None:
    assert issue(paid) == 1  # Martin paid nothing
    attestation = Attestation.objects.get()
    assert (attestation.received, attestation.retained) == (D("83.45"), D("62.45"))
    content = render("attestation", attestation.frozen)
    assert is_accessible(content)
    said = words_of(content)
    for words in (
        "Attestation T2028-00001, année 2027",
        "Zoé Exemple",
        "6 ans ou plus au 1er janvier 2027",
        "Garde retenue pour 2027 62,45 €",
        "Repas, non éligible 21,00 €",
        "Règlements effectués en 2027 83,45 €",
        "= retenu pour la garde d’enfants en 2027 62,45 €",
        "12/01/2027 chèque R2027-00001 83,45 €",
        "non réglées ne figurent pas",
    ):
        assert words in said, words


def test_it_is_visible_from_its_day_on(paid: Cast, client: Client) -> None:
    issue(paid)
    path = reverse("family:attestation", args=[Attestation.objects.get().pk])
    for at, status in ((NEXT_FEBRUARY, 404), (NEXT_APRIL, 200)):
        with clock.pinned(at):
            assert sign_in(client, paid.exemple.user).get(path).status_code == status


def test_a_second_round_issues_only_what_changed_and_replaces_it(paid: Cast) -> None:
    issue(paid)
    assert issue(paid) == 0
    late = pay(paid, "10.00", paid_on=date(2027, 1, 4))
    assert issue(paid) == 1
    first, second = Attestation.objects.order_by("pk")
    assert second.replaces == first
    assert second.received == D("93.45")
    said = words_of(render("attestation", second.frozen))
    assert f"annule et remplace l’attestation {first.number}" in said
    assert late.receipt in said


def test_a_year_that_is_not_over_has_none(paid: Cast) -> None:
    with pytest.raises(RefusedError, match="pas finie"):
        issue(paid, 2028)


def test_it_is_made_out_to_who_declares_the_child(paid: Cast) -> None:
    guardian = paid.exemple.guardian
    choose_declaring_guardian(family=paid.exemple.family, guardian=guardian)
    issue(paid)
    assert Attestation.objects.get().frozen["addressee"][0] == str(guardian)
    with pytest.raises(RefusedError):
        choose_declaring_guardian(family=paid.exemple.family, guardian=paid.martin.guardian)
