"""The register of the day, for a tablet: with its script at once, without it by plain forms."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.activities.enums import Slot
from preau.activities.models import Outing, SessionDay
from preau.attendance.actions.touch import Who, save_touches
from preau.attendance.enums import Presence, TouchKind
from preau.attendance.errors import ForgedError
from preau.attendance.models import CheckIn
from preau.attendance.pressing import BUTTONS, pressed, touches_of
from preau.attendance.printing import register_pdf, trip_pdf
from preau.attendance.queries.register import (
    days_of_register,
    mark_of_day,
    newcomers_for,
    register_days,
    register_of_day,
)
from preau.billing.identity import letterhead
from preau.core import clock
from preau.core.errors import RefusedError
from preau.org.enums import Right
from preau.org.models import Centre
from preau.org.scope import centres_of_staff
from preau.web.downloads import inline_pdf
from preau.web.errors import bad_request
from preau.web.office.access import office_page_for
from preau.web.office.attendance.posts import (
    parse_slots,
    parse_touches,
    parse_typed,
    parse_who,
)
from preau.web.signed_in import signed_in

register_page = office_page_for(Right.REGISTER)


@require_safe
@register_page
def days(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Choose a centre and a day; today comes first."""
    today = clock.today()
    on = _date(request.GET.get("jour", "")) or today
    found = register_days(centres, on)
    context = {
        "today": today,
        "on": on,
        "now_days": [each for each in found if each.day.on == today],
        "next_days": [each for each in found if each.day.on > today],
        "past_days": [each for each in reversed(found) if each.day.on < today],
        "earlier": on - timedelta(days=21),
        "moved": on != today,
    }
    return render(request, "office/attendance/days.html", context)


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if date(2000, 1, 1) < found < date(2200, 1, 1) else None


@require_http_methods(["GET", "HEAD", "POST"])
@register_page
def register(request: HttpRequest, centres: QuerySet[Centre], day_id: int) -> HttpResponse:
    """The children of one day. Posting presses one button of one row."""
    day = get_object_or_404(days_of_register(centres), pk=day_id)
    if request.method == "POST":
        return _press(request, day)
    group, slot = request.GET.get("groupe", "")[:60], request.GET.get("tranche", "")
    found = register_of_day(day, group=group, slot=slot if slot in Slot.values else "")
    excusing = centres_of_staff(request.user, Right.BOOKING).filter(pk=day.centre_id)
    context = {
        "register": found,
        "day": day,
        "now": clock.now(),
        "is_today": day.on == clock.today(),
        "coming": day.on > clock.today(),
        "group": group,
        "slot": slot,
        "slots": Slot.choices,
        "can_excuse": excusing.exists(),
    }
    return render(request, "office/attendance/register.html", context)


def _press(request: HttpRequest, day: SessionDay) -> HttpResponse:
    try:
        who, button = parse_who(request.POST), request.POST.get("do", "")
        if button not in BUTTONS:
            raise ForgedError("Ce bouton n’existe pas. Rien n’a été enregistré.")
        kept = CheckIn.objects.filter(
            session_day=day, child=who.child_id, family=who.family_id
        ).first()
        row = kept or CheckIn(session_day=day, child_id=who.child_id, family_id=who.family_id)
        row.session_day = day
        touches = pressed(button, row, typed=parse_typed(request.POST), now=clock.now())
        saved = save_touches(actor=signed_in(request), day=day, touches=touches)
    except ForgedError as refusal:
        return bad_request(request, sentence=str(refusal))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        if saved.strangers:
            return bad_request(request)
    query = {name: request.GET[name] for name in ("groupe", "tranche") if name in request.GET}
    here = reverse("office:register", args=[day.pk])
    return redirect(
        f"{here}{'?' if query else ''}{urlencode(query)}#r{who.child_id}-{who.family_id}"
    )


@require_POST
@register_page
def touches(request: HttpRequest, centres: QuerySet[Centre], day_id: int) -> HttpResponse:
    """Touches of a tablet, as JSON. Answers which are saved, so that it forgets them."""
    day = get_object_or_404(days_of_register(centres), pk=day_id)
    try:
        json_sent = request.content_type == "application/json"
        given = parse_touches(request.body if json_sent else b"")
        saved = save_touches(actor=signed_in(request), day=day, touches=given)
    except ForgedError as refusal:
        return bad_request(request, sentence=str(refusal))
    except RefusedError as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=409)
    return JsonResponse(
        {
            "saved": [str(uuid) for uuid in [*saved.new, *saved.known]],
            "refused": [str(uuid) for uuid in saved.strangers],
        }
    )


@require_safe
@register_page
def state(request: HttpRequest, centres: QuerySet[Centre], day_id: int) -> HttpResponse:
    """The mark of the register: a tablet reads the page again when it changes."""
    day = get_object_or_404(days_of_register(centres), pk=day_id)
    return JsonResponse({"mark": mark_of_day(day)})


@require_http_methods(["GET", "HEAD", "POST"])
@register_page
def newcomer(request: HttpRequest, centres: QuerySet[Centre], day_id: int) -> HttpResponse:
    """Find a child of the centre's families who came without a booking, and add it."""
    day = get_object_or_404(days_of_register(centres), pk=day_id)
    text = request.GET.get("q", "").strip()[:100]
    refusal = ""
    if request.method == "POST":
        try:
            who = _add(request, day)
        except ForgedError as error:
            return bad_request(request, sentence=str(error))
        except RefusedError as error:
            refusal = str(error)
        else:
            messages.success(request, "L’enfant est ajouté au pointage, présent.")
            here = reverse("office:register", args=[day.pk])
            return redirect(f"{here}#r{who.child_id}-{who.family_id}")
    context = {
        "day": day,
        "q": text,
        "found": newcomers_for(day, text),
        "slots": Slot.choices,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "office/attendance/newcomer.html", context, status=status)


def _add(request: HttpRequest, day: SessionDay) -> Who:
    who, slots = parse_who(request.POST), parse_slots(request.POST)
    if not slots:
        raise RefusedError("Choisissez au moins une tranche\u00a0: c’est elle qui sera facturée.")
    now = clock.now()
    values = {TouchKind.UNBOOKED: ",".join(slots), TouchKind.STATE: Presence.PRESENT.value}
    if day.on == clock.day_of(now):
        values[TouchKind.ARRIVED] = now.astimezone(clock.PARIS).strftime("%H:%M")
    saved = save_touches(
        actor=signed_in(request), day=day, touches=touches_of(who, values, now=now)
    )
    if saved.strangers:
        raise ForgedError("Cet enfant n’est pas d’une famille du centre. Rien n’a été enregistré.")
    return who


@require_safe
@register_page
def printed(request: HttpRequest, centres: QuerySet[Centre], day_id: int) -> HttpResponse:
    """The list of the day on paper."""
    day = get_object_or_404(days_of_register(centres), pk=day_id)
    content = register_pdf(register_of_day(day), letterhead())
    return inline_pdf(content, f"pointage-{day.on.isoformat()}.pdf")


@require_safe
@register_page
def trip(request: HttpRequest, centres: QuerySet[Centre], outing_id: int) -> HttpResponse:
    """The sheet an outing leaves with."""
    own = Outing.objects.filter(session_day__centre__in=centres.values("pk"))
    outing = get_object_or_404(own.select_related("session_day__centre"), pk=outing_id)
    content = trip_pdf(outing, register_of_day(outing.session_day), letterhead())
    return inline_pdf(content, f"sortie-{outing.session_day.on.isoformat()}.pdf")
