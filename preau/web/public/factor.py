"""The second factor: enrolling, replacing and removing one, its codes, and its code at sign-in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.accounts.actions.factors import (
    drop_before_another,
    remove_factor,
    tell_new_factor,
)
from preau.core.errors import RefusedError
from preau.web.public.own import own_page
from preau.web.sessions import (
    FACTOR_OWED,
    has_factor,
    is_required,
    recently_confirmed,
    to_confirm,
)
from preau.web.signed_in import signed_in

_page_with_a_form = method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")


@_page_with_a_form
class Authenticate(AuthenticateView):  # type: ignore[misc]  # allauth has no types
    """The second step of signing in, for those who have a second factor."""

    template_name = "public/factor.html"


@_page_with_a_form
@method_decorator(login_required, name="dispatch")
class Activate(ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    """Enrol an application that shows six digits; staff who owe one can do nothing else."""

    template_name = "public/factor_new.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Somebody who has one reads their codes instead."""
        if has_factor(signed_in(request)):
            return redirect("mfa_view_recovery_codes")
        if not recently_confirmed(request):
            return to_confirm(request.path)
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """The factor and its recovery codes are made; the office opens."""
        user = signed_in(self.request)
        replaced = drop_before_another(user=user)
        answer: HttpResponse = super().form_valid(form)
        self.request.session[FACTOR_OWED] = False
        # Noted now: the page that shows the codes only reads.
        RecoveryCodes.activate(user).mark_as_viewed()
        tell_new_factor(user=user, replaced=replaced)
        return answer


@_page_with_a_form
@method_decorator(login_required, name="dispatch")
class Replace(Activate):
    """Another telephone: the factor and the codes of before count no more once it is enrolled."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Somebody who has none enrols their first one."""
        if not has_factor(signed_in(request)):
            return redirect("mfa_activate_totp")
        if not recently_confirmed(request):
            return to_confirm(request.path)
        # Past the library's own way, which sends back whoever has a factor.
        answer: HttpResponse = super(ActivateTOTPView, self).dispatch(request, *args, **kwargs)
        return answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove(request: HttpRequest) -> HttpResponse:
    """No second factor any more, for those whose work does not ask for one."""
    user = signed_in(request)
    if not has_factor(user):
        return redirect(own_page(request))
    if not recently_confirmed(request):
        return to_confirm(request.path)
    if request.method == "POST":
        try:
            remove_factor(user=user, required=is_required(user))
        except RefusedError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Votre second facteur est retiré."))
        return redirect(own_page(request))
    return render(request, "public/factor_remove.html", {"required": is_required(user)})


@_page_with_a_form
@method_decorator(login_required, name="dispatch")
class Codes(ViewRecoveryCodesView):  # type: ignore[misc]  # allauth has no types
    """The recovery codes that are left, after one's own password."""

    template_name = "public/factor_codes.html"
    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Only who typed their password lately reads them."""
        if not recently_confirmed(request):
            return to_confirm(request.path)
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer
