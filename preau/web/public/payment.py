"""Coming back from the bank: signed in or not, nothing personal, nothing believed (S7)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from preau.core import clock
from preau.payments.enums import AttemptState
from preau.payments.models import PaymentAttempt


@require_safe
def payment_return(request: HttpRequest, reference: str) -> HttpResponse:
    """Where a payment stands, as the bank told our server. What the browser brings is dropped."""
    attempt = get_object_or_404(PaymentAttempt, reference=reference)
    if request.GET:
        return redirect("payment_return", reference)
    state = AttemptState(attempt.state)
    waiting = state in {AttemptState.OPEN, AttemptState.EXPIRED}
    context = {
        "state": state.value,
        "waiting": waiting,
        "long": waiting and clock.now() >= attempt.expires_at,
        "is_test": attempt.mode == "TEST",
    }
    return render(request, "public/payment.html", context)
