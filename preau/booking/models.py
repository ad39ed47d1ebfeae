"""Requests of families, their lines, and the history of each line."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from preau.activities.enums import Slot
from preau.activities.models import Outing, Period, SessionDay
from preau.booking.enums import LIVE, OFFERED, CancelKind, Channel, Decision, Status
from preau.booking.states import STATUS_CHANGES, Move, State
from preau.core.append_only import append_only
from preau.families.models import Child, Family
from preau.messaging.models import MailBatch
from preau.org.models import AgeGroup

PENDING_ON_LINE = [*Decision.choices, (OFFERED, "place proposée")]


# Those who let an offer pass come last; then the period's priorities; then the time of asking.
TURN = ("passed_over", "standing", "asked_at", "pk")


class Cell(NamedTuple):
    """Something with a number of places: a slot of a day for a group, or an outing for a group."""

    session_day_id: int
    slot: str | None
    outing_id: int | None
    age_group_id: int


class BookingRequest(models.Model):
    """What a family asks for one period. Sending again changes it; lines keep their own time.

    `version` grows with each change by the family, so that an old page cannot undo a newer one.
    """

    family = models.ForeignKey(Family, models.PROTECT, related_name="requests")
    period = models.ForeignKey(Period, models.PROTECT, related_name="requests")
    channel = models.CharField("canal", max_length=8, choices=Channel, default=Channel.PORTAL)
    submitted_at = models.DateTimeField("envoyée le")
    version = models.PositiveIntegerField(default=1)
    together = models.BooleanField("fratrie : ensemble ou pas du tout", default=False)

    class Meta:
        verbose_name = "demande"
        constraints = [
            models.UniqueConstraint(fields=["family", "period"], name="request_one_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.family}, {self.period}"


class PreparedRequest(models.Model):
    """What a family composed before the window opens (B1): boxes only, no place and no rank."""

    family = models.ForeignKey(Family, models.CASCADE, related_name="prepared_requests")
    period = models.ForeignKey(Period, models.CASCADE, related_name="prepared_requests")
    boxes = models.JSONField("cases")
    saved_at = models.DateTimeField("enregistrée le")

    class Meta:
        verbose_name = "demande préparée"
        constraints = [
            models.UniqueConstraint(fields=["family", "period"], name="prepared_once_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.family}, {self.period} (préparée)"


class Booking(models.Model):
    """One line: a child, a day, and either a slot or an outing.

    Those who wait are served in the order of `TURN`. `standing` is 0 where the period has no
    priorities, or where the line meets them all (see `priority.py`). `keeps_day`, of an outing's
    line: without the outing, the family still wants the day.

    `on` repeats the day's date (a composite key keeps them equal) so that the database can refuse
    the same child twice on one date and slot, whatever the centres and households.
    """

    # Each line written costs its indexes and its references: those that another one covers are
    # left out (the composite keys of migration 0002, the index on the request and the time).
    request = models.ForeignKey(
        BookingRequest, models.PROTECT, related_name="lines", db_index=False
    )
    child = models.ForeignKey(Child, models.PROTECT, related_name="bookings")
    session_day = models.ForeignKey(
        SessionDay, models.PROTECT, related_name="bookings", db_constraint=False
    )
    on = models.DateField("date")
    slot = models.CharField("tranche", max_length=10, choices=Slot, null=True)  # noqa: DJ001 - no slot is not an empty slot
    outing = models.ForeignKey(
        Outing,
        models.PROTECT,
        related_name="bookings",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    age_group = models.ForeignKey(AgeGroup, models.PROTECT, related_name="bookings", db_index=False)
    status = models.CharField("statut", max_length=10, choices=Status, default=Status.PENDING)
    draft = models.CharField("en préparation", max_length=10, choices=PENDING_ON_LINE, blank=True)
    reason = models.CharField("motif", max_length=200, blank=True)
    offered_until = models.DateTimeField("place proposée jusqu’au", null=True)
    late = models.BooleanField("demandée hors délai", default=False)
    passed_over = models.BooleanField("n’a pas confirmé à temps", default=False)
    standing = models.PositiveSmallIntegerField("rang de priorité", default=0)
    keeps_day = models.BooleanField("sans la sortie, garder la journée", default=True)
    cancelled_as = models.CharField("annulation", max_length=10, choices=CancelKind, blank=True)
    asked_at = models.DateTimeField("demandée le")
    told_at = models.DateTimeField("réponse envoyée le", null=True)
    version = models.PositiveIntegerField(default=1)
    holds_place = models.GeneratedField(
        expression=models.Case(
            models.When(
                Q(status=Status.ACCEPTED) | Q(draft__in=[Decision.ACCEPTED, OFFERED]),
                then=models.Value(True),
            ),
            default=models.Value(False),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "réservation"
        indexes = [
            models.Index(fields=["request", "asked_at"]),
            models.Index(
                fields=["session_day", "slot", "age_group"],
                condition=Q(holds_place=True),
                name="booking_places_held",
            ),
            models.Index(
                fields=["outing"], condition=Q(outing__isnull=False), name="booking_of_an_outing"
            ),
            models.Index(
                fields=["offered_until"], condition=Q(draft=OFFERED), name="booking_offers_to_end"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(slot__isnull=False, slot__in=Slot.values, outing__isnull=True)
                | Q(slot__isnull=True, outing__isnull=False),
                name="booking_is_a_slot_or_an_outing",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="booking_has_a_known_status"
            ),
            models.CheckConstraint(
                condition=Q(draft="")
                | Q(draft__in=Decision.values, status=Status.PENDING)
                | Q(draft=OFFERED, status=Status.WAITLISTED),
                name="booking_draft_only_while_untold",
            ),
            models.CheckConstraint(
                condition=Q(draft=OFFERED, offered_until__isnull=False)
                | (~Q(draft=OFFERED) & Q(offered_until__isnull=True)),
                name="booking_offer_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CANCELLED, cancelled_as__in=CancelKind.values)
                | (~Q(status=Status.CANCELLED) & Q(cancelled_as="")),
                name="booking_cancelled_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.PENDING, Status.CANCELLED], told_at__isnull=True)
                | Q(
                    status__in=[
                        Status.ACCEPTED,
                        Status.WAITLISTED,
                        Status.REFUSED,
                        Status.CANCELLED,
                    ],
                    told_at__isnull=False,
                ),
                name="booking_answered_means_told",
            ),
            models.UniqueConstraint(
                fields=["child", "on", "slot"],
                condition=Q(status__in=LIVE, slot__isnull=False),
                name="booking_child_once_a_slot",
            ),
            models.UniqueConstraint(
                fields=["child", "outing"],
                condition=Q(status__in=LIVE, outing__isnull=False),
                name="booking_child_once_an_outing",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="booking_moves_by_the_table", field="status", transitions=STATUS_CHANGES
            )
        ]

    def __str__(self) -> str:
        return f"{self.child}, {self.on:%d/%m/%Y} {self.what}"

    @property
    def state(self) -> State:
        """Where the line stands in the table of `states.py`."""
        drafted = self.draft in Decision.values
        return State(Status(self.status), Decision(self.draft) if drafted else self.draft)

    @property
    def turn(self) -> tuple[bool, int, datetime, int]:
        """Who comes first, as `TURN` sorts in the database."""
        return (self.passed_over, self.standing, self.asked_at, self.pk)

    @property
    def what(self) -> str:
        """The slot in words, or "sortie"."""
        return Slot(self.slot).label if self.slot else "sortie"

    @property
    def cell(self) -> Cell:
        """What this line takes a place of."""
        return Cell(self.session_day_id, self.slot, self.outing_id, self.age_group_id)


class BookingEvent(models.Model):
    """One thing that happened to a line. Never changed, never deleted: the database refuses it."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False)
    move = models.CharField(max_length=12, choices=[(move.value, move.value) for move in Move])
    status = models.CharField(max_length=10, choices=Status)
    draft = models.CharField(max_length=10, choices=PENDING_ON_LINE, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "événement d’une réservation"
        ordering = ["at", "pk"]
        triggers = append_only("booking_event")

    def __str__(self) -> str:
        return f"{self.move} {self.at:%d/%m/%Y %H:%M}"


class CalendarFeed(models.Model):
    """A private address that gives a family's accepted days to one guardian's calendar (B9).

    `digest` is the SHA-256 of the key in the address: who reads the database cannot read the feed.
    """

    family = models.ForeignKey(Family, models.CASCADE, related_name="feeds")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField("créé le")
    revoked_at = models.DateTimeField("arrêté le", null=True)

    class Meta:
        verbose_name = "calendrier privé"
        constraints = [
            models.UniqueConstraint(
                fields=["family", "user"],
                condition=Q(revoked_at__isnull=True),
                name="feed_one_a_guardian",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family}, {self.user}"


class Sending(models.Model):
    """One "Valider et prévenir les familles": who did it, when, and the mails that left."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="sendings")
    sent_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    families = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    without_mail = models.PositiveIntegerField()
    mails = models.OneToOneField(MailBatch, models.PROTECT, related_name="sending")

    class Meta:
        verbose_name = "envoi des réponses"
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.period}, {self.sent_at:%d/%m/%Y %H:%M}"
