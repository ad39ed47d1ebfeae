"""Entering a request for a family that asked by paper or phone (S21)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from preau.activities.models import Period
from preau.activities.queries.periods import periods_of_centres
from preau.booking.actions.submit import enter_request
from preau.booking.enums import Channel
from preau.booking.errors import ForgedError
from preau.booking.models import BookingRequest
from preau.booking.queries.offer import Asked
from preau.booking.queries.sheet import booking_sheet
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.families.models import Family
from preau.families.scope import families_of_centres
from preau.org.models import Centre
from preau.web.errors import bad_request
from preau.web.family.forms import parse_asked, parse_version
from preau.web.office.access import office_page
from preau.web.office.planning.forms import MomentInput
from preau.web.signed_in import signed_in

_CHANNELS = [(channel.value, channel.label) for channel in (Channel.PHONE, Channel.PAPER)]


class EntryForm(forms.Form):
    """How and when the request reached the centre."""

    channel = forms.ChoiceField(label="Reçue par", choices=_CHANNELS)
    asked_at = forms.DateTimeField(
        label="Reçue le", widget=MomentInput, help_text="Cette heure donne le rang de la famille."
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def enter(
    request: HttpRequest, centres: QuerySet[Centre], family_id: int, period_id: int
) -> HttpResponse:
    """The booking page filled in by the centre, at any time, with the time of the request."""
    family = get_object_or_404(families_of_centres(centres), pk=family_id)
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    if request.method != "POST":
        return _page(request, family, period, EntryForm(initial={"asked_at": clock.now()}))
    form = EntryForm(request.POST)
    asked: Asked | None = None
    try:
        asked = parse_asked(request.POST)
        version = parse_version(request.POST)
        if not form.is_valid():
            return _page(request, family, period, form, asked=asked)
        entered = enter_request(
            actor=signed_in(request),
            family=family,
            period=period,
            wishes=asked.wishes,
            seen_version=version,
            channel=Channel(form.cleaned_data["channel"]),
            asked_at=form.cleaned_data["asked_at"],
            together=asked.together,
            only_with=asked.only_with,
        )
    except ForgedError as refusal:
        return bad_request(request, sentence=str(refusal))
    except RefusedError as refusal:
        return _page(request, family, period, form, asked=asked, refusal=refusal)
    said = f"Saisi pour {family}\u00a0: {entered.added} ajoutés, {entered.withdrawn} retirés."
    messages.success(request, said if entered.changed else "Rien n’a changé.")
    return redirect("office:family", family.pk)


def _page(
    request: HttpRequest,
    family: Family,
    period: Period,
    form: EntryForm,
    *,
    asked: Asked | None = None,
    refusal: RefusedError | None = None,
) -> HttpResponse:
    own = BookingRequest.objects.filter(family=family, period=period).first()
    sheet = booking_sheet(family, period, own=own, now=clock.now(), asked=asked, by_office=True)
    context: dict[str, Any] = {
        "family": family,
        "period": period,
        "form": form,
        "own": own,
        "sheet": sheet,
        "refusal": str(refusal or ""),
    }
    status = 409 if isinstance(refusal, StaleError) else 422 if refusal or form.errors else 200
    return render(request, "office/enter.html", context, status=status)
