"""The accounting export: the *fichier des écritures comptables* (FEC).

Source: article A47 A-1 of the *livre des procédures fiscales*: 18 columns in this order, separated
by tabs, decimal comma, dates AAAAMMJJ, one of Debit and Credit, entries balanced, numbered without
gap in each journal, in the order of their validation. The file is named SIREN + FEC + closing date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from preau.billing.enums import EntryKind, Means, Nature
from preau.billing.models import LedgerEntry, PaperLine
from preau.core import clock
from preau.core.money import ZERO

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)


@dataclass(frozen=True)
class _Account:
    number: str
    label: str


FAMILIES = _Account("411000", "Familles")
OF_NATURE = {
    Nature.CARE: _Account("706100", "Participation des familles, accueil"),
    Nature.MEAL: _Account("706200", "Participation des familles, repas"),
    Nature.OUTING: _Account("706300", "Participation des familles, sorties"),
    Nature.MEMBERSHIP: _Account("756000", "Adhésions"),
    Nature.PENALTY: _Account("708100", "Pénalités"),
    Nature.OTHER: _Account("708800", "Autres produits"),
}
BANK = _Account("512000", "Banque")
OF_MEANS = {
    Means.CARD: BANK,
    Means.TRANSFER: BANK,
    Means.DIRECT_DEBIT: BANK,
    Means.CHEQUE: _Account("511200", "Chèques à encaisser"),
    Means.CASH: _Account("530000", "Caisse"),
    Means.CESU: _Account("511500", "CESU à encaisser"),
    Means.ANCV: _Account("511600", "Chèques-vacances à encaisser"),
}
OPENING = _Account("471000", "Reprise de soldes")
ADJUSTING = _Account("758000", "Régularisations")
SALES, MONEY, OTHERS = ("VE", "Ventes"), ("BQ", "Règlements"), ("OD", "Opérations diverses")
_JOURNALS = {
    EntryKind.INVOICE: SALES,
    EntryKind.CREDIT_NOTE: SALES,
    EntryKind.PAYMENT: MONEY,
    EntryKind.REFUND: MONEY,
    EntryKind.REJECTION: MONEY,
}


def fec_name(siret: str, closing: date) -> str:
    """The name the law gives the file."""
    return f"{siret[:9] or '000000000'}FEC{closing:%Y%m%d}.txt"


def fec_lines(year: int) -> Iterator[str]:
    """The file of a calendar year, line by line, its header first."""
    entries = list(
        LedgerEntry.objects.filter(on__year=year)
        .select_related("family", "paper", "payment", "reverses__payment")
        .order_by("recorded_at", "pk")
    )
    natures = _natures(entry.paper_id for entry in entries if entry.paper_id)
    numbers: dict[str, int] = {}
    yield "\t".join(COLUMNS) + "\r\n"
    for entry in entries:
        code, label = _JOURNALS.get(EntryKind(entry.kind), OTHERS)
        numbers[code] = numbers.get(code, 0) + 1
        for account, debit, credit in _sides(entry, natures):
            cells = _cells(entry, account, debit, credit)
            yield "\t".join([code, label, f"{code}{numbers[code]:06d}", *cells]) + "\r\n"


def _natures(papers: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    sums: dict[int, dict[str, Decimal]] = {}
    lines = PaperLine.objects.filter(paper__in=list(papers)).values_list("paper", "nature")
    for paper, nature, amount in lines.annotate(Sum("amount")).order_by("paper", "nature"):
        sums.setdefault(paper, {})[nature] = amount
    return sums


def _sides(
    entry: LedgerEntry, natures: dict[int, dict[str, Decimal]]
) -> Iterator[tuple[_Account, Decimal, Decimal]]:
    """The family's side, then what stands against it: they balance."""
    yield FAMILIES, entry.debit, entry.credit
    if entry.paper_id:
        for nature, amount in natures[entry.paper_id].items():
            account = OF_NATURE[Nature(nature)]
            yield (account, ZERO, amount) if entry.debit else (account, amount, ZERO)
    else:
        yield _against(entry), entry.credit, entry.debit


def _against(entry: LedgerEntry) -> _Account:
    payment = entry.payment or (entry.reverses.payment if entry.reverses else None)
    if payment:
        return OF_MEANS[Means(payment.means)]
    if entry.kind == EntryKind.REFUND:
        return BANK
    return OPENING if entry.kind == EntryKind.OPENING else ADJUSTING


def _cells(entry: LedgerEntry, account: _Account, debit: Decimal, credit: Decimal) -> list[str]:
    of_family = account is FAMILIES
    reference = str(entry.paper or (entry.payment and entry.payment.receipt) or f"E{entry.pk}")
    return [
        _day(entry.on),
        account.number,
        account.label,
        f"F{entry.family.number}" if of_family else "",
        _plain(entry.family.name) if of_family else "",
        reference,
        _day(entry.on),
        _plain(entry.wording),
        _amount(debit),
        _amount(credit),
        "",
        "",
        _day(entry.recorded_at),
        "",
        "",
    ]


def _day(value: date | datetime) -> str:
    return f"{clock.day_of(value) if isinstance(value, datetime) else value:%Y%m%d}"


def _amount(value: Decimal) -> str:
    return f"{value:.2f}".replace(".", ",")


def _plain(text: str) -> str:
    """A cell never holds a tab or a line's end."""
    return " ".join(text.split())
