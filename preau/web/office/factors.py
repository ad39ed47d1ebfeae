"""A second factor that somebody lost, taken away by an administrator."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from preau.accounts.actions.factors import reset_factor
from preau.core.errors import RefusedError
from preau.core.models import User
from preau.org.enums import Right
from preau.org.models import Centre
from preau.web.office.access import office_page_for
from preau.web.sessions import factor_of, recently_confirmed, to_confirm
from preau.web.signed_in import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@office_page_for(Right.ORGANISATION)
def reset(request: HttpRequest, centres: QuerySet[Centre], user_id: int) -> HttpResponse:
    """Say what it does, then do it: after one's own password, since it opens a door."""
    found = get_object_or_404(User, pk=user_id)
    here = reverse("office:reset_factor", args=[found.pk])
    if not recently_confirmed(request):
        return to_confirm(here)
    if request.method == "POST":
        try:
            reset_factor(actor=signed_in(request), user=found)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, f"Le second facteur de {found.name} est retiré, et un courriel le lui dit."
            )
        return redirect(here)
    context = {"person": found, "factor": factor_of(found), "own": found == request.user}
    return render(request, "office/reset_factor.html", context)
