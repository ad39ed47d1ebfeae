"""Entering the settings: an administrator's pages, open before there is any centre."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from preau.org.models import Centre
from preau.org.scope import administers
from preau.web.office.access import entered
from preau.web.sessions import recently_confirmed, to_confirm

SettingsView = Callable[Concatenate[HttpRequest, ...], HttpResponseBase]


def settings_page(view: SettingsView) -> Callable[..., HttpResponseBase]:
    """Open a view to those with the right over the organisation; a 404 to the others."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not administers(request.user):
            raise Http404
        if (first := entered(request)) is not None:
            return first
        request.centres = list(Centre.objects.all())  # type: ignore[attr-defined]  # for templates
        return view(request, *args, **kwargs)

    return guarded


def keys_page(view: SettingsView) -> Callable[..., HttpResponseBase]:
    """As `settings_page`, for what hands out keys: one's own password is typed again first."""

    @settings_page
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not recently_confirmed(request):
            shown = request.method in {"GET", "HEAD"}
            return to_confirm(request.path if shown else reverse("office:staff"))
        return view(request, *args, **kwargs)

    return guarded
