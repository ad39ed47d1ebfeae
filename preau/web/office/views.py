"""The office outside the processing board."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from preau.accounts.queries.access import NO_ACCESS, access_of_people
from preau.activities.queries.periods import periods_of_centres
from preau.attendance.queries.certificates import certificates_to_treat
from preau.attendance.queries.register import todays_register
from preau.booking.queries.board import PeriodCounts, counts_of_periods
from preau.booking.queries.periods import periods_to_enter
from preau.booking.queries.requests import request_sheets
from preau.booking.queries.today import today_for_staff
from preau.core import clock
from preau.families.actions.situation import change_situation
from preau.families.models import Family
from preau.families.queries.care import proposals_of_centres
from preau.families.queries.directory import family_file, search_families
from preau.families.scope import families_of_centres
from preau.org.enums import Right
from preau.org.models import Centre
from preau.org.scope import administers, centres_of_staff
from preau.payments.queries.watch import troubles_of_staff
from preau.privacy.queries.erasure import erasure_requests_that_wait
from preau.web.office.access import office_page, office_page_for
from preau.web.office.exports import exported, wanted_format
from preau.web.office.forms import SituationForm
from preau.web.office.quotients import QuotientForm
from preau.web.office.sorting import chosen_sort, columns_by, sorted_by

_FAMILIES_A_PAGE = 50


@require_safe
@office_page_for(None)
def today(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """What waits for this person, and who comes today."""
    own = centres_of_staff(request.user, Right.BOOKING)
    context = {
        "today": today_for_staff(own),
        "certificates": certificates_to_treat(own).count(),
        "proposals": proposals_of_centres(own).count(),
        "card_troubles": troubles_of_staff(centres_of_staff(request.user, Right.MONEY)).count(),
        "erasures": administers(request.user) and erasure_requests_that_wait().count(),
        "register": todays_register(centres_of_staff(request.user, Right.REGISTER)),
    }
    return render(request, "office/today.html", context)


@require_safe
@office_page
def periods(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Periods with their counts; those that are over only when asked for."""
    past = request.GET.get("passees") == "1"
    found = periods_of_centres(centres)
    found = (
        found.filter(ends_on__lt=clock.today())
        if past
        else found.filter(ends_on__gte=clock.today())
    )
    sort = chosen_sort(request, _PERIOD_SORTS)
    counts = sorted_by(counts_of_periods(found), sort, _PERIOD_SORTS)
    if wanted_format(request):
        return exported(request, "Demandes", _PERIODS_HEADER, map(_period_row, counts))
    context = {"counts": counts, "past": past, "now": clock.now()}
    context |= {"sort": sort, "sorts": _PERIOD_ORDERS}
    return render(request, "office/periods.html", context)


_PERIOD_ORDERS = [
    ("", "par date"),
    ("-dates", "les plus lointaines d’abord"),
    ("periode", "par nom"),
    ("-a-traiter", "les plus à traiter"),
    ("-decidees", "les plus à envoyer"),
    ("-attente", "les plus attendues"),
    ("-familles", "les plus demandées"),
]
_PERIOD_SORTS: dict[str, Callable[[PeriodCounts], Any]] = {
    "periode": lambda count: count.period.name.lower(),
    "dates": lambda count: (count.period.starts_on, count.period.pk),
    "familles": lambda count: count.families,
    "a-traiter": lambda count: count.undecided,
    "decidees": lambda count: count.drafted,
    "attente": lambda count: count.waiting,
}
_PERIODS_HEADER = (
    "Centre",
    "Période",
    "Premier jour",
    "Dernier jour",
    "Ouverture",
    "Fermeture",
    "Familles",
    "Lignes à traiter",
    "Décidées, non envoyées",
    "En liste d’attente",
)


def _period_row(count: PeriodCounts) -> tuple[Any, ...]:
    period = count.period
    return (
        period.centre.name,
        period.name,
        period.starts_on,
        period.ends_on,
        period.opens_at,
        period.closes_at,
        count.families,
        count.undecided,
        count.drafted,
        count.waiting,
    )


@require_safe
@office_page_for(Right.FAMILIES)
def families(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Families of these centres, by name, searched by family, child or guardian."""
    text = request.GET.get("q", "").strip()[:100]
    sort = chosen_sort(request, _FAMILY_SORTS)
    found = search_families(families_of_centres(centres), text)
    if sort:
        found = found.order_by(*columns_by(sort, _FAMILY_SORTS))
    if wanted_format(request):
        rows = (_family_row(family) for family in found.iterator(chunk_size=500))
        return exported(request, "Familles", _FAMILIES_HEADER, rows)
    page = Paginator(found, _FAMILIES_A_PAGE).get_page(request.GET.get("page"))
    query = urlencode({"q": text} | ({"tri": sort} if sort else {}))
    context = {"page": page, "q": text, "query": query}
    context |= {"sort": sort, "sorts": _FAMILY_ORDERS}
    return render(request, "office/families.html", context)


_FAMILY_ORDERS = [
    ("", "de A à Z"),
    ("-nom", "de Z à A"),
    ("numero", "par numéro"),
    ("-numero", "les plus récentes"),
]
_FAMILY_SORTS = {"nom": ["name", "number"], "numero": ["number"]}
_FAMILIES_HEADER = (
    "Famille",
    "Numéro",
    "Commune",
    "Enfants",
    "Responsables",
    "Courriels",
    "Téléphones",
)


def _family_row(family: Family) -> tuple[Any, ...]:
    guardians = [each.guardian for each in family.guardianships.all()]
    return (
        family.name,
        family.number,
        family.town,
        ", ".join(str(child) for child in family.children.all()),
        ", ".join(str(guardian) for guardian in guardians),
        ", ".join(guardian.email for guardian in guardians if guardian.email),
        ", ".join(guardian.phone for guardian in guardians if guardian.phone),
    )


@require_safe
@office_page_for(Right.FAMILIES)
def family(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """One family: who they are, how to reach them, what they asked at these centres."""
    found = get_object_or_404(families_of_centres(centres), pk=family_id)
    asked = found.requests.filter(period__centre__in=centres.values("pk"))
    file = family_file(found, centres)
    people = [each.guardian for each in file.guardianships]
    access = access_of_people(guardian.user for guardian in people)
    context = {
        "file": file,
        "adults": [
            (each, access.get(each.guardian.user_id or 0, NO_ACCESS)) for each in file.guardianships
        ],
        "situation": SituationForm(
            initial={"town": found.town, "parents_work": found.parents_work}
        ),
        "quotient_form": QuotientForm(),
        "sheets": request_sheets(asked, now=clock.now()),
        "periods": periods_to_enter(found, centres_of_staff(request.user, Right.BOOKING)),
    }
    return render(request, "office/family.html", context)


@require_POST
@office_page_for(Right.FAMILIES)
def situation(request: HttpRequest, centres: QuerySet[Centre], family_id: int) -> HttpResponse:
    """Change what priorities look at: the town, and whether the parents work."""
    found = get_object_or_404(families_of_centres(centres), pk=family_id)
    form = SituationForm(request.POST)
    if form.is_valid():
        change_situation(family=found, **form.cleaned_data)
        messages.success(request, "La situation de la famille est enregistrée.")
    else:
        messages.error(request, "Le nom de la commune est trop long : rien n’est enregistré.")
    return redirect("office:family", found.pk)
