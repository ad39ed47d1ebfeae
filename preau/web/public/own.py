"""What a person does with their own sign-in, wherever they work: ending sessions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from preau.accounts.actions.sessions import end_other_sessions
from preau.accounts.actions.sessions import end_session as end_one
from preau.core.errors import RefusedError
from preau.families.scope import families_of_guardian
from preau.org.scope import is_staff
from preau.web.signed_in import signed_in


@require_POST
@login_required
def end_session(request: HttpRequest) -> HttpResponse:
    """End another session of one's own, or all of them."""
    user, here = signed_in(request), request.session.session_key
    try:
        if request.POST.get("which") == "others":
            end_other_sessions(user=user, here=here)
            messages.success(request, _("Vos autres sessions sont fermées."))
        else:
            end_one(user=user, mark=request.POST.get("which", ""), here=here)
            messages.success(request, _("Cette session est fermée."))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect(own_page(request))


def own_page(request: HttpRequest) -> str:
    """The name of the page about oneself: of the office, of the family space, or the front one."""
    if is_staff(request.user):
        return "office:me"
    return "family:space" if families_of_guardian(request.user).exists() else "home"
