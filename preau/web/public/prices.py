"""The price simulator for anybody, where the organisation wants it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.billing.queries.prices import versions_for_centres
from preau.core import clock
from preau.org.models import Centre
from preau.org.ours import organisation
from preau.web.simulating import simulate


@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    """Price any situation by a tariff in force; 404 unless the organisation opened the page."""
    ours = organisation()
    if ours is None or not ours.public_simulator:
        raise Http404
    choices = versions_for_centres(Centre.objects.values("pk"), clock.today())
    wanted = request.GET.get("tarif", "")
    chosen = next((each for each in choices if str(each.tariff_id) == wanted), None)
    chosen = chosen or (choices[0] if choices else None)
    context = {"choices": choices, "sim": simulate(request.GET, chosen) if chosen else None}
    return render(request, "public/prices.html", context)
