"""Error pages: what happened, what was kept, what to do. None of them needs the database."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _page(
    request: HttpRequest, status: int, title: str, *, happened: str, kept: str, to_do: str
) -> HttpResponse:
    context = {
        "title": title,
        "status": status,
        "happened": happened,
        "kept": kept,
        "to_do": to_do,
    }
    return render(request, "errors/page.html", context, status=status)


def bad_request(
    request: HttpRequest, exception: Exception | None = None, *, sentence: str = ""
) -> HttpResponse:
    """400: the browser sent something no page of ours sends."""
    return _page(
        request,
        400,
        "Cette demande n’a pas pu être lue",
        happened=sentence or "Ce qui a été envoyé ne vient d’aucune page du site.",
        kept="Tout ce qui était enregistré. Rien de nouveau n’a été enregistré.",
        to_do="Revenez à la page précédente, rechargez-la et recommencez.",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not allowed, though the thing may exist."""
    return _page(
        request,
        403,
        "Cette action n’est pas permise",
        happened="Vos droits ne permettent pas cette action.",
        kept="Tout : rien n’a été changé.",
        to_do="Si elle devrait l’être, parlez-en à l’administration du site.",
    )


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when the form's key is missing or old, as after signing in again in another tab."""
    return _page(
        request,
        403,
        "Cette page était ouverte depuis trop longtemps",
        happened="Par sécurité, le formulaire n’a pas été accepté.",
        kept="Tout ce qui était enregistré. Ce formulaire-ci ne l’est pas.",
        to_do="Revenez à la page précédente, rechargez-la, puis recommencez.",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing for this person; the answer does not tell which."""
    return _page(
        request,
        404,
        "Cette page n’existe pas",
        happened="L’adresse est incomplète, ou la page a été retirée.",
        kept="Tout : rien n’a été changé.",
        to_do="Vérifiez l’adresse, ou repartez de l’accueil.",
    )


def method_refused(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: this address is not used this way; `allowed` are the methods it takes."""
    response = _page(
        request,
        405,
        "Cette adresse ne s’utilise pas ainsi",
        happened="Ce qui a été envoyé ne vient d’aucune page du site.",
        kept="Tout\N{NO-BREAK SPACE}: rien n’a été changé.",
        to_do="Repartez de l’accueil.",
    )
    response.headers["Allow"] = allowed
    return response


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: too many tries in a short time."""
    return _page(
        request,
        429,
        "Trop d’essais en peu de temps",
        happened="Par sécurité, le site ne répond plus à ces essais pendant quelques minutes.",
        kept="Tout\N{NO-BREAK SPACE}: rien n’a été changé.",
        to_do="Attendez cinq minutes, puis recommencez.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; 503 when it was the database that went away."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return database_away(request)
    return _page(
        request,
        500,
        "Une erreur est survenue de notre côté",
        happened="Le site n’a pas pu terminer cette action.",
        kept="Tout ce qui était enregistré avant elle.",
        to_do="Réessayez dans un instant. Si cela recommence, prévenez votre centre.",
    )


def database_away(request: HttpRequest) -> HttpResponse:
    """503: the database restarts or is overloaded."""
    response = _page(
        request,
        503,
        "Réessayez dans un instant",
        happened="Le site redémarre, ou reçoit trop de demandes à la fois.",
        kept="Tout ce qui était enregistré. Votre dernière action ne l’est pas encore.",
        to_do="Attendez quelques secondes, puis recommencez.",
    )
    response.headers["Retry-After"] = "5"
    return response
