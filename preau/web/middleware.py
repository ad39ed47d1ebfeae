"""What every answer and every request goes through, besides Django's own."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import QueryDict

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
