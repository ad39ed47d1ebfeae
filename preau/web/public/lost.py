"""A lost password: an identifier, a code by mail, a new password (trust.md).

What these pages do and how long they take is the same whether the identifier exists or not: the
page makes a code and a task, the worker alone looks for the person. Nothing secret is ever in an
address: the code is typed in the browser that asked, whose session holds its fingerprint.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from preau.accounts.actions.passwords import CODE_MINUTES, choose_own_password
from preau.accounts.tasks import LOST_PASSWORD, answer_lost_password
from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.models import User
from preau.core.passwords import generate_code
from preau.core.sealing import seal
from preau.web.errors import too_many_requests
from preau.web.public.forms import CodeForm, LostPasswordForm

_ASKED = "lost_password"
_TRIES = 5
_WRONG = "Ce code n’est pas le bon, ou il a expiré. Recopiez celui du dernier courriel reçu."


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Whose password is lost. The answer is the same for everybody."""
    form = LostPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        identifier = form.cleaned_data["identifier"].strip().lower()
        if not _within_limits(request, "reset_password", identifier):
            return too_many_requests(request)
        _begin(request, identifier)
        return redirect("account_lost_code")
    return render(request, "public/lost.html", {"form": form})


def _begin(request: HttpRequest, identifier: str) -> None:
    code = generate_code()
    until = clock.now() + timedelta(minutes=CODE_MINUTES)
    request.session[_ASKED] = {
        "identifier": identifier,
        "code": _fingerprint(code),
        "until": until.isoformat(),
        "tries": 0,
    }
    answer_lost_password.enqueue(seal(f"{identifier}\n{code}", purpose=LOST_PASSWORD))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def code(request: HttpRequest) -> HttpResponse:
    """The code of the mail and the new password. Signing in comes after, second factor included."""
    asked = request.session.get(_ASKED)
    if not asked:
        return redirect("account_lost_password")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not _within_limits(request, "reset_password_from_key", asked["identifier"]):
            return too_many_requests(request)
        if _choose(request, form):
            del request.session[_ASKED]
            messages.success(request, "Votre mot de passe est changé. Connectez-vous avec lui.")
            return redirect("account_login")
    return render(request, "public/lost_code.html", {"form": form, "minutes": CODE_MINUTES})


def _choose(request: HttpRequest, form: CodeForm) -> bool:
    user = _who_proved(request, form.cleaned_data["code"])
    if user is None:
        form.add_error("code", _WRONG)
        return False
    try:
        choose_own_password(
            user=user, password=form.cleaned_data["password1"], because="mot de passe oublié"
        )
    except (ValidationError, RefusedError) as refusal:
        form.add_error("password1", getattr(refusal, "messages", [str(refusal)]))
        return False
    return True


def _who_proved(request: HttpRequest, typed: str) -> User | None:
    """The person whose mail held this code, while it counts: a few tries, a few minutes."""
    asked = request.session[_ASKED]
    right = constant_time_compare(asked["code"], _fingerprint(typed))
    if not right:
        asked["tries"] += 1
        request.session.modified = True
    late = datetime.fromisoformat(asked["until"]) <= clock.now()
    if not right or late or asked["tries"] >= _TRIES:
        return None
    return User.objects.filter(username__iexact=asked["identifier"], is_active=True).first()


def _fingerprint(code: str) -> str:
    plain = "".join(code.lower().split()).replace("-", "")
    return salted_hmac("preau.lost-password", plain, algorithm="sha256").hexdigest()


def _within_limits(request: HttpRequest, action: str, identifier: str) -> bool:
    return bool(ratelimit.consume(request, action=action, key=identifier))
