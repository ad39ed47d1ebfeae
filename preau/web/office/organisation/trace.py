"""The trace: who did what to what, when and from where (trust.md)."""

from __future__ import annotations

from itertools import islice

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.core import clock
from preau.core.audit import events_found
from preau.core.models import AuditEvent
from preau.web.office.exports import exported, wanted_format
from preau.web.office.organisation.access import settings_page
from preau.web.office.organisation.forms import TraceForm

_A_PAGE = 50
MOST_LINES = 50_000
"""Of a file: more is asked by dates."""
_HEADER = ("Quand", "Quoi", "Qui", "Sur", "Détail", "Depuis")


@require_safe
@settings_page
def trace(request: HttpRequest) -> HttpResponse:
    """Events that answer the filters, the newest first; the same as a file."""
    form = TraceForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = events_found(
        act=wanted.get("quoi", ""),
        who=wanted.get("qui", ""),
        on=wanted.get("sur", ""),
        since=wanted.get("du"),
        until=wanted.get("au"),
    )
    if wanted_format(request):
        rows = map(_row, islice(found.iterator(), MOST_LINES))
        return exported(request, "Trace", _HEADER, rows)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": Paginator(found, _A_PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "most": MOST_LINES,
    }
    return render(request, "office/organisation/trace.html", context)


def _row(event: AuditEvent) -> tuple[str, ...]:
    return (
        f"{event.at.astimezone(clock.PARIS):%Y-%m-%d %H:%M:%S}",
        str(event.get_act_display()),
        event.actor_name,
        event.object_name,
        event.detail,
        event.address or "",
    )
