"""One invoice or credit note: its lines explained, its PDF, and a credit note from it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from preau.billing.actions.papers import amounts_left, issue_credit_note
from preau.billing.enums import PaperKind
from preau.billing.models import Paper
from preau.billing.queries.papers import papers_of_families, pdf_of_paper
from preau.core import wording
from preau.core.errors import RefusedError
from preau.families.scope import families_of_centres
from preau.org.models import Centre
from preau.web.downloads import inline_pdf
from preau.web.office.money.accounts import money_page
from preau.web.office.money.forms import CreditNoteForm
from preau.web.signed_in import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@money_page
def paper(request: HttpRequest, centres: QuerySet[Centre], paper_id: int) -> HttpResponse:
    """The lines of a paper; posting takes some of them back."""
    found = get_object_or_404(papers_of_families(families_of_centres(centres)), pk=paper_id)
    lines = list(found.lines.select_related("child", "centre", "corrects__paper"))
    left = amounts_left({line.pk: line for line in lines})
    open_lines = {line: left[line.pk] for line in lines if left[line.pk]}
    form = CreditNoteForm(request.POST if request.method == "POST" else None, lines=open_lines)
    status = 200
    if request.method == "POST":
        try:
            note = _credit(request, found, form)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            if note:
                messages.success(
                    request, f"Avoir {note.number} émis : {wording.euros(note.total)}."
                )
                return redirect("office:paper", note.pk)
        status = 422
    context = {
        "paper": found,
        "lines": [
            (line, left[line.pk], form[f"line_{line.pk}"] if line in open_lines else None)
            for line in lines
        ],
        "form": form,
        "can_credit": found.kind == PaperKind.INVOICE and bool(open_lines),
        "corrected_by": Paper.objects.filter(lines__corrects__paper=found).distinct(),
    }
    return render(request, "office/money/paper.html", context, status=status)


def _credit(request: HttpRequest, found: Paper, form: CreditNoteForm) -> Paper | None:
    if found.kind != PaperKind.INVOICE:
        raise RefusedError("Un avoir se fait à partir d’une facture.")
    if not form.is_valid():
        return None
    return issue_credit_note(
        actor=signed_in(request),
        invoice=found,
        amounts=form.amounts,
        reason=form.cleaned_data["reason"],
    )


@require_safe
@money_page
def paper_file(request: HttpRequest, centres: QuerySet[Centre], paper_id: int) -> HttpResponse:
    """The PDF that the family has."""
    found = get_object_or_404(papers_of_families(families_of_centres(centres)), pk=paper_id)
    return inline_pdf(pdf_of_paper(found), f"{found.number}.pdf")
