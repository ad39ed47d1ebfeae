"""The books as an inspector opens them, read by a validator of our own (`tests/kit/fec.py`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from preau.billing.accounting import fec_lines, fec_name
from preau.billing.actions.papers import issue_credit_note
from preau.billing.actions.payments import reject_payment
from preau.billing.actions.refunds import approve_refund, ask_refund
from preau.billing.enums import Means
from tests.billing.test_papers import D, an_invoice, pay
from tests.billing.test_vouchers import zoe_is_born
from tests.factories import Cast
from tests.kit.fec import faults_of

NAME = fec_name("12345678900012", date(2027, 12, 31))


@pytest.fixture
def books(cast: Cast) -> str:
    """An invoice, a credit note, payments of each kind, a rejection and a refund."""
    zoe_is_born(cast, date(2022, 5, 1))
    invoice = an_invoice(cast)
    care = invoice.lines.get(nature="care")
    issue_credit_note(actor=cast.camille, invoice=invoice, amounts={care.pk: D(10)}, reason="a\tb")
    for means in (Means.CASH, Means.CESU, Means.ANCV, Means.TRANSFER):
        pay(cast, "25.00", means=means, reference="l'oubli\tde\r\nmars")
    reject_payment(actor=cast.camille, payment=pay(cast, "20.00"), reason="sans provision")
    family = cast.exemple.family
    asked = ask_refund(actor=cast.camille, family=family, amount=D("3.45"), reason="départ")
    approve_refund(actor=cast.house.charlie, refund=asked)
    return "".join(fec_lines(2027))


def test_an_inspector_takes_the_file(books: str) -> None:
    assert faults_of(NAME, books) == []
    assert books.count("\r\n") == 1 + 3 + 2 + 2 * 7


def _cell(row: int, column: int, value: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        lines = text.split("\r\n")
        cells = lines[row].split("\t")
        cells[column] = value
        lines[row] = "\t".join(cells)
        return "\r\n".join(lines)

    return change


def _swapped(text: str) -> str:
    """The first entry, of 12 January, after all the others, of the day after."""
    lines = _cell(-2, 15, "20270113")(_cell(-3, 15, "20270113")(text)).split("\r\n")
    return "\r\n".join([lines[0], *lines[-3:-1], *lines[1:-3], ""])


BREAKS: dict[str, tuple[Callable[[str], str], str]] = {
    "two columns change places": (lambda t: t.replace("Debit\tCredit", "Credit\tDebit"), "columns"),
    "a column is missing": (lambda t: t.replace("\tIdevise", ""), "columns"),
    "cells are separated otherwise": (lambda t: t.replace("\t", ";"), "columns"),
    "a cell too many": (_cell(1, 17, "EUR\tx"), "18 cells"),
    "a decimal point": (_cell(1, 11, "83.45"), "Debit"),
    "an amount without cents": (_cell(1, 11, "83"), "Debit"),
    "a negative amount": (_cell(1, 11, "-83,45"), "Debit"),
    "a date as French people write it": (_cell(1, 3, "12/01/2027"), "EcritureDate"),
    "a day that does not exist": (_cell(1, 15, "20270230"), "ValidDate"),
    "both sides": (_cell(1, 12, "1,00"), "exactly one"),
    "neither side": (_cell(1, 11, "0,00"), "exactly one"),
    "a cent is lost": (_cell(1, 11, "83,44"), "not balanced"),
    "an entry is missing": (lambda t: re.sub(r"BQ\t.*BQ000002.*\r\n", "", t), "gap"),
    "an entry has no wording": (_cell(1, 10, ""), "EcritureLib is empty"),
    "an entry has no validation": (_cell(1, 15, ""), "ValidDate is empty"),
    "an account that is no number": (_cell(1, 4, "famille"), "CompteNum"),
    "a family without its name": (_cell(1, 7, ""), "auxiliary"),
    "entries in another order": (_swapped, "order of validation"),
    "the last line is cut": (lambda t: t.removesuffix("\r\n"), "does not end"),
}


def test_the_validator_sees_each_rule_broken(books: str) -> None:
    unseen = []
    for what, (change, said) in BREAKS.items():
        changed = change(books)
        assert changed != books, what
        faults = faults_of(NAME, changed)
        if not any(said in fault for fault in faults):
            unseen.append((what, faults))
    for name in ("FEC.txt", "123456789FEC20271331.txt", "12345678FEC20271231.txt"):
        assert faults_of(name, books) == [f"name {name}"]
    assert unseen == []
