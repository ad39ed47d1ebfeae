"""Every paper is read aloud as it is seen: PDF/UA-1, French, titled, tables with headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from preau.attendance.printing import register_pdf
from preau.attendance.queries.register import register_of_day
from preau.billing.actions.attestations import issue_attestations
from preau.billing.actions.papers import issue_credit_note
from preau.billing.identity import letterhead
from preau.billing.models import Attestation
from preau.billing.queries.account import account_of_family
from preau.billing.queries.papers import pdf_of_paper
from preau.billing.statements import receipt_pdf, statement_pdf
from preau.core import clock
from preau.documents.render import render
from tests.billing.test_attestations import NEXT_FEBRUARY
from tests.billing.test_papers import D, an_invoice, pay
from tests.factories import Cast, ask, decide, lines_of, open_days, tell
from tests.kit.pdf import is_accessible, language_of, tags_of, title_of, words_of


def _credit_note(cast: Cast) -> bytes:
    invoice = an_invoice(cast)
    care = invoice.lines.get(nature="care")
    amounts = {care.pk: D(10)}
    return pdf_of_paper(
        issue_credit_note(actor=cast.camille, invoice=invoice, amounts=amounts, reason="absence")
    )


def _attestation(cast: Cast) -> bytes:
    an_invoice(cast)
    pay(cast, "83.45", paid_on=date(2027, 1, 4))
    with clock.pinned(NEXT_FEBRUARY):
        issue_attestations(actor=None, families=[cast.exemple.family], year=2027)
    return render("attestation", Attestation.objects.get().frozen)


def _statement(cast: Cast) -> bytes:
    an_invoice(cast)
    return statement_pdf(cast.exemple.family, account_of_family(cast.exemple.family))


def _register(cast: Cast) -> bytes:
    day = open_days(cast.hiver)[0]
    ask(cast.exemple, cast.hiver, days=[day])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    return register_pdf(register_of_day(day), letterhead())


# The paper, how many tables it has, and words in the order in which they are read.
PAPERS: dict[str, tuple[Callable[[Cast], bytes], int, list[str]]] = {
    "Facture F2027-00001": (
        lambda cast: pdf_of_paper(an_invoice(cast)),
        1,
        ["Loisirs Exemple", "Famille Exemple", "Date", "Prestation", "62,45", "Total à payer"],
    ),
    "Avoir A2027-00001": (
        _credit_note,
        1,
        ["Famille Exemple", "Motif", "Prestation", "10,00", "Total en votre faveur"],
    ),
    "Reçu R2027-00001": (
        lambda cast: receipt_pdf(pay(cast, "20.00")),
        0,
        ["Famille Exemple", "Moyen", "Reçu la somme", "portée au crédit"],
    ),
    "Relevé de compte": (
        _statement,
        1,
        ["Famille Exemple", "Libellé", "Facture F2027-00001", "Solde à régler"],
    ),
    "Attestation T2028-00001": (
        _attestation,
        3,
        ["Famille Exemple", "Nous attestons", "Zoé Exemple", "62,45", "Règlements reçus"],
    ),
    "Pointage": (_register, 1, ["Centre des Tilleuls", "Enfant", "Zoé"]),
}


@pytest.mark.parametrize("title", PAPERS)
def test_a_paper_is_read_aloud_as_it_is_seen(cast: Cast, title: str) -> None:
    make, tables, order = PAPERS[title]
    content = make(cast)
    assert is_accessible(content)
    assert language_of(content) == "fr-FR"
    assert title.split(maxsplit=1)[0] in title_of(content)
    tags = tags_of(content)
    assert tags.count("H1") == 1
    assert tags.count("Table") == tables
    assert tags.count("TH") >= 2 * tables
    # Headers come first in each table, and no cell stands outside a row.
    for table in re.split(r"\bTable\b", " ".join(tags))[1:]:
        assert table.split()[:3] == ["THead", "TR", "TH"]
    said = words_of(content)
    places = [said.find(words) for words in order]
    assert -1 not in places, dict(zip(order, places, strict=True))
    assert places == sorted(places)
