"""How long a browser stays signed in, and what it must do first (trust.md, "Sign-in and rights").

A session says when it was opened and last seen, from where, and whether its owner works here; its
row repeats it (`core/sessions.py`). Nothing of this costs a query.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from preau.core import audit, clock
from preau.core.models import Act, User
from preau.core.sessions import ADDRESS, BROWSER, OPENED, SEEN, outlived
from preau.core.sessions import STAFF as STAFF  # noqa: PLC0414 - a word of the pages too
from preau.org.scope import is_staff

FACTOR_OWED, CONFIRMED = "factor_owed", "confirmed_at"
# A request more or less in a minute changes nothing to them, and saves a write a page.
_NOTED_EVERY = timedelta(minutes=1)
# Long enough to fill a form, short enough that an open screen is not a key.
_CONFIRMED_FOR = timedelta(minutes=10)
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def address_of(request: HttpRequest) -> str | None:
    """The network address of the browser, our relays left out."""
    with suppress(ImproperlyConfigured, PermissionDenied, ValueError):
        return str(get_adapter(request).get_client_ip(request))
    return None


def begin(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Somebody signed in (Django's signal): note it in the session and in the trace."""
    now = clock.now().isoformat()
    request.session[OPENED] = request.session[SEEN] = request.session[CONFIRMED] = now
    request.session[ADDRESS] = address_of(request)
    request.session[BROWSER] = request.META.get("HTTP_USER_AGENT", "")[:200]
    mark_staff(request, staff=is_staff(user), user=user)
    audit.record(Act.SIGNED_IN, actor=user, on=user, detail=user.username)


def refuse(
    sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """Somebody was refused (Django's signal). What they typed is not kept: it may be a password."""
    known = User.objects.filter(username__iexact=str(credentials.get("username", ""))).first()
    audit.record(
        Act.SIGN_IN_REFUSED,
        actor=None,
        on=known or "",
        detail=known.username if known else "identifiant inconnu",
    )


def end(sender: object, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Somebody signed out (Django's signal)."""
    if isinstance(user, User):
        audit.record(Act.SIGNED_OUT, actor=user, on=user, detail=user.username)


def mark_staff(request: HttpRequest, *, staff: bool, user: User) -> None:
    """Note whether this browser's owner works here, and owes a second factor."""
    request.session[STAFF] = staff
    owed = staff and settings.SECOND_FACTOR == "required"
    request.session[FACTOR_OWED] = owed and not has_factor(user)


def is_required(user: User) -> bool:
    """Whether this person's work asks for a second factor."""
    return settings.SECOND_FACTOR == "required" and is_staff(user)


@dataclass(frozen=True, kw_only=True)
class Factor:
    """The second factor of a person: since when, and how many recovery codes are left."""

    since: datetime
    codes: int


def factor_of(user: User) -> Factor | None:
    """What this person reads of their second factor, in one query. None: they have none."""
    rows = {row.type: row for row in Authenticator.objects.filter(user=user)}
    application = rows.get(Authenticator.Type.TOTP)
    if application is None:
        return None
    codes = rows.get(Authenticator.Type.RECOVERY_CODES)
    left = len(codes.wrap().get_unused_codes()) if codes else 0
    return Factor(since=application.created_at, codes=left)


def has_factor(user: User) -> bool:
    """Whether signing in asks this person for a second factor."""
    return bool(is_mfa_enabled(user, FACTORS))


def is_over(request: HttpRequest) -> bool:
    """Whether this session was left alone, or has lasted, for too long."""
    return outlived(
        staff=bool(request.session.get(STAFF)),
        opened=_instant(request, OPENED),
        seen=_instant(request, SEEN),
    )


def note_activity(request: HttpRequest) -> None:
    """This person is here. A page that refreshes itself is no sign of anybody."""
    by_itself = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    if by_itself and request.method == "GET":
        return
    now, seen = clock.now(), _instant(request, SEEN)
    if seen is None or now - seen >= _NOTED_EVERY:
        request.session[SEEN] = now.isoformat()


def confirm(request: HttpRequest) -> None:
    """The person has just typed their password again."""
    request.session[CONFIRMED] = clock.now().isoformat()


def recently_confirmed(request: HttpRequest) -> bool:
    """Whether they typed it in the last minutes, signing in included."""
    at = _instant(request, CONFIRMED)
    return at is not None and clock.now() - at <= _CONFIRMED_FOR


def to_confirm(path: str) -> HttpResponse:
    """Towards the page that asks for one's own password, then `path`."""
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': path})}")


def _instant(request: HttpRequest, name: str) -> datetime | None:
    text = request.session.get(name)
    return datetime.fromisoformat(text) if text else None
