"""The front page, sign-in, sign-out and the password."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.actions.passwords import choose_own_password
from preau.core import audit
from preau.core.errors import RefusedError
from preau.core.models import Act
from preau.families.scope import families_of_guardian
from preau.org.models import Centre
from preau.org.scope import is_staff
from preau.web.errors import too_many_requests
from preau.web.public.forms import ConfirmForm, OwnPasswordForm
from preau.web.sessions import confirm
from preau.web.signed_in import signed_in


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The site's address: who we are, and the way in (S1)."""
    if request.user.is_authenticated:
        return redirect("home")
    return render(request, "public/front.html", {"centres": Centre.objects.all()})


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Where this person's work begins: the office, the family space, or a word of explanation."""
    if is_staff(request.user):
        return redirect("office:today")
    if families_of_guardian(request.user).exists():
        return redirect("family:home")
    return render(request, "public/no_space.html")


@require_safe
def inactive(request: HttpRequest) -> HttpResponse:
    """The account was closed."""
    return render(request, "public/inactive.html", status=403)


# Django's form views would also take PUT, as if it were a POST.
_page_with_a_form = method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")


@_page_with_a_form
class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """The sign-in page (S1)."""

    template_name = "public/sign_in.html"


@_page_with_a_form
class SignOut(LogoutView):  # type: ignore[misc]  # allauth has no types
    """Signing out changes something, so a link cannot do it: only a button (trust.md)."""

    template_name = "public/sign_out.html"


@_page_with_a_form
class ChangePassword(PasswordChangeView):  # type: ignore[misc]  # allauth has no types
    """The password page (S10), in the space the person works in."""

    template_name = "public/password.html"

    def get_success_url(self) -> str:
        return reverse("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "base": _base_of(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        """The password is changed, and traced."""
        user = signed_in(self.request)
        audit.record(Act.PASSWORD_CHANGED, actor=user, on=user, detail="par la personne")
        answer: HttpResponse = super().form_valid(form)
        return answer


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@login_required
def first_password(request: HttpRequest) -> HttpResponse:
    """The first thing asked of somebody who came in by a temporary password (S2)."""
    user = signed_in(request)
    if user.temporary_until is None:
        return redirect("home")
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            password = form.cleaned_data["password1"]
            held = choose_own_password(user=user, password=password, because="première connexion")
        except (ValidationError, RefusedError) as refusal:
            form.add_error("password1", getattr(refusal, "messages", [str(refusal)]))
        else:
            # This browser stays in; any other that knew the temporary password is out.
            update_session_auth_hash(request, held)
            messages.success(request, "Votre mot de passe est enregistré.")
            return redirect("home")
    return render(request, "public/first_password.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@login_required
def confirm_password(request: HttpRequest) -> HttpResponse:
    """One's own password again, before an address or a second factor is changed (trust.md)."""
    user = signed_in(request)
    form = ConfirmForm(request.POST or None, user=user)
    if request.method == "POST":
        if not ratelimit.consume(request, action="reauthenticate", user=user):
            return too_many_requests(request)
        if form.is_valid():
            confirm(request)
            return redirect(_own_address(request))
    context = {
        "form": form,
        "base": _base_of(request),
        "next": request.POST.get("next", request.GET.get("next", "")),
    }
    return render(request, "public/confirm.html", context)


def _own_address(request: HttpRequest) -> str:
    """Where the person was going, if it is on this site."""
    wanted = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if own and wanted.startswith("/") else reverse("home")


def _base_of(request: HttpRequest) -> str:
    return "office/base.html" if is_staff(request.user) else "family/base.html"
