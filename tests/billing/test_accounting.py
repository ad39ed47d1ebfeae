"""What leaves for the accountant, and who owes since when."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from preau.billing.accounting import COLUMNS, fec_lines, fec_name
from preau.billing.actions.papers import issue_credit_note
from preau.billing.actions.payments import reject_payment
from preau.billing.queries.arrears import families_owing, totals_by_age
from preau.families.models import Family
from tests.billing.test_papers import an_invoice, pay
from tests.factories import Cast

D = Decimal


def test_the_books_balance_and_are_numbered_without_gap(cast: Cast) -> None:
    """An inspector opens the file: eighteen columns, each entry balanced, no number missing."""
    invoice = an_invoice(cast)
    care = invoice.lines.get(nature="care")
    issue_credit_note(actor=cast.camille, invoice=invoice, amounts={care.pk: D(10)}, reason="a\tb")
    reject_payment(actor=cast.camille, payment=pay(cast, "20.00"), reason="sans provision")
    rows = [line.removesuffix("\r\n").split("\t") for line in fec_lines(2027)]
    assert rows[0] == list(COLUMNS)
    entries: dict[str, list[dict[str, str]]] = defaultdict(list)
    for cells in rows[1:]:
        assert len(cells) == 18
        row = dict(zip(COLUMNS, cells, strict=True))
        entries[row["EcritureNum"]].append(row)
        assert (row["Debit"] == "0,00") != (row["Credit"] == "0,00")
    assert list(entries) == ["VE000001", "VE000002", "BQ000001", "BQ000002"]
    for several in entries.values():
        sides = {
            side: sum(D(row[side].replace(",", ".")) for row in several)
            for side in ("Debit", "Credit")
        }
        assert sides["Debit"] == sides["Credit"]
    first = entries["VE000001"]
    assert [(row["CompteNum"], row["Debit"], row["Credit"]) for row in first] == [
        ("411000", "83,45", "0,00"),
        ("706100", "0,00", "62,45"),
        ("706200", "0,00", "21,00"),
    ]
    assert first[0]["EcritureDate"] == "20270112"
    assert first[0]["PieceRef"] == "F2027-00001"


def test_the_file_has_the_name_the_law_gives() -> None:
    assert fec_name("12345678900012", date(2027, 12, 31)) == "123456789FEC20271231.txt"


def test_a_debt_grows_old_from_its_due_date(cast: Cast) -> None:
    """83.45 due on 1 February, 33.33 paid: 50.12 left, whose age the accountant reads."""
    an_invoice(cast)
    pay(cast, "33.33")
    families = Family.objects.all()
    for day, place in (
        (date(2027, 2, 1), 0),
        (date(2027, 2, 2), 1),
        (date(2027, 3, 3), 1),
        (date(2027, 3, 4), 2),
        (date(2027, 6, 1), 4),
    ):
        owing = families_owing(families, day)
        assert [each.family for each in owing] == [cast.exemple.family]
        assert totals_by_age(owing)[place] == owing[0].balance == D("50.12")
