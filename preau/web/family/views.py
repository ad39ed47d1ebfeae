"""Home, centres and periods, own space."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from preau.accounts.queries.sessions import open_sessions
from preau.billing.queries.estimates import grace_months
from preau.booking.queries.feed import feed_of
from preau.booking.queries.home import news_for_family
from preau.booking.queries.periods import centres_for_family, periods_for_family
from preau.booking.queries.windows import centres_with_children, choices_of_periods
from preau.core import clock
from preau.families.models import Family
from preau.families.quotients import quotient_news
from preau.families.scope import families_of_guardian
from preau.web.family.access import CHOSEN, family_page
from preau.web.sessions import factor_of, is_required
from preau.web.signed_in import signed_in


@require_safe
@family_page
def home(request: HttpRequest, family: Family) -> HttpResponse:
    """What needs this family now, then the ways on."""
    news = news_for_family(family, now=clock.now())
    about_quotient = quotient_news(family.quotients.all(), clock.today(), grace=grace_months())
    context = {"family": family, "news": news, "quotient_news": about_quotient}
    return render(request, "family/home.html", context)


@require_safe
@family_page
def centres(request: HttpRequest, family: Family) -> HttpResponse:
    """Choose the place the child attends (S12)."""
    found = centres_with_children(family)
    return render(request, "family/centres.html", {"family": family, "centres": found})


@require_safe
@family_page
def periods(request: HttpRequest, family: Family, centre_id: int) -> HttpResponse:
    """Then the period, by its calendar icon (S12)."""
    centre = get_object_or_404(centres_for_family(family), pk=centre_id)
    windows = choices_of_periods(
        periods_for_family(family).filter(centre=centre), family=family, now=clock.now()
    )
    context = {"family": family, "centre": centre, "windows": windows}
    return render(request, "family/periods.html", context)


@require_safe
@family_page
def own_space(request: HttpRequest, family: Family) -> HttpResponse:
    """Who I am, my families, my password (S10, S11), where I am signed in."""
    user = signed_in(request)
    context = {
        "family": family,
        "centres": centres_for_family(family),
        "feed": feed_of(family, user),
        "factor": factor_of(user),
        "factor_stays": is_required(user),
        "sessions": open_sessions(user, here=request.session.session_key),
    }
    return render(request, "family/space.html", context)


@require_POST
@login_required
def switch_family(request: HttpRequest) -> HttpResponse:
    """Look at another of one's own families (B8)."""
    number = request.POST.get("family", "")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise Http404
    family = get_object_or_404(families_of_guardian(request.user), pk=int(number))
    request.session[CHOSEN] = family.pk
    return redirect("family:home")
