"""Papers that the office puts on line for families (S3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.uploads import clean_upload
from preau.org.models import Centre
from preau.publications.actions import publish as acts
from preau.publications.models import Publication
from preau.publications.queries.publications import (
    current_editions,
    file_of,
    publications_for_staff,
)
from preau.web.downloads import inline_pdf, picture
from preau.web.office.access import office_page
from preau.web.office.publications.forms import NoticeForm, PaperForm, as_notice
from preau.web.signed_in import signed_in
from preau.web.typed import typed_id

_A_PAGE = 50


@require_safe
@office_page
def publications(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Papers of one's centres: on line, to come, over or withdrawn."""
    found = publications_for_staff(centres)
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "today": clock.today()}
    return render(request, "office/publications/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def new(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Put a paper on line."""
    posted = request.method == "POST"
    form = NoticeForm(request.POST if posted else None, centres=centres)
    paper = PaperForm.posted(request) if posted else PaperForm()
    if form.is_valid() & paper.is_valid():
        try:
            made = acts.publish(
                actor=signed_in(request),
                notice=form.notice,
                paper=clean_upload(paper.cleaned_data["paper"]),
            )
        except RefusedError as refusal:
            paper.add_error("paper", str(refusal))
        else:
            messages.success(request, f"«\u00a0{made.title}\u00a0» est enregistré.")
            return redirect("office:publications")
    wrong = form.errors or paper.errors
    context = {"form": form, "paper": paper}
    return render(request, "office/publications/new.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def publication(
    request: HttpRequest, centres: QuerySet[Centre], publication_id: int
) -> HttpResponse:
    """One paper; posting changes what is said of it, its file, or whether it is on line."""
    found = get_object_or_404(publications_for_staff(centres), pk=publication_id)
    if request.method == "POST" and found.elsewhere:  # type: ignore[attr-defined]  # annotated
        raise Http404  # it is another centre's too: not theirs to change alone
    act = request.POST.get("do", "")
    form = NoticeForm(
        request.POST if act == "change" else None, initial=as_notice(found), centres=centres
    )
    paper = PaperForm.posted(request) if act == "replace" else PaperForm()
    try:
        done = _do(request, found, act, form, paper)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        done = ""
    if done:
        messages.success(request, done)
        return redirect("office:publication", found.pk)
    context = {
        "publication": found,
        "form": form,
        "paper": paper,
        "today": clock.today(),
        "editions": found.editions.select_related("put_by").order_by("-pk"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "office/publications/one.html", context, status=status)


def _do(
    request: HttpRequest, found: Publication, act: str, form: NoticeForm, paper: PaperForm
) -> str:
    """What was done, in a sentence for its author; empty when nothing was."""
    who: dict[str, Any] = {
        "actor": signed_in(request),
        "publication": found,
        "seen_version": typed_id(request.POST.get("version", "")),
    }
    if act == "change" and form.is_valid():
        acts.change_publication(**who, notice=form.notice)
        return "Les changements sont enregistrés."
    if act == "replace" and paper.is_valid():
        acts.replace_file(**who, paper=clean_upload(paper.cleaned_data["paper"]))
        return "Le fichier est remplacé\u00a0: les familles le liront comme nouveau."
    plain: dict[str, tuple[Callable[..., object], str]] = {
        "withdraw": (acts.withdraw, "L’imprimé est retiré\u00a0: les familles ne le voient plus."),
        "put_back": (acts.put_back, "L’imprimé est remis en ligne."),
    }
    if act in plain:
        action, said = plain[act]
        action(**who)
        return said
    return ""


@require_safe
@office_page
def paper_file(
    request: HttpRequest, centres: QuerySet[Centre], publication_id: int
) -> HttpResponse:
    """The PDF of the present edition."""
    found = get_object_or_404(publications_for_staff(centres), pk=publication_id)
    edition = current_editions([found.pk]).get()
    return inline_pdf(file_of(edition.file), f"imprime-{found.pk}.pdf")


@require_safe
@office_page
def preview(request: HttpRequest, centres: QuerySet[Centre], publication_id: int) -> HttpResponse:
    """The picture of its first page."""
    found = get_object_or_404(publications_for_staff(centres), pk=publication_id)
    return picture(file_of(current_editions([found.pk]).get().preview))
