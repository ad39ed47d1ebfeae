"""The front page, sign-in, sign-out and the password."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from preau.families.scope import families_of_guardian
from preau.org.models import Centre
from preau.org.scope import is_staff


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
        base = "office/base.html" if is_staff(self.request.user) else "family/base.html"
        return {**super().get_context_data(**kwargs), "base": base}
