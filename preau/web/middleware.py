"""What every answer and every request goes through, besides Django's own."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import QueryDict
from django.shortcuts import redirect

from preau.core import clock
from preau.core.audit import acting_from
from preau.core.models import User
from preau.org.ours import reading_once
from preau.web import sessions
from preau.web.errors import bad_request, database_away, method_refused

Handler = Callable[[HttpRequest], HttpResponse]


class ResponseHeaders:
    """Private pages are never kept by a browser or a proxy; no page may use the machine's eyes."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        )
        return response


class MethodRefused:
    """A method that an address does not take is refused by a page, not by an empty answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return method_refused(request, response.headers["Allow"])
        return response


class BadInput:
    """A NUL byte is no text: PostgreSQL refuses it, so it is refused here, once for all pages."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookies = "".join(request.COOKIES.values())
        if (
            "\0" in cookies
            or _has_nul(request.GET)
            or (request.method == "POST" and _has_nul(request.POST))
        ):
            return bad_request(request)
        return self.get_response(request)


def _has_nul(values: QueryDict) -> bool:
    return any("\0" in key or any("\0" in item for item in values.getlist(key)) for key in values)


class DatabaseAway:
    """A database that restarts gives a page that says so (503), not a fault of the program."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        logging.getLogger("preau.web").error("database out of reach: %s", type(error).__name__)
        return database_away(request)


class Origin:
    """What is recorded while a request is answered comes from the browser's address; and the
    organisation is read once."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting_from(sessions.address_of(request)), reading_once():
            return self.get_response(request)


class SessionRules:
    """A session ends in time, and begins by what its owner owes: a password, a second factor."""

    ALWAYS_OPEN = frozenset({"healthz", "readyz", "account_logout", "bank"})
    FACTOR_PAGES = frozenset({"mfa_activate_totp", "mfa_view_recovery_codes"})
    FIRST_PASSWORD = "account_first_password"  # noqa: S105 - the name of a page

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Where this person must go first; None: the page they asked for."""
        page = request.resolver_match.url_name if request.resolver_match else ""
        user = request.user if page not in self.ALWAYS_OPEN else None
        if not isinstance(user, User):
            return None
        if sessions.is_over(request):
            return self._ended(request, "Votre session est restée ouverte longtemps sans servir.")
        sessions.note_activity(request)
        if user.temporary_until is not None:
            if user.temporary_until <= clock.now():
                return self._ended(request, "Votre mot de passe provisoire a expiré.")
            return None if page == self.FIRST_PASSWORD else redirect(self.FIRST_PASSWORD)
        owed = request.session.get(sessions.FACTOR_OWED)
        if owed and page not in {*self.FACTOR_PAGES, "account_reauthenticate"}:
            return redirect("mfa_activate_totp")
        return None

    def _ended(self, request: HttpRequest, why: str) -> HttpResponse | None:
        """Close the session. What a form asked is not done; a page is read as by a stranger."""
        logout(request)
        messages.warning(request, f"{why} Connectez-vous de nouveau.")
        return None if request.method in {"GET", "HEAD"} else redirect("account_login")
