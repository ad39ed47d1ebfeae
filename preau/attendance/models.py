"""The register of each day, the touches it is made of, and the absences that are excused."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from preau.activities.enums import Slot
from preau.activities.models import SessionDay
from preau.attendance.enums import CertificateState, Presence, TouchKind
from preau.core.append_only import append_only
from preau.families.models import Child, Family


class CheckIn(models.Model):
    """What the register says of one child, one day, for one payer. No row: nothing was touched.

    `unbooked` are the slots the child came for without having booked them, chosen by staff; they
    are billed. Each field is the value of its latest touch: never written but by `save_touches`.
    """

    session_day = models.ForeignKey(SessionDay, models.PROTECT, related_name="check_ins")
    child = models.ForeignKey(Child, models.PROTECT, related_name="check_ins")
    family = models.ForeignKey(Family, models.PROTECT, related_name="check_ins")
    state = models.CharField("présence", max_length=10, choices=Presence, blank=True)
    arrived_at = models.TimeField("arrivée", null=True, blank=True)
    left_at = models.TimeField("départ", null=True, blank=True)
    unbooked = ArrayField(
        models.CharField(max_length=10, choices=Slot),
        verbose_name="tranches sans réservation",
        default=list,
        blank=True,
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "pointage"
        constraints = [
            models.UniqueConstraint(
                fields=["session_day", "child", "family"], name="check_in_once_a_day_and_payer"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["", *Presence.values]), name="check_in_has_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(unbooked__contained_by=Slot.values),
                name="check_in_unbooked_of_real_slots",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child}, {self.session_day} : {self.get_state_display() or 'à pointer'}"


class AttendanceTouch(models.Model):
    """One touch of the register, as a tablet made it. Never changed, never deleted.

    `uuid` is made by the tablet, so that a touch sent twice counts once. `touched_at` is the
    tablet's time, set right by the server's clock when its page was loaded, and never after
    `received_at`. By field the latest touch wins, in whatever order they arrive.
    """

    uuid = models.UUIDField(unique=True)
    session_day = models.ForeignKey(SessionDay, models.PROTECT, related_name="+")
    child = models.ForeignKey(Child, models.PROTECT, related_name="+")
    family = models.ForeignKey(Family, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=TouchKind)
    value = models.CharField(max_length=60, blank=True)
    touched_at = models.DateTimeField()
    received_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "geste de pointage"
        indexes = [
            models.Index(
                fields=["session_day", "child", "family", "kind", "touched_at"],
                name="attendance_touch_latest",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=TouchKind.values), name="attendance_touch_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(touched_at__lte=F("received_at")),
                name="attendance_touch_not_from_the_future",
            ),
        ]
        triggers = append_only("attendance_touch")

    def __str__(self) -> str:
        return f"{self.kind} {self.value} {self.touched_at:%d/%m/%Y %H:%M:%S}"


class MedicalCertificate(models.Model):
    """A paper that a family sends to excuse days of a child; the director accepts or refuses it.

    `file` is the name of its cleaned copy in the private storage, `media_type` what it is.
    """

    child = models.ForeignKey(Child, models.PROTECT, related_name="certificates")
    family = models.ForeignKey(Family, models.PROTECT, related_name="certificates")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    file = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    state = models.CharField(
        "état", max_length=10, choices=CertificateState, default=CertificateState.SENT
    )
    reason = models.CharField("motif", max_length=200, blank=True)
    sent_at = models.DateTimeField("envoyé le")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("traité le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "certificat médical"
        ordering = ["-sent_at", "-pk"]
        indexes = [
            models.Index(
                fields=["child"],
                condition=Q(state=CertificateState.SENT),
                name="certificate_to_treat",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="certificate_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=CertificateState.SENT, decided_at__isnull=True, decided_by__isnull=True
                )
                | Q(
                    state__in=[CertificateState.ACCEPTED, CertificateState.REFUSED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="certificate_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=CertificateState.REFUSED) | Q(reason__gt=""),
                name="certificate_refused_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child}, {self.starts_on:%d/%m/%Y} ({self.get_state_display()})"


class ExcusedAbsence(models.Model):
    """A child's absence of one day that is not billed, until it is lifted.

    It comes from an accepted certificate, or from a director with a reason. A day on which the
    register saw the child present is billed all the same: see `queries/billable.py`.
    """

    child = models.ForeignKey(Child, models.PROTECT, related_name="excused_absences")
    session_day = models.ForeignKey(SessionDay, models.PROTECT, related_name="excused_absences")
    certificate = models.ForeignKey(
        MedicalCertificate, models.PROTECT, related_name="absences", null=True, blank=True
    )
    reason = models.CharField("motif", max_length=200)
    excused_at = models.DateTimeField("justifiée le")
    excused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField("levée le", null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = "absence justifiée"
        constraints = [
            models.UniqueConstraint(
                fields=["child", "session_day"],
                condition=Q(lifted_at__isnull=True),
                name="excused_absence_once_a_day",
            ),
            models.CheckConstraint(condition=Q(reason__gt=""), name="excused_absence_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="excused_absence_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child}, {self.session_day} : {self.reason}"
