"""The account of a family as papers: statement and receipt (PDF), and a table for Excel."""

from __future__ import annotations

from datetime import date

from preau.billing.identity import addressee, letterhead
from preau.billing.models import Payment
from preau.billing.queries.account import Account
from preau.core import clock, wording
from preau.core.tables import as_xlsx
from preau.documents.render import render
from preau.families.models import Family


def statement_pdf(
    family: Family, account: Account, *, first: date | None = None, last: date | None = None
) -> bytes:
    """Every movement in order, with the running balance; between two days where they are given."""
    account = account.between(first, last)
    today = wording.bare_day(last or clock.today(), year=True)
    since = f"Mouvements depuis le {wording.bare_day(first, year=True)}. " if first else ""
    return render(
        "statement",
        {
            "organisation": letterhead(),
            "addressee": addressee(family),
            "title": f"Relevé de compte au {today}",
            "lead": f"Famille n° {family.number}. {since}En débit, les factures ; en crédit, les "
            "avoirs et les règlements.",
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


def statement_xlsx(
    account: Account, *, first: date | None = None, last: date | None = None
) -> bytes:
    """The same table for a spreadsheet."""
    account = account.between(first, last)
    rows = [
        [row.on, row.wording, row.debit or None, row.credit or None, row.balance]
        for row in account.rows
    ]
    return as_xlsx("Compte", ["Date", "Libellé", "Débit", "Crédit", "Solde"], rows)


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
