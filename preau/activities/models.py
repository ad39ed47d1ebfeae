"""Periods, their days and places, and outings: what can be asked for."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from preau.activities import deadlines
from preau.activities.enums import (
    Audience,
    BookingMode,
    LatePolicy,
    PeriodKind,
    Priority,
    Slot,
    StaffRule,
)
from preau.core.append_only import append_only
from preau.org.models import AgeGroup, Centre


def _holiday_deadline() -> dict[str, object]:
    return deadlines.HOLIDAY_DEFAULT.as_json()


class Period(models.Model):
    """A block of days of one centre, with the window in which families may ask.

    `closes_at` is the first refused instant. The deadlines are rules (`docs/regles.md`) computed
    for each day; the window and the day's deadline must both still be open. Without a rule of its
    own, adding to a day already asked for follows the booking deadline.
    """

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="periods")
    kind = models.CharField("type", max_length=12, choices=PeriodKind)
    name = models.CharField("nom", max_length=120)
    starts_on = models.DateField("premier jour")
    ends_on = models.DateField("dernier jour")
    opens_at = models.DateTimeField("ouverture des demandes")
    closes_at = models.DateTimeField("premier instant refusé")
    booking_deadline = models.JSONField("date limite pour demander", default=_holiday_deadline)
    change_deadline = models.JSONField("date limite pour changer", null=True, blank=True)
    cancel_deadline = models.JSONField("date limite pour annuler", default=_holiday_deadline)
    shows_places = models.BooleanField("montrer les places restantes", default=True)
    published = models.BooleanField("visible des familles", default=False)
    mode = models.CharField(
        "décision", max_length=10, choices=BookingMode, default=BookingMode.REVIEWED
    )
    offers_places = models.BooleanField("proposer de lui-même les places libérées", default=False)
    confirm_hours = models.PositiveSmallIntegerField("heures pour confirmer une place", default=24)
    late_policy = models.CharField(
        "après la date limite", max_length=10, choices=LatePolicy, default=LatePolicy.REFUSE
    )
    min_days_a_week = models.PositiveSmallIntegerField("jours au moins par semaine", default=0)
    min_days_short_week = models.PositiveSmallIntegerField(
        "jours au moins une semaine avec un jour fermé", null=True, blank=True
    )
    whole_weeks_only = models.BooleanField("semaines entières seulement", default=False)
    staff_rule = models.CharField(
        "encadrement", max_length=12, choices=StaffRule, default=StaffRule.HOLIDAYS
    )
    priorities = ArrayField(
        models.CharField(max_length=12, choices=Priority),
        verbose_name="priorités, dans l’ordre",
        default=list,
        blank=True,
    )
    regular_days = models.PositiveSmallIntegerField(
        "jours de présence dans l’année pour une venue régulière", default=10
    )
    allows_withdrawal = models.BooleanField(
        "les familles annulent elles-mêmes jusqu’à la date limite", default=False
    )

    class Meta:
        verbose_name = "période"
        ordering = ["starts_on", "pk"]
        indexes = [models.Index(fields=["centre", "ends_on"])]
        constraints = [
            models.UniqueConstraint(fields=["centre", "name"], name="period_named_once"),
            # Target of the composite key that keeps a day in its own centre.
            models.UniqueConstraint(fields=["id", "centre"], name="period_with_its_centre"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="period_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="period_window_opens_before_closing"
            ),
            models.CheckConstraint(
                condition=Q(min_days_a_week__lte=7), name="period_asks_at_most_a_week"
            ),
            models.CheckConstraint(
                condition=Q(confirm_hours__gte=1), name="period_leaves_time_to_confirm"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def decides_itself(self) -> bool:
        """Whether places are given in order of arrival, at once (B4)."""
        return self.mode == BookingMode.FIRST_COME


class EarlyOpening(models.Model):
    """The window opens earlier for some families (residents, siblings) or for whole weeks."""

    period = models.ForeignKey(Period, models.CASCADE, related_name="early_openings")
    audience = models.CharField("pour", max_length=12, choices=Audience)
    opens_at = models.DateTimeField("ouverture")

    class Meta:
        verbose_name = "ouverture anticipée"
        constraints = [
            models.UniqueConstraint(fields=["period", "audience"], name="early_opening_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period}, {self.get_audience_display()}"


class SessionDay(models.Model):
    """One date of a period. `closed_because` is empty when the centre is open that day."""

    period = models.ForeignKey(Period, models.CASCADE, related_name="days")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="session_days")
    on = models.DateField("date")
    closed_because = models.CharField("fermé : motif", max_length=120, blank=True)

    class Meta:
        verbose_name = "journée"
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "on"], name="session_day_once_a_centre"),
            # Target of the composite key that keeps a booking on its day's date.
            models.UniqueConstraint(fields=["id", "on"], name="session_day_with_its_date"),
        ]

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y}"


class Places(models.Model):
    """How many children of a group a slot of a day can take. No row: the slot is not offered."""

    session_day = models.ForeignKey(SessionDay, models.CASCADE, related_name="places")
    slot = models.CharField("tranche", max_length=10, choices=Slot)
    age_group = models.ForeignKey(AgeGroup, models.PROTECT, related_name="places")
    capacity = models.PositiveSmallIntegerField("places")

    class Meta:
        verbose_name = "places"
        constraints = [
            models.UniqueConstraint(
                fields=["session_day", "slot", "age_group"], name="places_once_a_slot_and_group"
            ),
            models.CheckConstraint(condition=Q(slot__in=Slot.values), name="places_of_a_real_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.session_day} {self.get_slot_display()} : {self.capacity}"


class Outing(models.Model):
    """An outing of one day. It takes slots of the day, and may ask for n days in the week.

    Without a deadline of its own it may be asked for as long as its day.
    """

    session_day = models.ForeignKey(SessionDay, models.CASCADE, related_name="outings")
    title = models.CharField("titre", max_length=120)
    description = models.TextField("description", blank=True)
    leaves_at = models.TimeField("départ")
    returns_at = models.TimeField("retour")
    price = models.DecimalField("prix", max_digits=8, decimal_places=2)
    min_days_in_week = models.PositiveSmallIntegerField("jours requis dans la semaine", default=0)
    slots = ArrayField(models.CharField(max_length=10, choices=Slot), verbose_name="tranches")
    booking_deadline = models.JSONField("date limite pour la demander", null=True, blank=True)

    class Meta:
        verbose_name = "sortie"
        ordering = ["session_day", "leaves_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="outing_price_not_negative"),
            models.CheckConstraint(
                condition=Q(returns_at__gt=F("leaves_at")), name="outing_returns_after_leaving"
            ),
            models.CheckConstraint(condition=Q(slots__len__gt=0), name="outing_takes_a_slot"),
            models.CheckConstraint(
                condition=Q(min_days_in_week__lte=7), name="outing_asks_at_most_a_week"
            ),
            models.UniqueConstraint(
                fields=["id", "session_day"], name="outing_with_its_session_day"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OutingPlaces(models.Model):
    """How many children of a group an outing takes. No row: the outing is not for that group."""

    outing = models.ForeignKey(Outing, models.CASCADE, related_name="places")
    age_group = models.ForeignKey(AgeGroup, models.PROTECT, related_name="outing_places")
    capacity = models.PositiveSmallIntegerField("places")

    class Meta:
        verbose_name = "places d’une sortie"
        constraints = [
            models.UniqueConstraint(
                fields=["outing", "age_group"], name="outing_places_once_a_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outing} : {self.capacity}"


class PlanEvent(models.Model):
    """One change of a period, its days, places or outings: who, when, and what in words.

    Never changed, never deleted: the database refuses it.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="plan_events")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    what = models.TextField()

    class Meta:
        verbose_name = "modification d’une période"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["period", "at"])]
        triggers = append_only("plan_event")

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.what}"
