"""Prices for a family: the simulator with its own situation, and the estimate of its boxes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.activities.models import Outing, Period
from preau.billing.estimates import Estimate
from preau.billing.queries.estimates import estimate_of_wishes, household_of
from preau.billing.queries.prices import versions_for_centres
from preau.booking.errors import ForgedError
from preau.booking.queries.offer import Asked
from preau.core import clock
from preau.families.models import Enrolment, Family
from preau.pricing.models import TariffVersion
from preau.pricing.queries.built import built
from preau.web.errors import bad_request
from preau.web.family.access import family_page, period_or_404
from preau.web.family.forms import parse_asked
from preau.web.simulating import simulate


@require_safe
@family_page
def prices(request: HttpRequest, family: Family) -> HttpResponse:
    """The simulator, with the family's own situation until another one is typed."""
    centres = Enrolment.objects.filter(child__families=family).values("centre")
    choices = versions_for_centres(centres, clock.today())
    wanted = request.GET.get("tarif", "")
    chosen = next((each for each in choices if str(each.tariff_id) == wanted), None)
    chosen = chosen or (choices[0] if choices else None)
    sim = simulate(request.GET, chosen, _situation(family, chosen)) if chosen else None
    return render(request, "family/prices.html", {"family": family, "choices": choices, "sim": sim})


def _situation(family: Family, version: TariffVersion) -> dict[str, str]:
    home = household_of(family)
    facts = home.facts_on(clock.today())
    zones = built(version.text).zones_of(facts)
    return {
        "quotient": f"{facts.quotient:.2f}".replace(".", ",") if facts.quotient else "",
        "regime": facts.scheme,
        "zone": next(iter(sorted(zones))),
        "enfants": str(len(home.children) or 1),
    }


@require_POST
@family_page
def estimate(request: HttpRequest, family: Family, period_id: int) -> HttpResponse:
    """The price of the boxes ticked, as a piece of page: nothing is written."""
    period = period_or_404(family, period_id)
    try:
        asked = parse_asked(request.POST)
        found = estimate_of(family, period, asked)
    except ForgedError as refusal:
        return bad_request(request, sentence=str(refusal))
    return render(request, "family/estimate.html", {"estimate": found})


def estimate_of(family: Family, period: Period, asked: Asked) -> Estimate:
    """The price of these boxes; ForgedError for a child or a day that is not theirs."""
    days = dict(period.days.values_list("pk", "on"))
    outings = {
        pk: (title, price)
        for pk, title, price in Outing.objects.filter(session_day__period=period).values_list(
            "pk", "title", "price"
        )
    }
    children = set(family.children.values_list("pk", flat=True))
    for wish in asked.wishes:
        known = wish.child_id in children and wish.day_id in days
        if not known or (wish.outing_id is not None and wish.outing_id not in outings):
            raise ForgedError(_("Une case de cette page n’existe plus : rechargez-la."))
    return estimate_of_wishes(family, period, asked.wishes, days=days, outings=outings)
