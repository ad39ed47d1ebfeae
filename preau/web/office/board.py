"""The processing board of one period: decide, undo, validate and tell (S16, S17, B21)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.activities.enums import Slot
from preau.activities.models import Period
from preau.activities.queries.periods import open_days_of, periods_of_centres
from preau.billing.queries.estimates import estimates_of_requests
from preau.booking.actions.decide import Outcome, decide_lines
from preau.booking.actions.propose import propose_all
from preau.booking.actions.tell import readiness_of_period, validate_decisions
from preau.booking.enums import Decision
from preau.booking.errors import ForgedError
from preau.booking.models import Booking, Sending
from preau.booking.priority import order_in_words
from preau.booking.queries.board import (
    board_days,
    counts_of_cells,
    queue_items,
    queue_of_period,
)
from preau.booking.queries.conditions import outings_in_doubt
from preau.booking.queries.lists import LINES_HEADER, lines_of_period
from preau.booking.queries.news import mark_of
from preau.core import clock, wording
from preau.core.errors import RefusedError
from preau.families.models import Family
from preau.families.queries.directory import search_families
from preau.messaging.queries.progress import progress_of_batch, troubled_mails
from preau.org.models import AgeGroup, Centre
from preau.web.errors import bad_request
from preau.web.office.access import office_page
from preau.web.office.exports import exported, wanted_format
from preau.web.office.forms import CORRECTIONS, parse_decision
from preau.web.office.sorting import chosen_sort, sorted_by
from preau.web.signed_in import signed_in

if TYPE_CHECKING:
    from preau.booking.queries.board import QueuedRequest

_FAMILIES_A_PAGE = 25
_LAST = "last_decision"
_OVER = "without_place"
_DECIDED = {
    Decision.ACCEPTED: ("ligne acceptée", "lignes acceptées"),
    Decision.WAITLISTED: ("ligne mise en liste d’attente", "lignes mises en liste d’attente"),
    Decision.REFUSED: ("ligne refusée", "lignes refusées"),
    None: ("ligne remise à traiter", "lignes remises à traiter"),
}
_DOUBTS = "conditions"
_SORTS: dict[str, Callable[[QueuedRequest], Any]] = {
    "famille": lambda item: (item.family.name.lower(), item.pk),
}
_SHOWN = {
    "a-traiter": ("à traiter", "undecided"),
    "decidees": ("décidées, non envoyées", "drafted"),
    "en-attente": ("en liste d’attente", "waiting"),
    "conditions": ("sorties à revoir", "doubtful"),
}


@require_safe
@office_page
def board(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Places beside the queue in order of arrival. Everything shown is in the address."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    if wanted_format(request):
        queue, _ = _queue(request, period)
        rows = lines_of_period(period, requests=[item.pk for item in queue])
        return exported(request, str(period), LINES_HEADER, rows)
    return render(request, "office/board.html", _board_context(request, period))


def _queue(request: HttpRequest, period: Period) -> tuple[list[QueuedRequest], list[QueuedRequest]]:
    """The families that the address asks for, in the order it asks, and all of them."""
    every = list(queue_of_period(period))
    queue = every
    shown, text = request.GET.get("etat", ""), _searched(request)
    if shown == _DOUBTS:
        doubtful = {line.request_id for line in outings_in_doubt([period], today=clock.today())}
        queue = [item for item in queue if item.pk in doubtful]
    elif shown in _SHOWN:
        queue = [item for item in queue if getattr(item, _SHOWN[shown][1])]
    if text:
        own = Family.objects.filter(requests__period=period)
        found = set(search_families(own, text).values_list("pk", flat=True))
        queue = [item for item in queue if item.family_id in found]
    sort = chosen_sort(request, _SORTS)
    return sorted_by(queue, sort, _SORTS), every


def _searched(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:100]


def _board_context(request: HttpRequest, period: Period) -> dict[str, Any]:
    groups = list(AgeGroup.objects.filter(centre=period.centre_id))
    group = _chosen(groups, request.GET.get("groupe", ""))
    mondays = _mondays(period)
    monday = _chosen_monday(mondays, request.GET.get("semaine", ""))
    shown = request.GET.get("etat", "")
    queue, every = _queue(request, period)
    numbers = {item.pk: number for number, item in enumerate(every, start=1)}
    undecided = sum(item.undecided for item in every)
    doubts = outings_in_doubt([period], today=clock.today())
    page = Paginator(queue, _FAMILIES_A_PAGE).get_page(request.GET.get("page"))
    here = request.GET.copy()
    here.pop("refuser", None)
    here.pop("corriger", None)
    here.pop("deplacer", None)
    kept = here.copy()
    kept.pop("page", None)
    items = queue_items(period, page.object_list, numbers, detailed=request.GET.get("detail", ""))
    return {
        "period": period,
        "estimates": estimates_of_requests(period, [each.pk for each in page.object_list]),
        "told_rows": any(row.told for item in items for row in item.rows),
        "order": order_in_words(period),
        "now": clock.now(),
        "groups": groups,
        "group": group,
        "mondays": mondays,
        "monday": monday,
        "days": board_days(period, group, monday, counts=counts_of_cells(period)) if group else [],
        "shown": shown if shown in _SHOWN else "",
        "choices": [("", "toutes"), *((key, label) for key, (label, _) in _SHOWN.items())],
        "page": page,
        "items": items,
        "detailed": request.GET.get("detail", ""),
        "refusing": request.GET.get("refuser", ""),
        "correcting": request.GET.get("corriger", ""),
        "corrections": CORRECTIONS,
        "shifting": request.GET.get("deplacer", ""),
        "open_days": open_days_of(period) if request.GET.get("deplacer") else [],
        "ready": readiness_of_period(period),
        "undecided": undecided,
        "doubts": doubts,
        "over": request.session.get(_OVER, {}).get(str(period.pk), ""),
        "mark": mark_of(period),
        "q": _searched(request),
        "sort": chosen_sort(request, _SORTS),
        "sorts": [("", "dans l’ordre des rangs"), ("famille", "par nom de famille")],
        "slots": Slot.choices,
        "undo": request.session.get(_LAST, {}).get(str(period.pk), ""),
        "here": f"{request.path}?{here.urlencode()}",
        "query": kept.urlencode(),
    }


def _chosen(groups: list[AgeGroup], wanted: str) -> AgeGroup | None:
    return next(
        (group for group in groups if str(group.pk) == wanted), groups[0] if groups else None
    )


def _mondays(period: Period) -> list[date]:
    days = period.days.values_list("on", flat=True)
    return sorted({day - timedelta(days=day.weekday()) for day in days})


def _chosen_monday(mondays: list[date], wanted: str) -> date:
    """The week asked for; else the present one, or the next, or the last."""
    for monday in mondays:
        if monday.isoformat() == wanted:
            return monday
    today = clock.today()
    coming = [monday for monday in mondays if monday + timedelta(days=6) >= today]
    return coming[0] if coming else mondays[-1]


@require_POST
@office_page
def decide(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Prepare, change or take back decisions; then show the board where it was."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    try:
        post = parse_decision(request.POST)
        if not post.seen:
            raise RefusedError("Cochez au moins une famille ou une ligne.")
        outcome = decide_lines(
            actor=signed_in(request),
            period=period,
            seen=post.seen,
            decision=post.decision,
            reason=post.reason,
            beyond_capacity=post.beyond,
        )
    except ForgedError as refusal:
        return bad_request(request, sentence=str(refusal))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        _remember(request, period, outcome, post.decision)
        tell_director(request, outcome, post.decision)
    return redirect(board_address(request, period))


def _remember(
    request: HttpRequest, period: Period, outcome: Outcome, decision: Decision | None
) -> None:
    """Keep the last choice, so that one key takes it back, and what found no place.

    The latter can then be accepted beyond the places, with a reason (B22).
    """
    over = request.session.setdefault(_OVER, {})
    key = ",".join(f"{line.pk}.{line.version}" for line in outcome.full)
    if over.get(str(period.pk), "") != key:
        over[str(period.pk)] = key
        request.session.modified = True
    if outcome.decided:
        last = request.session.setdefault(_LAST, {})
        lines = ",".join(f"{line.pk}.{line.version}" for line in outcome.decided)
        last[str(period.pk)] = lines if decision else ""
        request.session.modified = True


def tell_director(request: HttpRequest, outcome: Outcome, decision: Decision | None) -> None:
    """Say what became of the lines of one decision."""
    number = len(outcome.decided)
    if number:
        one, many = _DECIDED[decision]
        messages.success(request, f"{number} {many if number > 1 else one}.")
    warn_director(request, outcome)


def warn_director(request: HttpRequest, outcome: Outcome) -> None:
    """Say which lines were left as they were, and why."""
    if outcome.full:
        messages.warning(
            request,
            f"Plus de place : {in_words(outcome.full)}. "
            "Rien n’a changé pour ces lignes : mettez-les en liste d’attente ou refusez-les.",
        )
    if outcome.changed:
        messages.warning(
            request,
            f"Changé entre-temps, par la famille ou par un collègue : "
            f"{in_words(outcome.changed)}. La page montre l’état actuel.",
        )


def in_words(lines: list[Booking], most: int = 4) -> str:
    """A few lines by name, then how many more."""
    said = [f"{line.child.first_name} {wording.short_day(line.on)} {line.what}" for line in lines]
    rest = len(said) - most
    return ", ".join(said[:most]) + (f" et {rest} autres" if rest > 0 else "")


def board_address(request: HttpRequest, period: Period) -> str:
    """Back to the board as it was filtered; only an address of this very board is followed."""
    board_path = reverse("office:board", args=[period.pk])
    back = request.POST.get("here", "")
    return back if back.split("?")[0] == board_path else board_path


@require_POST
@office_page
def propose(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Prepare an answer for every line still undecided, each with its reason (B21)."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    try:
        proposal = propose_all(actor=signed_in(request), period=period)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            f"Proposé : {proposal.accepted} lignes acceptées, {proposal.waitlisted} en liste "
            "d’attente. Chaque ligne dit pourquoi ; rien n’est envoyé.",
        )
    return redirect(board_address(request, period))


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def validate(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Say how many mails will leave, then make the answers final and send them."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    status = 200
    if request.method == "POST":
        try:
            sent = validate_decisions(
                actor=signed_in(request),
                period=period,
                fingerprint=request.POST.get("fingerprint", ""),
            )
        except RefusedError as refusal:
            messages.error(request, str(refusal))
            status = 409
        else:
            return redirect("office:sending", sent.pk)
    context = {"period": period, "ready": readiness_of_period(period)}
    return render(request, "office/validate.html", context, status=status)


@require_safe
@office_page
def sending(request: HttpRequest, centres: QuerySet[Centre], sending_id: int) -> HttpResponse:
    """How far the mails of one sending are. Can be left and found again."""
    found = get_object_or_404(
        Sending.objects.filter(period__centre__in=centres.values("pk")).select_related(
            "period__centre", "actor", "mails"
        ),
        pk=sending_id,
    )
    progress = progress_of_batch(found.mails)
    context = {
        "sending": found,
        "progress": progress,
        "troubled": troubled_mails(found.mails) if progress.troubled else [],
    }
    return render(request, "office/sending.html", context)
