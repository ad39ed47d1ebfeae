"""The booking page and "Statut de vos demandes"."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.activities.models import Period
from preau.billing.queries.estimates import estimate_of_sheet
from preau.booking.actions.offer import answer_offer
from preau.booking.actions.prepare import prepare_request
from preau.booking.actions.submit import Submission, submit_request, withdraw_request
from preau.booking.enums import Status
from preau.booking.errors import ConfirmationNeededError, ForgedError
from preau.booking.models import Booking
from preau.booking.priority import order_in_words
from preau.booking.queries.history import history_of_request, standings_of_request
from preau.booking.queries.offer import Asked
from preau.booking.queries.prepared import prepared_by
from preau.booking.queries.requests import (
    request_of_family,
    request_sheets,
    requests_of_family,
)
from preau.booking.queries.sheet import booking_sheet
from preau.booking.queries.summary import days_in_words
from preau.booking.windows import blocks_of_family
from preau.core import clock, wording
from preau.core.errors import RefusedError, StaleError
from preau.families.models import Family
from preau.web.errors import bad_request
from preau.web.family.access import family_page, period_or_404
from preau.web.family.forms import parse_asked, parse_version
from preau.web.signed_in import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@family_page
def book(request: HttpRequest, family: Family, period_id: int) -> HttpResponse:
    """The booking page (S13, S14), sending it, and preparing it (B1). A refusal loses no tick."""
    period = period_or_404(family, period_id)
    if request.method != "POST":
        return _booking_page(request, family, period)
    asked: Asked | None = None
    try:
        asked = parse_asked(request.POST)
        if request.POST.get("do") == "prepare":
            kept = prepare_request(family=family, period=period, asked=asked)
            return _prepared(request, period, kept=kept)
        if request.POST.get("do") == "estimate":
            return _booking_page(request, family, period, asked=asked)
        submission = _submit(request, family, period, asked, parse_version(request.POST))
    except ForgedError as refusal:
        return bad_request(request, sentence=str(refusal))
    except RefusedError as refusal:
        return _booking_page(request, family, period, refusal=refusal, asked=asked)
    messages.success(request, _what_happened(submission))
    return redirect("family:requests")


@require_POST
@family_page
def send_prepared(request: HttpRequest, family: Family, period_id: int) -> HttpResponse:
    """Send what was prepared, in one click, once the window is open (B1)."""
    period = period_or_404(family, period_id)
    asked = prepared_by(family, period)
    if asked is None:
        messages.warning(request, _("Rien n’est préparé pour cette période : cochez vos jours."))
        return redirect("family:book", period.pk)
    try:
        submission = _submit(request, family, period, asked, seen_version=0)
    except RefusedError as refusal:
        return _booking_page(request, family, period, refusal=refusal, asked=asked)
    messages.success(request, _what_happened(submission))
    return redirect("family:requests")


def _submit(
    request: HttpRequest, family: Family, period: Period, asked: Asked, seen_version: int
) -> Submission:
    return submit_request(
        actor=signed_in(request),
        family=family,
        period=period,
        wishes=asked.wishes,
        together=asked.together,
        only_with=asked.only_with,
        seen_version=seen_version,
        confirmed=request.POST.get("confirmed") == "1",
    )


def _prepared(request: HttpRequest, period: Period, *, kept: bool) -> HttpResponse:
    if kept:
        messages.success(
            request,
            _(
                "Votre demande est préparée. Elle n’est pas encore envoyée : revenez à "
                "l’ouverture, il suffira d’un clic."
            ),
        )
    else:
        messages.success(request, _("Rien n’est coché : rien n’est préparé."))
    return redirect("family:book", period.pk)


def _booking_page(
    request: HttpRequest,
    family: Family,
    period: Period,
    *,
    refusal: RefusedError | None = None,
    asked: Asked | None = None,
) -> HttpResponse:
    now = clock.now()
    own = request_of_family(family, period)
    prepared = prepared_by(family, period)
    sheet = booking_sheet(family, period, own=own, now=now, asked=asked or prepared)
    context = {
        "family": family,
        "period": period,
        "sheet": sheet,
        "own": own,
        "prepared": prepared,
        "now": now,
        "refusal": str(refusal or ""),
        "confirming": isinstance(refusal, ConfirmationNeededError),
        "open": sheet.window.is_open(now),
        "over": sheet.window.is_over(now),
        "opens_at": sheet.window.opens_at,
        "blocks": blocks_of_family(family),
        "estimate": estimate_of_sheet(family, period, sheet),
    }
    return render(request, "family/book.html", context, status=_status_of(refusal))


def _status_of(refusal: RefusedError | None) -> int:
    if refusal is None:
        return 200
    return 409 if isinstance(refusal, StaleError) else 422


def _what_happened(submission: Submission) -> str:
    if not submission.changed:
        return _("Votre demande était déjà enregistrée ainsi : rien n’a changé.")
    text = _("Votre demande est envoyée.") if submission.first else _("Votre demande est modifiée.")
    if submission.answers is not None:
        said = [days_in_words(status, n) for status, n in submission.answers.items()]
        if said:
            text += " " + _("Réponse : %(answers)s.") % {"answers": wording.listing(said)}
    if submission.completed:
        text += " " + ngettext(
            "Un créneau de la journée a été ajouté, que la sortie occupe.",
            "%(n)s créneaux de la journée ont été ajoutés, que la sortie occupe.",
            submission.completed,
        ) % {"n": submission.completed}
    return text


@require_safe
@family_page
def requests(request: HttpRequest, family: Family) -> HttpResponse:
    """What was asked, and what was answered (S15, S18)."""
    sheets = request_sheets(requests_of_family(family), now=clock.now())
    context = {"family": family, "sheets": sheets, "legend": Status.choices}
    return render(request, "family/requests.html", context)


@require_safe
@family_page
def request_detail(request: HttpRequest, family: Family, request_id: int) -> HttpResponse:
    """One request: what happened to it, when and why, and the rank of what waits."""
    requests = family.requests.select_related("period__centre")
    own = get_object_or_404(requests, pk=request_id)
    context = {
        "family": family,
        "own": own,
        "order": order_in_words(own.period),
        "standings": standings_of_request(own),
        "history": history_of_request(own, prepared=False),
    }
    return render(request, "family/request.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@family_page
def delete(request: HttpRequest, family: Family, request_id: int) -> HttpResponse:
    """Take back what was not answered yet, once it is confirmed (S15)."""
    own = get_object_or_404(family.requests.select_related("period__centre"), pk=request_id)
    if request.method != "POST":
        (sheet,) = request_sheets(family.requests.filter(pk=own.pk), now=clock.now())
        return render(request, "family/delete.html", {"family": family, "sheet": sheet})
    try:
        withdrawn = withdraw_request(actor=signed_in(request), request=own)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("family:requests")
    if withdrawn:
        messages.success(request, _("Votre demande est supprimée."))
    else:
        messages.warning(
            request,
            _("Rien n’a été supprimé : le centre avait déjà répondu, ou tout était déjà retiré."),
        )
    return redirect("family:requests")


@require_POST
@family_page
def answer(request: HttpRequest, family: Family, line_id: int) -> HttpResponse:
    """Take an offered place, or leave it to the next family (B5)."""
    line = get_object_or_404(Booking.objects.filter(request__family=family), pk=line_id)
    takes = request.POST.get("answer") == "take"
    try:
        answer_offer(actor=signed_in(request), family=family, line_id=line.pk, takes=takes)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("C’est noté : la place est à vous.")
            if takes
            else _("C’est noté : la place passe à une autre famille."),
        )
    return redirect("family:requests")
