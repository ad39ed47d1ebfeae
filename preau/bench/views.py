"""The floor of every page: somebody signed in, and nothing to say."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
@login_required
def nothing(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """One word, after everything that stands before a page."""
    return HttpResponse("rien", content_type="text/plain; charset=utf-8")
