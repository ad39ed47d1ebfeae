"""The grid of days and places of one period, and its days (B22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from preau.activities.enums import Slot
from preau.activities.models import Period, SessionDay
from preau.activities.queries.periods import periods_of_centres
from preau.booking.actions.days import (
    PlaceKey,
    PlacesChange,
    add_day,
    edit_places,
    remove_day,
    reopen_day,
)
from preau.booking.errors import ConfirmationNeededError, ForgedError, StaleError
from preau.booking.queries.grid import GridDay, grid_of_period
from preau.booking.queries.staffing import ratio_of
from preau.core import wording
from preau.core.errors import RefusedError
from preau.org.models import Centre
from preau.web.errors import bad_request
from preau.web.office.access import office_page
from preau.web.office.exports import exported, wanted_format
from preau.web.office.planning.forms import MOST_PLACES
from preau.web.signed_in import signed_in

_UNREADABLE = "Cette grille est illisible. Rien n’a été enregistré."


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def places(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """Every number of places of the period; saving says exactly what changed."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    if request.method != "POST":
        return _file(request, period) if wanted_format(request) else _page(request, period)
    try:
        seen = _parse_seen(request.POST.get("seen", ""))
        wanted, wrong = _parse_wanted(request.POST, seen)
    except ForgedError as refusal:
        return bad_request(request, sentence=str(refusal))
    if wrong:
        said = f"Un nombre de 0 à {MOST_PLACES}, ou rien, est attendu."
        return _page(request, period, refusal=said, wrong=wrong, seen=seen)
    try:
        change = edit_places(
            period=period,
            seen=seen,
            wanted=wanted,
            confirmed=request.POST.get("confirmed", ""),
            actor=signed_in(request),
        )
    except ForgedError as error:
        return bad_request(request, sentence=str(error))
    except ConfirmationNeededError as question:
        return _page(request, period, confirm=str(question), seen=seen)
    except StaleError as error:
        return _page(request, period, refusal=str(error), stale=seen)
    except RefusedError as error:
        return _page(request, period, refusal=str(error), seen=seen)
    messages.success(request, _told(change))
    return redirect("office:period_places", period.pk)


def _file(request: HttpRequest, period: Period) -> HttpResponse:
    """The grid as a list: one row a day and number."""
    _, days = grid_of_period(period)
    header = ("Jour", "Fermé", "Tranche et groupe", "Places", "Données", "Adultes ce jour")
    rows = [
        (day.on, day.closed, cell.name, cell.capacity, cell.held, day.expected.staff)
        for day in days
        for cell in day.cells
    ]
    return exported(request, f"Places, {period}", header, rows)


def _told(change: PlacesChange) -> str:
    if not change.changed:
        return "Aucun nombre n’a changé."
    said = f"Enregistré\u00a0: {change.words}."
    if change.offered:
        said += f" {change.offered} places proposées à des familles en liste d’attente."
    return said


def _page(
    request: HttpRequest,
    period: Period,
    *,
    refusal: str = "",
    confirm: str = "",
    wrong: frozenset[str] = frozenset(),
    stale: Mapping[PlaceKey, int | None] | None = None,
    seen: Mapping[PlaceKey, int | None] | None = None,
) -> HttpResponse:
    """The grid. After a refusal what was typed stays; `stale` is what an older page had shown."""
    groups, days = grid_of_period(period)
    failed = bool(refusal or confirm)
    context = {
        "period": period,
        "groups": groups,
        "slots": [slot.label for slot in Slot],
        "rows": [_row(day, request.POST, wrong, stale) for day in days],
        "seen": _seen_of(days) if seen is None else _written(seen),
        "ratio": ratio_of(period.staff_rule),
        "refusal": refusal,
        "confirm": confirm,
    }
    return render(request, "office/planning/places.html", context, status=422 if failed else 200)


def _row(
    day: GridDay,
    post: QueryDict,
    wrong: frozenset[str],
    stale: Mapping[PlaceKey, int | None] | None,
) -> dict[str, Any]:
    cells = []
    for cell in day.cells:
        now = "" if cell.capacity is None else str(cell.capacity)
        before = None if stale is None else stale.get(_key(cell.key))
        changed = stale is not None and before != cell.capacity
        typed = post.get(f"p.{cell.key}", now)
        if changed and typed == ("" if before is None else str(before)):
            typed, changed = now, False  # a colleague's number, which this page had not touched
        cells.append(
            {
                "cell": cell,
                "value": typed,
                "wrong": cell.key in wrong,
                "theirs": (now or "fermé") if changed else "",
            }
        )
    return {"day": day, "cells": cells}


def _seen_of(days: list[GridDay]) -> str:
    return _written({_key(c.key): c.capacity for d in days if not d.closed for c in d.cells})


def _written(seen: Mapping[PlaceKey, int | None]) -> str:
    return ",".join(
        f"{k.day_id}.{k.slot}.{k.group_id}.{'' if n is None else n}" for k, n in seen.items()
    )


def _key(text: str) -> PlaceKey:
    parts = text.split(".")
    if len(parts) != 3 or parts[1] not in Slot.values:
        raise ForgedError(_UNREADABLE)
    return PlaceKey(_number(parts[0]), parts[1], _number(parts[2]))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ForgedError(_UNREADABLE)
    return int(text)


def _parse_seen(text: str) -> dict[PlaceKey, int | None]:
    """What the page had shown: "12.morning.3.16,12.midday.3."."""
    seen: dict[PlaceKey, int | None] = {}
    for part in filter(None, text.split(",")):
        key, _, number = part.rpartition(".")
        seen[_key(key)] = _number(number) if number else None
    return seen


def _parse_wanted(
    post: QueryDict, seen: Mapping[PlaceKey, int | None]
) -> tuple[dict[PlaceKey, int | None], frozenset[str]]:
    """The numbers typed, and the boxes that hold something else."""
    wanted: dict[PlaceKey, int | None] = {}
    wrong = set()
    for key, before in seen.items():
        name = f"{key.day_id}.{key.slot}.{key.group_id}"
        typed = post.get(f"p.{name}")
        if typed is None:
            wanted[key] = before
        elif not typed.strip():
            wanted[key] = None
        elif typed.strip().isascii() and typed.strip().isdigit() and len(typed.strip()) <= 3:
            wanted[key] = int(typed)
        else:
            wrong.add(name)
    return wanted, frozenset(wrong)


@require_POST
@office_page
def add(request: HttpRequest, centres: QuerySet[Centre], period_id: int) -> HttpResponse:
    """One day more."""
    period = get_object_or_404(periods_of_centres(centres), pk=period_id)
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
        add_day(period=period, on=on, actor=signed_in(request))
    except ValueError:
        messages.error(request, "Choisissez le jour à ajouter.")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Ajouté\u00a0: {wording.day(on)}. Vérifiez ses places.")
    return redirect("office:period_places", period.pk)


@require_POST
@office_page
def change_day(request: HttpRequest, centres: QuerySet[Centre], day_id: int) -> HttpResponse:
    """Remove a day that nobody asked for, or open a closed one again."""
    found = SessionDay.objects.filter(centre__in=centres.values("pk"))
    day = get_object_or_404(found, pk=day_id)
    try:
        if request.POST.get("do") == "remove":
            remove_day(day=day, actor=signed_in(request))
            messages.success(request, f"Retiré de la période\u00a0: {wording.day(day.on)}.")
        else:
            reopen_day(day=day, actor=signed_in(request))
            messages.success(
                request, f"Ouvert de nouveau\u00a0: {wording.day(day.on)}. Vérifiez ses places."
            )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("office:period_places", day.period_id)
