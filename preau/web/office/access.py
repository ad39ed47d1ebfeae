"""Entering the office: signed in, with a role; what a person sees begins with their centres."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from preau.org.enums import Right
from preau.org.models import Centre
from preau.org.scope import administers, centres_of_staff
from preau.web.sessions import STAFF, mark_staff
from preau.web.signed_in import signed_in

OfficeView = Callable[Concatenate[HttpRequest, QuerySet[Centre], ...], HttpResponseBase]
Guarded = Callable[..., HttpResponseBase]


def entered(request: HttpRequest) -> HttpResponseBase | None:
    """None for a session of staff. Whoever got a role since they signed in begins the page again:
    the office's rules are theirs from now on."""
    if request.session.get(STAFF):
        return None
    mark_staff(request, staff=True, user=signed_in(request))
    return redirect(request.path)


def office_page_for(right: Right | None) -> Callable[[OfficeView], Guarded]:
    """Give a view the centres where this person has `right` (None: works at all), or 404."""

    def guard(view: OfficeView) -> Guarded:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            centres = centres_of_staff(request.user, right)
            own = list(centres)
            if not own and not Centre.objects.exists() and administers(request.user):
                # A new organisation: the first thing to do is its first centre.
                return redirect("office:new_centre")
            if not own:
                raise Http404
            if (first := entered(request)) is not None:
                return first
            request.centres = own  # type: ignore[attr-defined]  # for templates
            return view(request, centres, *args, **kwargs)

        return guarded

    return guard


office_page = office_page_for(Right.BOOKING)
"""The default: periods, requests and outings."""
