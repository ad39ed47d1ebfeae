"""Accounts on screen: what the office writes is what the family reads."""

from __future__ import annotations

import uuid

from django.test import Client
from django.urls import reverse

from preau.billing.models import Charge, Paper, Payment
from preau.billing.queries.account import balance_of_family
from tests.billing.test_papers import D, an_invoice
from tests.factories import Cast, sign_in
from tests.kit.page import Page

FORM = {
    "means": "cheque",
    "amount": "33,33 €",
    "paid_on": "2027-01-12",
    "reference": "0000123",
    "drawer": "",
    "bank": "",
}


def read(cast: Cast, name: str, *args: object, who: str = "family") -> Page:
    user = cast.exemple.user if who == "family" else cast.camille
    return Page(sign_in(Client(), user).get(reverse(name, args=args)))


def test_the_family_reads_what_the_office_wrote(cast: Cast) -> None:
    an_invoice(cast)
    office = sign_in(Client(), cast.camille)
    key = {"key": str(uuid.uuid4())}
    for _ in range(2):  # a double click
        answer = office.post(
            reverse("office:pay", args=[cast.exemple.family.pk]), {**FORM, **key}, follow=True
        )
    assert "33,33 € enregistrés, reçu R2027-00001" in Page(answer).words("main").replace(
        "\N{NO-BREAK SPACE}", " "
    )
    said = read(cast, "family:account").words("main").replace("\N{NO-BREAK SPACE}", " ")
    assert "Solde à régler 50,12 €" in said
    assert "Facture F2027-00001, Décembre 2026" in said
    assert "Règlement par chèque (0000123)" in said
    rows = read(cast, "office:account", cast.exemple.family.pk, who="office").all("tbody tr")
    assert len(rows) == 2


def test_what_was_mistyped_is_kept_and_said(cast: Cast) -> None:
    answer = sign_in(Client(), cast.camille).post(
        reverse("office:pay", args=[cast.exemple.family.pk]),
        {**FORM, "key": str(uuid.uuid4()), "amount": "33,333"},
    )
    assert answer.status_code == 422
    assert "Deux chiffres au plus" in Page(answer).words("[role=alert]")
    assert 'value="33,333"' in answer.content.decode()
    assert not Payment.objects.exists()


def test_a_credit_note_begins_from_the_lines_of_its_invoice(cast: Cast) -> None:
    invoice = an_invoice(cast)
    office = sign_in(Client(), cast.camille)
    care, meal = invoice.lines.order_by("position")
    path = reverse("office:paper", args=[invoice.pk])
    refused = office.post(path, {"reason": "absence", f"line_{care.pk}": "62,46"})
    assert refused.status_code == 422
    assert Paper.objects.count() == 1
    done = office.post(path, {"reason": "absence", f"line_{care.pk}": "62,45"}, follow=True)
    assert "Avoir A2027-00001 émis" in Page(done).words("main")
    assert "déjà reprise" in read(cast, "office:paper", invoice.pk, who="office").words("main")
    assert balance_of_family(cast.exemple.family) == meal.amount == D("21.00")


def test_centres_that_no_page_sends_are_refused(cast: Cast) -> None:
    """A number of five thousand digits is no fault of the program."""
    office = sign_in(Client(), cast.camille)
    form = {"month": "2027-01", "centres": ["9" * 5000, str(cast.house.platanes.pk), "x"]}
    answer = office.post(reverse("office:prepare_run"), form, follow=True)
    assert "Choisissez au moins un centre" in Page(answer).words("main")


def test_a_line_is_added_for_a_child_of_that_family_only(cast: Cast) -> None:
    office = sign_in(Client(), cast.camille)
    form = {
        "centre": str(cast.house.tilleuls.pk),
        "child": str(cast.martin.child.pk),
        "wording": "Retard",
        "nature": "penalty",
        "amount": "5",
        "on": "2027-01-12",
    }
    path = reverse("office:charge", args=[cast.exemple.family.pk])
    assert office.post(path, form).status_code == 404
    own = {**form, "child": str(cast.exemple.child.pk)}
    assert office.post(path, {**own, "centre": str(cast.house.platanes.pk)}).status_code == 404
    assert not Charge.objects.exists()
    assert office.post(path, own).status_code == 302
    assert Charge.objects.get().child == cast.exemple.child
