"""Arrears, and what leaves for the accountant: account movements and the FEC (B27, B28)."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.billing.accounting import fec_lines, fec_name
from preau.billing.identity import billing_settings
from preau.billing.queries.account import movements_of_families
from preau.billing.queries.arrears import AGES_IN_WORDS, families_owing, totals_by_age
from preau.billing.queries.hours import caf_hours, occupancy
from preau.core import clock
from preau.core.money import ZERO, rounded
from preau.core.tables import Value
from preau.families.scope import families_of_centres
from preau.org.models import Centre
from preau.web.office.exports import exported, wanted_format
from preau.web.office.money.accounts import money_page, works_everywhere

_A_PAGE = 100


@require_safe
@money_page
def arrears(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Families that owe, by age of the debt, the oldest first."""
    owing = families_owing(families_of_centres(centres), clock.today())
    if wanted_format(request):
        rows: list[list[Value]] = [
            [each.family.number, each.family.name, each.balance, each.since, *each.by_age]
            for each in owing
        ]
        header = ["Numéro", "Famille", "Solde", "Échéance la plus ancienne", *AGES_IN_WORDS]
        return exported(request, "Impayés", header, rows)
    context = {
        "page": Paginator(owing, _A_PAGE).get_page(request.GET.get("page")),
        "ages": AGES_IN_WORDS,
        "totals": totals_by_age(owing),
        "today": clock.today(),
        "everywhere": works_everywhere(centres),
    }
    return render(request, "office/money/arrears.html", context)


@require_safe
@money_page
def accounting(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """The files for the accountant; with a year and a format, one of them."""
    this_year = clock.today().year
    year = request.GET.get("annee", "")
    if not year:
        context = {
            "years": range(this_year, this_year - 5, -1),
            "everywhere": works_everywhere(centres),
        }
        return render(request, "office/money/accounting.html", context)
    if year not in {str(each) for each in range(this_year - 10, this_year + 1)}:
        raise Http404
    rows = movements_of_families(families_of_centres(centres), int(year))
    header = ["Date", "Numéro", "Famille", "Libellé", "Pièce", "Débit", "Crédit", "Échéance"]
    return exported(request, f"Mouvements {year}", header, rows)


@require_safe
@money_page
def attendance(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Hours for the CAF and how full each centre was, over a year; each as a file too."""
    this_year = clock.today().year
    asked = request.GET.get("annee", "") or str(this_year)
    years = range(this_year, this_year - 5, -1)
    if asked not in {str(each) for each in years}:
        raise Http404
    year = int(asked)
    hours = caf_hours(centres, year)
    if wanted_format(request):
        header = ["Centre", "Mois", "Âge", "Régime", "Enfants", "Heures facturées"]
        rows: list[list[Value]] = [
            [
                *(key.centre, f"{key.month:%m/%Y}", key.age, key.scheme, len(each.children)),
                *(rounded(each.billed), rounded(each.attended)),
            ]
            for key, each in hours
        ]
        return exported(request, f"Heures CAF {year}", [*header, "Heures de présence"], rows)
    context = {
        "year": year,
        "years": years,
        "hours": [(key, each, rounded(each.billed), rounded(each.attended)) for key, each in hours],
        "total": [
            rounded(sum((getattr(each, name) for _, each in hours), ZERO))
            for name in ("billed", "attended")
        ],
        "occupancy": occupancy(centres, year),
        "everywhere": works_everywhere(centres),
    }
    return render(request, "office/money/attendance.html", context)


@require_safe
@money_page
def fec(request: HttpRequest, centres: QuerySet[Centre], year: int) -> StreamingHttpResponse:
    """The FEC of a year: of the whole organisation, so for whoever works on all of it."""
    if not works_everywhere(centres):
        raise Http404
    if not clock.today().year - 10 <= year <= clock.today().year:
        raise Http404
    name = fec_name(billing_settings().siret, date(year, 12, 31))
    return StreamingHttpResponse(
        fec_lines(year),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
