"""After the answer: correcting, offering a place, closing a day (daily life 1 and 2, B5)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from preau.activities.models import Period, SessionDay
from preau.activities.queries.periods import periods_of_centres
from preau.booking.actions.correct import cancel_lines, close_day, correct_lines
from preau.booking.actions.decide import Outcome
from preau.booking.actions.move import shift_lines
from preau.booking.actions.offer import offer_places
from preau.booking.enums import CancelKind
from preau.booking.errors import ForgedError
from preau.booking.queries.summary import live_lines_of_day
from preau.core.errors import RefusedError
from preau.org.models import Centre
from preau.web.errors import bad_request
from preau.web.office.access import office_page
from preau.web.office.board import board_address, in_words, warn_director
from preau.web.office.forms import CorrectionPost, parse_correction, parse_lines, parse_shift
from preau.web.signed_in import signed_in


@require_POST
@office_page
def correct(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Change answers already told, or cancel for the family; one mail a family leaves at once."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    try:
        post = parse_correction(request.POST)
        if not post.seen:
            raise RefusedError("Cochez au moins une ligne déjà envoyée.")
        outcome = _correct(request, period, post)
    except ForgedError as refusal:
        return bad_request(request, sentence=str(refusal))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect(board_address(request, period))
    if outcome.decided:
        messages.success(
            request,
            f"Corrigé et annoncé à la famille\u00a0: {in_words(outcome.decided)}.",
        )
    warn_director(request, outcome)
    return redirect(board_address(request, period))


@require_POST
@office_page
def shift(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Put lines on another day, slot or group, for a family that asked (S18)."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    try:
        post = parse_shift(request.POST)
        if not post.seen:
            raise RefusedError("Choisissez au moins une ligne.")
        outcome = shift_lines(
            actor=signed_in(request),
            period=period,
            seen=post.seen,
            to=post.to,
            reason=post.reason,
            beyond_capacity=post.beyond,
        )
    except ForgedError as refusal:
        return bad_request(request, sentence=str(refusal))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect(board_address(request, period))
    if outcome.decided:
        messages.success(request, f"Déplacé\u00a0: {in_words(outcome.decided)}.")
    warn_director(request, outcome)
    return redirect(board_address(request, period))


def _correct(request: HttpRequest, period: Period, post: CorrectionPost) -> Outcome:
    actor = signed_in(request)
    if isinstance(post.answer, CancelKind):
        return cancel_lines(
            actor=actor, period=period, seen=post.seen, kind=post.answer, reason=post.reason
        )
    return correct_lines(
        actor=actor,
        period=period,
        seen=post.seen,
        decision=post.answer,
        reason=post.reason,
        beyond_capacity=post.beyond,
    )


@require_POST
@office_page
def offer(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Offer free places to lines that wait, with the period's time to confirm."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    try:
        seen = parse_lines(request.POST.get("lines", ""))
        if not seen:
            raise RefusedError("Choisissez au moins une ligne.")
        outcome = offer_places(actor=signed_in(request), period=period, seen=seen)
    except ForgedError as refusal:
        return bad_request(request, sentence=str(refusal))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect(board_address(request, period))
    if outcome.decided:
        messages.success(request, f"Place proposée\u00a0: {in_words(outcome.decided)}.")
    warn_director(request, outcome)
    return redirect(board_address(request, period))


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def close(request: HttpRequest, centres: QuerySet[Centre], day_id: int) -> HttpResponse:
    """Close a day for all, once it is confirmed with its reason."""
    day = get_object_or_404(
        SessionDay.objects.filter(centre__in=centres.values("pk")).select_related("period__centre"),
        pk=day_id,
    )
    board = reverse("office:board", args=[day.period_id])
    refusal = ""
    if request.method == "POST":
        try:
            reason = " ".join(request.POST.get("reason", "").split())[:120]
            lines = close_day(actor=signed_in(request), day=day, reason=reason)
        except RefusedError as error:
            refusal = str(error)
        else:
            families = len({line.request.family_id for line in lines})
            messages.success(
                request,
                f"Le jour est fermé. {families} famille{'s' if families > 1 else ''} "
                f"prévenue{'s' if families > 1 else ''}.",
            )
            return redirect(board)
    lines = live_lines_of_day(day)
    context = {
        "day": day,
        "families": len({line.request.family_id for line in lines}),
        "children": len({line.child_id for line in lines}),
        "refusal": refusal,
        "back": board,
    }
    return render(request, "office/close_day.html", context, status=422 if refusal else 200)
