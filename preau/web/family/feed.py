"""The private calendar of a family: making its address, stopping it, reading it (B9)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.booking.actions.feeds import open_feed, stop_feed
from preau.booking.queries.feed import calendar_of_family, family_of_feed
from preau.families.models import Family
from preau.web.family.access import family_page
from preau.web.signed_in import signed_in


@require_POST
@family_page
def open_calendar(request: HttpRequest, family: Family) -> HttpResponse:
    """Make the address and show it, this once."""
    key = open_feed(actor=signed_in(request), family=family)
    address = f"{settings.PUBLIC_URL}{reverse('calendar', args=[key])}"
    return render(request, "family/calendar.html", {"family": family, "address": address})


@require_POST
@family_page
def stop_calendar(request: HttpRequest, family: Family) -> HttpResponse:
    """Stop the address."""
    if stop_feed(actor=signed_in(request), family=family):
        messages.success(request, _("L’adresse de votre calendrier ne répond plus."))
    return redirect("family:space")


@require_safe
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """What a calendar program reads: the key is its whole right."""
    family = family_of_feed(key)
    if family is None:
        raise Http404
    return HttpResponse(
        calendar_of_family(family),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="preau.ics"'},
    )
