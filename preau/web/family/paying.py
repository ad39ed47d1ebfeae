"""Paying the account on line (S6): what is due, all of it, at the bank."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.views.decorators.http import require_POST, require_safe

from preau.core import clock
from preau.core.errors import RefusedError
from preau.families.models import Family
from preau.payments.actions.start import bank_form, start_payment
from preau.payments.enums import AttemptState
from preau.web.errors import bad_request
from preau.web.family.access import family_page
from preau.web.signed_in import signed_in


@require_POST
@family_page
def pay(request: HttpRequest, family: Family) -> HttpResponse:
    """Begin a payment of what the page showed. No other amount can be chosen."""
    try:
        seen = Decimal(request.POST.get("amount", "")[:12])
    except InvalidOperation:
        return bad_request(request)
    if not seen.is_finite():
        return bad_request(request)
    try:
        attempt = start_payment(
            actor=signed_in(request),
            family=family,
            seen_amount=seen,
            confirmed=request.POST.get("again") == "1",
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("family:account")
    return redirect("family:leave", attempt.reference)


@require_safe
@family_page
def leave(request: HttpRequest, family: Family, reference: str) -> HttpResponse:
    """The last page before the bank's: one button, which a script presses."""
    attempt = get_object_or_404(family.card_attempts.select_related("shop"), reference=reference)
    if attempt.state != AttemptState.OPEN or clock.now() >= attempt.expires_at:
        return redirect("payment_return", reference)
    form = bank_form(attempt)
    bank = urlsplit(form.url)
    context = {"family": family, "attempt": attempt, "form": form, "bank": bank.netloc}
    answer = render(request, "family/leave.html", context)
    return _leading_to(f"{bank.scheme}://{bank.netloc}", answer)


def _leading_to(origin: str, answer: HttpResponse) -> HttpResponse:
    """This page, whose form may go to one other site: the bank's."""
    policy: dict[str, Any] = {**settings.SECURE_CSP, "form-action": [CSP.SELF, origin]}
    answer._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001 - as `csp_override` does, for a policy known only now
    return answer
