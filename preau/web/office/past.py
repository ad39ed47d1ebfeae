"""What happened: to a family's request, to a period, and on a board since it was shown."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from preau.activities.models import PlanEvent
from preau.activities.queries.periods import periods_of_centres
from preau.booking.models import BookingRequest
from preau.booking.priority import order_in_words
from preau.booking.queries.history import history_of_request, standings_of_request
from preau.booking.queries.news import news_since
from preau.org.models import Centre
from preau.web.errors import bad_request
from preau.web.office.access import office_page
from preau.web.office.exports import exported, wanted_format
from preau.web.signed_in import signed_in

_A_PAGE = 50


@require_safe
@office_page
def request_history(
    request: HttpRequest, centres: QuerySet[Centre], request_id: int
) -> HttpResponse:
    """Everything that happened to one request, prepared answers included, and its ranks."""
    own = BookingRequest.objects.filter(period__centre__in=centres.values("pk"))
    found = get_object_or_404(own.select_related("period__centre", "family"), pk=request_id)
    context = {
        "own": found,
        "order": order_in_words(found.period),
        "standings": standings_of_request(found),
        "history": history_of_request(found, prepared=True),
    }
    return render(request, "office/request.html", context)


@require_safe
@office_page
def period_trace(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Who changed what in a period, the latest first."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    events = PlanEvent.objects.filter(period=period).select_related("actor")
    if wanted_format(request):
        rows = ((each.at, each.actor.name if each.actor else "", each.what) for each in events)
        return exported(request, f"Historique, {period}", ("Quand", "Qui", "Quoi"), rows)
    page = Paginator(events, _A_PAGE).get_page(request.GET.get("page"))
    context = {"period": period, "page": page}
    return render(request, "office/planning/trace.html", context)


@require_safe
@office_page
def board_news(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """What others did since the mark of a board; nothing to say is an empty answer."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    line, _, plan = request.GET.get("depuis", "").partition(".")
    if not line:
        return HttpResponse(status=204)
    if not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in (line, plan)):
        return bad_request(request, sentence="Cette adresse est illisible.")
    news = news_since(period, line=int(line), plan=int(plan), reader=signed_in(request))
    if not news:
        return HttpResponse(status=204)
    return render(request, "office/news.html", {"news": news, "period": period})
