"""The slip of a deposit on paper."""

from __future__ import annotations

from collections.abc import Sequence

from preau.billing.identity import letterhead
from preau.billing.models import ChequeDeposit, DepositedCheque
from preau.core import wording
from preau.core.money import ZERO
from preau.documents.render import render


def deposit_pdf(deposit: ChequeDeposit, cheques: Sequence[DepositedCheque]) -> bytes:
    """What goes to the bank: each cheque, how many, and their sum."""
    payments = [each.payment for each in cheques]
    total = sum((each.amount for each in payments), ZERO)
    count = f"{len(payments)} chèques" if len(payments) > 1 else "1 chèque"
    return render(
        "deposit",
        {
            "organisation": letterhead(),
            "title": f"Remise de chèques {deposit.number}",
            "lead": f"{wording.bare_day(deposit.made_on, year=True)}, {count}.",
            "rows": [
                {
                    "rank": str(number),
                    "drawer": each.drawer or each.family.name,
                    "bank": each.bank,
                    "reference": each.reference,
                    "amount": wording.euros(each.amount),
                }
                for number, each in enumerate(payments, 1)
            ],
            "total": f"Total : {wording.euros(total)}",
        },
    )
