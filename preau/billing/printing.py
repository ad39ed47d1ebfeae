"""From an issued paper to its PDF: only what was frozen, so that the same bytes come again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from preau.billing.enums import PaperKind
from preau.billing.models import Paper, PaperLine
from preau.core import wording
from preau.core.money import CENT, in_words, number_in_words
from preau.documents.render import render


def paper_pdf(paper: Paper) -> bytes:
    """The PDF of an issued paper. Lines are grouped by child, in the order of the paper."""
    frozen = paper.frozen
    invoice = paper.kind == PaperKind.INVOICE
    due = [["À régler avant le", _long(paper.due_on)]] if paper.due_on else []
    return render(
        "paper",
        {
            "organisation": frozen["organisation"],
            "addressee": frozen["addressee"],
            "title": paper.title,
            "facts": [
                ["Date", _long(paper.issued_on)],
                ["Objet", frozen["title"]],
                ["Famille", frozen["family"]],
                *due,
            ],
            "corrects": frozen["reason"] and f"Motif : {frozen['reason']}",
            "groups": _groups(list(paper.lines.select_related("child", "corrects__paper"))),
            "totals": [
                [
                    "Total à payer" if invoice else "Total en votre faveur",
                    wording.euros(paper.total),
                ]
            ],
            "remarks": [frozen["means"]] if invoice else [_CREDITED],
        },
    )


_PAYABLE, _OURS = "Total à payer", "Total en votre faveur"
_CREDITED = (
    "Cette somme est portée au crédit de votre compte : elle vient en déduction de ce que vous "
    "devez."
)


def _long(day: Any) -> str:
    return wording.bare_day(day, year=True)


def _groups(lines: list[PaperLine]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for line in lines:
        name = line.child.first_name if line.child else "Famille"
        groups.setdefault(name, []).append(_row(line))
    return [{"name": name, "lines": rows} for name, rows in groups.items()]


def _row(line: PaperLine) -> dict[str, str]:
    named = f"facture {line.corrects.paper.number}" if line.corrects else ""
    return {
        "wording": line.wording,
        "note": named,
        "quantity": number_in_words(line.quantity),
        "unit_price": _price(line.unit_price),
        "amount": wording.euros(line.amount),
    }


def _price(value: Decimal) -> str:
    """A unit price may have more than cents, where the tariff rounds the line only."""
    return wording.euros(value) if value == value.quantize(CENT) else in_words(value)
