"""The simulator of the office: any tariff of these centres, drafts too, any situation."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.billing.queries.prices import tariffs_of_staff
from preau.org.enums import Right
from preau.org.models import Centre
from preau.pricing.models import TariffVersion
from preau.web.office.access import office_page_for
from preau.web.simulating import simulate


@require_safe
@office_page_for(Right.PRICES)
def simulator(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Price anything; everything asked is in the address."""
    rows = tariffs_of_staff(centres)
    versions = TariffVersion.objects.filter(tariff__in=rows).select_related("tariff")
    latest: dict[int, TariffVersion] = {}
    for version in versions.order_by("tariff__name", "-number"):
        latest.setdefault(version.tariff_id, version)
    choices = list(latest.values())
    wanted = request.GET.get("tarif", "")
    chosen = next((each for each in choices if str(each.tariff_id) == wanted), None)
    chosen = chosen or (choices[0] if choices else None)
    context = {"choices": choices, "sim": simulate(request.GET, chosen) if chosen else None}
    return render(request, "office/tariffs/simulator.html", context)
