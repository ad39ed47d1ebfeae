"""Certificates to accept or refuse, and days excused by hand (S20, B6)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from preau.activities.models import SessionDay
from preau.attendance.actions.certificates import accept_certificate, refuse_certificate
from preau.attendance.actions.excuse import excuse_absence, lift_excuse
from preau.attendance.enums import CertificateState
from preau.attendance.errors import ForgedError
from preau.attendance.models import MedicalCertificate
from preau.attendance.queries.certificates import (
    certificates_for_staff,
    certificates_to_treat,
    days_of_certificate,
)
from preau.attendance.queries.papers import certificate_file
from preau.attendance.queries.register import days_of_register, register_of_day
from preau.core.errors import RefusedError
from preau.families.models import Child
from preau.org.models import Centre
from preau.web.downloads import sent_file
from preau.web.errors import bad_request
from preau.web.office.access import office_page
from preau.web.signed_in import signed_in

_A_PAGE = 50


@require_safe
@office_page
def absences(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Certificates that wait for an answer, or those answered."""
    answered = request.GET.get("etat") == "traites"
    found = certificates_to_treat(centres)
    if answered:
        found = certificates_for_staff(centres).exclude(state=CertificateState.SENT)
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "answered": answered,
        "query": "etat=traites" if answered else "",
    }
    return render(request, "office/attendance/absences.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def certificate(
    request: HttpRequest, centres: QuerySet[Centre], certificate_id: int
) -> HttpResponse:
    """One certificate and the days it would excuse; posting answers the family."""
    found = get_object_or_404(certificates_for_staff(centres), pk=certificate_id)
    refusal = ""
    if request.method == "POST":
        try:
            said = _answer(request, found)
        except ForgedError as error:
            return bad_request(request, sentence=str(error))
        except RefusedError as error:
            refusal = str(error)
            found.refresh_from_db()
        else:
            messages.success(request, said)
            return redirect("office:absences")
    context = {
        "certificate": found,
        "days": days_of_certificate(found, centres),
        "refusal": refusal,
        "reason": request.POST.get("reason", "")[:200],
    }
    status = 422 if refusal else 200
    return render(request, "office/attendance/certificate.html", context, status=status)


def _answer(request: HttpRequest, found: MedicalCertificate) -> str:
    actor, version = signed_in(request), request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise ForgedError("Cette réponse est illisible. Rien n’a été enregistré.")
    answer = request.POST.get("answer", "")
    if answer == "accept":
        days = accept_certificate(actor=actor, certificate=found, seen_version=int(version))
        number = len(days)
        said = f"{number} jour justifié" if number < 2 else f"{number} jours justifiés"
        return f"Certificat accepté\u00a0: {said}. La famille est prévenue."
    if answer == "refuse":
        reason = " ".join(request.POST.get("reason", "").split())[:200]
        refuse_certificate(actor=actor, certificate=found, seen_version=int(version), reason=reason)
        return "Certificat refusé. La famille est prévenue et lira le motif."
    raise ForgedError("Cette réponse n’existe pas. Rien n’a été enregistré.")


@require_safe
@office_page
def certificate_paper(
    request: HttpRequest, centres: QuerySet[Centre], certificate_id: int
) -> HttpResponse:
    """The file itself, to keep."""
    found = get_object_or_404(certificates_for_staff(centres), pk=certificate_id)
    name, content = certificate_file(found)
    return sent_file(content, found.media_type, name)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def excuse(
    request: HttpRequest, centres: QuerySet[Centre], day_id: int, child_id: int
) -> HttpResponse:
    """Excuse one day of one child with a reason, or take it back."""
    day = get_object_or_404(days_of_register(centres), pk=day_id)
    expected = [row for group in register_of_day(day).groups for row in group.rows]
    rows = [row for row in expected if row.child.pk == child_id]
    child = get_object_or_404(Child.objects.filter(pk__in=[row.child.pk for row in rows]))
    refusal = ""
    if request.method == "POST":
        try:
            _excuse(request, child, day)
        except RefusedError as error:
            refusal = str(error)
        else:
            return redirect(f"{reverse('office:register', args=[day.pk])}#r{rows[0].key}")
    context = {
        "day": day,
        "row": rows[0],
        "refusal": refusal,
        "reason": request.POST.get("reason", "")[:200],
    }
    status = 422 if refusal else 200
    return render(request, "office/attendance/excuse.html", context, status=status)


def _excuse(request: HttpRequest, child: Child, day: SessionDay) -> None:
    actor = signed_in(request)
    if request.POST.get("do") == "lift":
        lift_excuse(actor=actor, child=child, day=day)
        messages.success(request, "La justification est retirée\u00a0: le jour sera facturé.")
        return
    reason = " ".join(request.POST.get("reason", "").split())[:200]
    excuse_absence(actor=actor, child=child, day=day, reason=reason)
    messages.success(request, "L’absence est justifiée\u00a0: le jour ne sera pas facturé.")
