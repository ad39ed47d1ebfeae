"""The second factor: enrolling one, the codes that replace it, and its code at sign-in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from preau.core import audit
from preau.core.models import Act
from preau.web.sessions import FACTOR_OWED, has_factor, recently_confirmed, to_confirm
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

    def form_valid(self, form: Any) -> HttpResponse:
        """The factor and its recovery codes are made; the office opens."""
        answer: HttpResponse = super().form_valid(form)
        user = signed_in(self.request)
        self.request.session[FACTOR_OWED] = False
        # Noted now: the page that shows the codes only reads.
        RecoveryCodes.activate(user).mark_as_viewed()
        audit.record(Act.SECOND_FACTOR, actor=user, on=user, detail="application enregistrée")
        return answer


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
