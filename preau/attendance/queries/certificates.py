"""Certificates as the office and the family read them."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from preau.activities.models import SessionDay
from preau.attendance.enums import CertificateState, Presence
from preau.attendance.models import CheckIn, MedicalCertificate
from preau.booking.enums import CancelKind, Status
from preau.booking.models import Booking
from preau.families.models import Child
from preau.org.models import Centre


def certificates_for_staff(centres: QuerySet[Centre]) -> QuerySet[MedicalCertificate]:
    """Certificates of children who are, or were, enrolled in one of these centres."""
    enrolled = Child.objects.filter(enrolments__centre__in=centres.values("pk"))
    return MedicalCertificate.objects.filter(child__in=enrolled.values("pk")).select_related(
        "child", "family", "decided_by"
    )


def certificates_to_treat(centres: QuerySet[Centre]) -> QuerySet[MedicalCertificate]:
    """Those that wait, the oldest first."""
    return certificates_for_staff(centres).filter(state=CertificateState.SENT).order_by("sent_at")


def days_of_certificate(
    certificate: MedicalCertificate, centres: QuerySet[Centre]
) -> list[SessionDay]:
    """What accepting it would excuse in these centres: days booked, with what the register says."""
    lines = Booking.objects.filter(
        Q(status=Status.ACCEPTED) | Q(status=Status.CANCELLED, cancelled_as=CancelKind.LATE),
        child=certificate.child_id,
        on__range=(certificate.starts_on, certificate.ends_on),
        session_day__centre__in=centres.values("pk"),
    )
    seen = Prefetch(
        "check_ins",
        CheckIn.objects.filter(child=certificate.child_id, state=Presence.PRESENT),
        to_attr="seen_present",
    )
    days = SessionDay.objects.filter(pk__in=lines.values("session_day")).order_by("on")
    return list(days.select_related("centre").prefetch_related(seen))
