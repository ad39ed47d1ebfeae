"""Imprimés: the papers that the family's centres put on line (S3)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.booking.queries.periods import centres_for_family
from preau.core.readonly import keeping_books
from preau.families.models import Family
from preau.publications.actions.read import note_reading
from preau.publications.queries.publications import Paper, file_of, papers_for_reader
from preau.web.downloads import PDF, attachment, inline_pdf, picture
from preau.web.family.access import family_page
from preau.web.signed_in import signed_in


@require_safe
@family_page
def publications(request: HttpRequest, family: Family) -> HttpResponse:
    """Every paper on line, each with a picture of its first page."""
    centres = centres_for_family(family)
    context = {
        "family": family,
        "papers": papers_for_reader(centres, signed_in(request)),
        "centres": centres,
    }
    return render(request, "family/publications.html", context)


@require_safe
@family_page
def publication(request: HttpRequest, family: Family, publication_id: int) -> HttpResponse:
    """The PDF, in the browser, or to keep when the address asks; who opens it has read it."""
    found = _own(request, family, publication_id)
    if request.method == "GET":
        with keeping_books():
            note_reading(reader=signed_in(request), edition=found.edition)
    content, name = file_of(found.edition.file), f"imprime-{publication_id}.pdf"
    if request.GET.get("garder") == "1":
        return attachment(content, PDF, name)
    return inline_pdf(content, name)


@require_safe
@family_page
def preview(request: HttpRequest, family: Family, publication_id: int) -> HttpResponse:
    """The picture of its first page."""
    return picture(file_of(_own(request, family, publication_id).edition.preview))


def _own(request: HttpRequest, family: Family, publication_id: int) -> Paper:
    papers = papers_for_reader(centres_for_family(family), signed_in(request))
    found = next((each for each in papers if each.publication.pk == publication_id), None)
    if found is None:
        raise Http404
    return found
