"""The account of a family as papers: statement and receipt (PDF), and a table for Excel."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter

from preau.billing.identity import addressee, letterhead
from preau.billing.models import Payment
from preau.billing.queries.account import Account
from preau.core import clock, wording
from preau.documents.render import render
from preau.families.models import Family


def statement_pdf(family: Family, account: Account) -> bytes:
    """Every movement in order, with the running balance."""
    today = wording.bare_day(clock.today(), year=True)
    return render(
        "statement",
        {
            "organisation": letterhead(),
            "addressee": addressee(family),
            "title": f"Relevé de compte au {today}",
            "lead": f"Famille n° {family.number}. En débit, les factures ; en crédit, les avoirs "
            "et les règlements.",
            "rows": [
                {
                    "on": f"{row.on:%d/%m/%Y}",
                    "wording": row.wording,
                    "debit": wording.euros(row.debit) if row.debit else "",
                    "credit": wording.euros(row.credit) if row.credit else "",
                    "balance": wording.euros(row.balance),
                }
                for row in account.rows
            ],
            "balance": balance_in_words(account),
        },
    )


def balance_in_words(account: Account) -> str:
    """ "Solde à régler : 36,07 €"."""
    if account.in_credit:
        return f"En votre faveur : {wording.euros(account.in_credit)}"
    return f"Solde à régler : {wording.euros(account.due)}"


def statement_xlsx(account: Account) -> bytes:
    """The same table for a spreadsheet: real dates and numbers, never a formula."""
    made = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        sheet = book.add_worksheet("Compte")
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        money = book.add_format({"num_format": '# ##0.00 "€"'})
        sheet.set_column(0, 0, 12, day)
        sheet.set_column(1, 1, 60)
        sheet.set_column(2, 4, 14, money)
        sheet.write_row(0, 0, ["Date", "Libellé", "Débit", "Crédit", "Solde"], bold)
        for n, row in enumerate(account.rows, start=1):
            sheet.write_datetime(n, 0, row.on, day)
            sheet.write_string(n, 1, row.wording)
            for column, amount in ((2, row.debit), (3, row.credit)):
                if amount:
                    sheet.write_number(n, column, float(amount), money)
            sheet.write_number(n, 4, float(row.balance), money)
        sheet.freeze_panes(1, 0)
    return made.getvalue()


def receipt_pdf(payment: Payment) -> bytes:
    """The numbered receipt of one payment."""
    paid_on = wording.bare_day(payment.paid_on, year=True)
    details = [
        ("Tireur", payment.drawer),
        ("Banque", payment.bank),
        ("Référence", payment.reference),
    ]
    return render(
        "receipt",
        {
            "organisation": letterhead(),
            "addressee": addressee(payment.family),
            "title": f"Reçu {payment.receipt}",
            "facts": [
                ["Date du règlement", paid_on],
                ["Moyen", payment.get_means_display()],
                *[[label, value] for label, value in details if value],
                ["Famille", f"n° {payment.family.number}"],
            ],
            "sentence": f"Reçu la somme de {wording.euros(payment.amount)}.",
            "remarks": ["Cette somme est portée au crédit de votre compte."],
        },
    )
