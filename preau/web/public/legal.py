"""What the law asks a site to say: who publishes it, what it knows, whom it leaves out."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.core import clock
from preau.web.legal import notice as what_is_written

_LASTS = timedelta(days=180)  # RFC 9116: less than a year


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """The legal notice."""
    return render(request, "public/legal/notice.html", {"notice": what_is_written()})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is known of families, why, for how long, and their rights over it."""
    return render(request, "public/legal/privacy.html", {"notice": what_is_written()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "public/legal/accessibility.html", {"notice": what_is_written()})


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Where to report a fault of safety (RFC 9116)."""
    contact = settings.SECURITY_CONTACT or what_is_written().email
    if not contact:
        raise Http404
    lines = [
        f"Contact: {contact if ':' in contact else f'mailto:{contact}'}",
        f"Expires: {clock.now() + _LASTS:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
