"""Entering the family space: signed in, guardian of the family, one family at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from preau.activities.models import Period
from preau.booking.queries.periods import period_for_family
from preau.families.models import Family
from preau.families.scope import families_entered_by

CHOSEN = "family"

FamilyView = Callable[Concatenate[HttpRequest, Family, ...], HttpResponse]


def family_page(view: FamilyView) -> Callable[..., HttpResponse]:
    """Give `view` the family this guardian is looking at. Anybody else gets 404.

    A guardian of several families (B8) sees the one chosen by `switch_family`, else the first.
    """

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        families = families_entered_by(request.user)
        if not families:
            raise Http404
        chosen = request.session.get(CHOSEN)
        family = next((each for each in families if each.pk == chosen), families[0])
        request.families, request.family = families, family  # type: ignore[attr-defined]  # for templates
        return view(request, family, *args, **kwargs)

    return guarded


def period_or_404(family: Family, period_id: int) -> Period:
    """The period that this family asks by its address, if it may see it."""
    period = period_for_family(family, period_id)
    if period is None:
        raise Http404
    return period
