"""Issuing invoices and credit notes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum

from preau.billing.actions.ledger import post_papers
from preau.billing.enums import PaperKind
from preau.billing.identity import addressees, billing_settings, letterhead
from preau.billing.lines import Line, total_of
from preau.billing.models import Paper, PaperLine
from preau.billing.tasks import keep_files
from preau.core import clock, wording
from preau.core.copying import copy_in
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.core.money import ZERO
from preau.core.numbering import take_numbers
from preau.families.models import Family


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A paper to be: `title` is what it is about, as the account says it ("Novembre 2026")."""

    family: Family
    kind: PaperKind
    lines: Sequence[Line]
    title: str
    reason: str = ""


def issue_paper(
    *,
    actor: User | None,
    family: Family,
    kind: PaperKind,
    lines: Sequence[Line],
    title: str,
    reason: str = "",
) -> Paper:
    """Issue one paper: see `issue_papers`."""
    wanted = Issue(family=family, kind=kind, lines=lines, title=title, reason=reason)
    return issue_papers(actor=actor, wanted=[wanted])[0]


def issue_papers(*, actor: User | None, wanted: Sequence[Issue]) -> list[Paper]:
    """Give each its number, its date and its place in the account (caller's transaction).

    Numbers follow the order given. The PDF is made by the worker afterwards, from what is frozen
    here. Raises IntegrityError when a fact was billed meanwhile: then none is issued. The number
    of queries does not grow with the number of papers.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a paper is issued inside a transaction")
    now, chosen, head = clock.now(), billing_settings(), letterhead()
    to = addressees([each.family for each in wanted])
    papers = [_paper(each, head, to[each.family.pk], chosen.means) for each in wanted]
    # The numbers last: whoever takes one keeps the others waiting.
    for kind in PaperKind:
        alike = [paper for paper in papers if paper.kind == kind]
        numbers = take_numbers(kind.value, clock.day_of(now), count=len(alike)) if alike else []
        for paper, number in zip(alike, numbers, strict=True):
            paper.year, paper.sequence, paper.issued_on = number
            paper.issued_at, paper.issued_by = now, actor
            if kind == PaperKind.INVOICE:
                paper.due_on = number.on + timedelta(days=chosen.days_to_pay)
            paper.frozen["wording"] = f"{paper.title}, {paper.frozen['title']}"
    Paper.objects.bulk_create(papers)
    copy_in(
        PaperLine,
        _COLUMNS,
        (
            _row(paper, position, line)
            for paper, each in zip(papers, wanted, strict=True)
            for position, line in enumerate(each.lines, start=1)
        ),
    )
    post_papers(papers)
    return papers


def _paper(each: Issue, head: dict[str, Any], to: list[str], means: str) -> Paper:
    frozen = {
        "organisation": head,
        "addressee": to,
        "family": f"n° {each.family.number}",
        "means": means,
        "title": each.title,
        "reason": each.reason,
    }
    return Paper(kind=each.kind, family=each.family, total=total_of(each.lines), frozen=frozen)


_COLUMNS = (
    *("paper_id", "family_id", "position", "fact", "revision", "corrects_id", "child_id"),
    *("centre_id", "on", "wording", "service", "nature", "quantity", "unit_price", "amount"),
    "explanation",
)


def _row(paper: Paper, position: int, line: Line) -> tuple[object, ...]:
    """A line as `_COLUMNS` says: a month has a hundred thousand of them."""
    return (
        paper.pk,
        paper.family_id,
        position,
        line.fact,
        line.revision,
        line.corrects,
        line.child_id,
        line.centre_id,
        line.on,
        line.wording,
        line.service,
        line.nature,
        line.quantity,
        line.amount if line.unit_price is None else line.unit_price,
        line.amount,
        json.dumps(line.explanation),
    )


def issue_credit_note(
    *, actor: User, invoice: Paper, amounts: Mapping[int, Decimal], reason: str
) -> Paper:
    """Take back what was wrong on an invoice: `amounts` by line, each up to what is left of it.

    Raises `RefusedError` when nothing is asked, a line is not of this invoice, an amount is more
    than is left, or no reason is given.
    """
    if not reason.strip():
        raise RefusedError("Écrivez le motif de l’avoir : la famille le lira.")
    with short_transaction():
        # Whoever corrects the same invoice at the same time waits here.
        locked = Paper.objects.select_for_update(no_key=True).get(
            pk=invoice.pk, kind=PaperKind.INVOICE
        )
        lines = {line.pk: line for line in locked.lines.all()}
        left = amounts_left(lines)
        wanted = {pk: amount for pk, amount in amounts.items() if amount}
        _check_amounts(wanted, lines, left)
        keep_files.enqueue()
        return issue_paper(
            actor=actor,
            family=locked.family,
            kind=PaperKind.CREDIT_NOTE,
            lines=[_credited(lines[pk], amount) for pk, amount in sorted(wanted.items())],
            title=f"sur la facture {locked.number}",
            reason=reason.strip(),
        )


def _check_amounts(
    wanted: Mapping[int, Decimal], lines: Mapping[int, PaperLine], left: Mapping[int, Decimal]
) -> None:
    if not wanted:
        raise RefusedError("Indiquez au moins un montant à reprendre.")
    for pk, amount in wanted.items():
        if pk not in lines:
            raise RefusedError("Une des lignes n’est pas de cette facture. Rien n’a été émis.")
        if not ZERO < amount <= left[pk]:
            raise RefusedError(
                f"« {lines[pk].wording} » : au plus {wording.euros(left[pk])} peuvent être repris. "
                "Rien n’a été émis."
            )


def amounts_left(lines: Mapping[int, PaperLine]) -> dict[int, Decimal]:
    """What credit notes have not yet taken back of each line, in one query."""
    taken = (
        PaperLine.objects.filter(corrects__in=list(lines))
        .values_list("corrects")
        .annotate(Sum("amount"))
    )
    gone = dict(taken)
    return {pk: line.amount - gone.get(pk, ZERO) for pk, line in lines.items()}


def _credited(line: PaperLine, amount: Decimal) -> Line:
    return Line(
        centre_id=line.centre_id,
        child_id=line.child_id,
        on=line.on,
        wording=line.wording,
        service=line.service,
        nature=line.nature,
        amount=amount,
        corrects=line.pk,
    )
