"""Issuing invoices and credit notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from preau.billing.actions.ledger import post_paper
from preau.billing.enums import PaperKind
from preau.billing.identity import addressee, billing_settings, letterhead
from preau.billing.lines import Line, total_of
from preau.billing.models import Paper, PaperLine
from preau.billing.tasks import keep_files
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.core.money import ZERO
from preau.core.numbering import take_number
from preau.families.models import Family


def issue_paper(
    *,
    actor: User | None,
    family: Family,
    kind: PaperKind,
    lines: Sequence[Line],
    title: str,
    reason: str = "",
) -> Paper:
    """Give these lines a number, a date and their place in the account (caller's transaction).

    `title` is the wording of the account ("Novembre 2026, Centre des Tilleuls"). The PDF is made
    by the worker afterwards, from what is frozen here. Raises IntegrityError when a fact was
    billed meanwhile.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a paper is issued inside a transaction")
    now, chosen = clock.now(), billing_settings()
    frozen = {
        "organisation": letterhead(),
        "addressee": addressee(family),
        "family": f"n° {family.number}",
        "means": chosen.means,
        "title": title,
        "reason": reason,
    }
    # The number last: whoever takes one keeps the others waiting.
    number = take_number(kind.value, clock.day_of(now))
    due_on = number.on + timedelta(days=chosen.days_to_pay) if kind == PaperKind.INVOICE else None
    paper = Paper(
        kind=kind,
        year=number.year,
        sequence=number.sequence,
        family=family,
        issued_on=number.on,
        due_on=due_on,
        total=total_of(lines),
        frozen=frozen,
        issued_at=now,
        issued_by=actor,
    )
    frozen["wording"] = f"{paper.title}, {title}"
    paper.save(force_insert=True)
    PaperLine.objects.bulk_create([_line(paper, n, line) for n, line in enumerate(lines, start=1)])
    post_paper(paper)
    return paper


def _line(paper: Paper, position: int, line: Line) -> PaperLine:
    return PaperLine(
        paper=paper,
        family_id=paper.family_id,
        position=position,
        fact=line.fact,
        revision=line.revision,
        corrects_id=line.corrects,
        child_id=line.child_id,
        centre_id=line.centre_id,
        on=line.on,
        wording=line.wording,
        service=line.service,
        nature=line.nature,
        quantity=line.quantity,
        unit_price=line.amount if line.unit_price is None else line.unit_price,
        amount=line.amount,
        explanation=line.explanation,
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
