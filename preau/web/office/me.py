"""One's own sign-in, for somebody who works in the office."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.accounts.queries.sessions import open_sessions
from preau.org.models import Centre
from preau.web.office.access import office_page_for
from preau.web.sessions import factor_of, is_required
from preau.web.signed_in import signed_in


@require_safe
@office_page_for(None)
def me(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Who I am, what I may do and where, my password, my second factor, where I am signed in."""
    user = signed_in(request)
    context = {
        "roles": user.staff_roles.select_related("centre").order_by("role", "centre__name"),
        "factor": factor_of(user),
        "factor_stays": is_required(user),
        "sessions": open_sessions(user, here=request.session.session_key),
    }
    return render(request, "office/me.html", context)
