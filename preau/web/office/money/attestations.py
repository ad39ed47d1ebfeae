"""Attestations of a year: preview with every part explained, issuing, issuing again (S9)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from preau.billing.actions.attestations import (
    check_year,
    choose_declaring_guardian,
    last_attestation,
)
from preau.billing.attesting import years_of_families
from preau.billing.models import Attestation
from preau.billing.queries.attestations import attestations_in_force, families_with_payments
from preau.billing.tasks import issue_year
from preau.core import clock
from preau.core.errors import RefusedError
from preau.documents.render import render as render_pdf
from preau.families.models import Guardian
from preau.families.scope import families_of_centres
from preau.org.models import Centre
from preau.web.downloads import inline_pdf
from preau.web.office.money.accounts import money_page, works_everywhere
from preau.web.signed_in import signed_in
from preau.web.typed import typed_id

_A_PAGE = 50


def _year(text: str) -> int:
    last = clock.today().year - 1
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else last


@require_safe
@money_page
def attestations(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Families of a year: what they paid, what is retained, what was issued."""
    year = _year(request.GET.get("annee", ""))
    families = families_with_payments(families_of_centres(centres), year).order_by("name", "number")
    page = Paginator(families, _A_PAGE).get_page(request.GET.get("page"))
    known = list(page.object_list)
    issued = attestations_in_force(year, families_of_centres(centres))
    context = {
        "year": year,
        "years": range(clock.today().year - 1, clock.today().year - 6, -1),
        "page": page,
        "rows": [(each, issued.get(each.family.pk)) for each in years_of_families(known, year)],
        "issued": len(issued),
        "query": f"annee={year}",
        "everywhere": works_everywhere(centres),
    }
    return render(request, "office/money/attestations.html", context)


@require_POST
@money_page
def issue(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Issue those of a year in the background: missing ones, and those that changed."""
    year = _year(request.POST.get("annee", ""))
    try:
        check_year(year)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        issue_year.enqueue(signed_in(request).pk, year, [centre.pk for centre in centres])
        messages.success(
            request,
            f"Les attestations {year} s’établissent. Vous pouvez continuer : rechargez la page "
            "dans un instant.",
        )
    return redirect(f"{request.path.removesuffix('etablir/')}?annee={year}")


@require_safe
@money_page
def family_year(
    request: HttpRequest, centres: QuerySet[Centre], family_id: int, year: int
) -> HttpResponse:
    """One family's year, part by part: what was paid, for which care, counted in which year."""
    if not 2000 <= year <= clock.today().year:
        raise Http404
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    explained = years_of_families([family], year)[0]
    context = {
        "family": family,
        "year": year,
        "counted": explained.counted,
        "parts": [(part, explained.children.get(part.child_id or 0)) for part in explained.parts],
        "last": last_attestation(family, year),
        "guardians": [
            each.guardian for each in family.guardianships.in_force().select_related("guardian")
        ],
    }
    return render(request, "office/money/family_year.html", context)


@require_POST
@money_page
def declaring(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """To whom the attestations of a family are made out."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    wanted = typed_id(request.POST.get("guardian", ""))
    guardian = Guardian.objects.filter(pk=wanted).first()
    try:
        choose_declaring_guardian(family=family, guardian=guardian)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "C’est enregistré pour les prochaines attestations.")
    return redirect("office:family_year", family.pk, clock.today().year - 1)


@require_safe
@money_page
def attestation(
    request: HttpRequest, centres: QuerySet[Centre], attestation_id: int
) -> HttpResponse:
    """The PDF of an attestation, in force or replaced."""
    own = Attestation.objects.filter(family__in=families_of_centres(centres).values("pk"))
    found = get_object_or_404(own, pk=attestation_id)
    return inline_pdf(render_pdf("attestation", found.frozen), f"{found.number}.pdf")
