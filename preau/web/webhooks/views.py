"""What banks tell our server: no sign-in, no form key, no limit; an answer that tells nothing."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from preau.core.errors import RefusedError
from preau.payments.actions.notify import settle, store
from preau.payments.gateways import UnreadableError
from preau.payments.models import CardShop

logger = logging.getLogger("preau.payments")

MOST_BYTES = 64_000


@csrf_exempt
@require_POST
def notification(request: HttpRequest, gateway: str) -> HttpResponse:
    """Keep what the bank says, then read it. "OK" means that it is kept, nothing more."""
    shop = get_object_or_404(CardShop, slug=gateway)
    body = _body(request)
    if body is None:
        return _said("trop long", 413)
    try:
        kept = store(shop, body)
    except UnreadableError:
        return _said("illisible", 400)
    if kept is not None:
        _read(kept)
    return _said("OK")


def _body(request: HttpRequest) -> bytes | None:
    """What was sent, None when it is longer than any bank writes."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return None
    body = request.read(MOST_BYTES + 1)
    return body if len(body) <= MOST_BYTES else None


def _read(kept: int) -> None:
    """What cannot be settled now is kept: the worker does it in a moment."""
    try:
        settle(kept)
    except RefusedError:
        logger.info("a bank's message waits: the account is busy")
    except (OperationalError, InterfaceError) as error:
        logger.warning("a bank's message waits: %s", type(error).__name__)


def _said(words: str, status: int = 200) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
