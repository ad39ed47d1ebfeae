"""Everything held about a family, part by part, for the family itself.

`PARTS` names each table, `LEFT_OUT` those that are not given and why: a test compares them with
the tables there are, so that a new one cannot be forgotten. Nothing of another household of a
shared child, no decision that is not told yet, and of another adult the name alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Model, Q, QuerySet

from preau.attendance.models import CheckIn, ExcusedAbsence, MedicalCertificate
from preau.billing.models import (
    Attestation,
    Charge,
    LedgerEntry,
    Paper,
    PaperLine,
    Payment,
    Refund,
)
from preau.booking.models import Booking, BookingRequest, CalendarFeed
from preau.core import clock
from preau.core.models import AuditEvent, Session, User
from preau.families.models import (
    BookingBlock,
    Child,
    Custody,
    Enrolment,
    Family,
    FamilyQuotient,
    Guardian,
    Guardianship,
    PickupPerson,
    Proposal,
)
from preau.messaging.models import Mail
from preau.payments.models import (
    Instalment,
    InstalmentPlan,
    PaymentAttempt,
    Reminder,
    ReminderPause,
)
from preau.privacy.models import ErasureRequest
from preau.publications.models import Reading

Value = str | int | bool | None


@dataclass(frozen=True, kw_only=True)
class Part:
    """A table of what is held: its title, then a mapping of labels to values for each row."""

    title: str
    rows: list[dict[str, Value]]


@dataclass(frozen=True, kw_only=True)
class Spec:
    """Where a part comes from. `columns`: labels, and the attributes they read ("child",
    "session_day.centre"). `of`: the lookup of the family; a function of family and reader instead
    where the rows are the reader's own."""

    title: str
    model: type[Model]
    of: str | Callable[[Family, User], QuerySet[Any]]
    columns: dict[str, str]
    related: tuple[str, ...] = field(default=())

    def read(self, family: Family, reader: User) -> Part:
        """The rows of this part."""
        if isinstance(self.of, str):
            rows = self.model._default_manager.filter(**{self.of: family.pk})  # noqa: SLF001
        else:
            rows = self.of(family, reader)
        if self.related:
            rows = rows.select_related(*self.related)
        rows = rows.order_by("pk").distinct()
        found = [{label: _value(row, path) for label, path in self.columns.items()} for row in rows]
        return Part(title=self.title, rows=found)


def _value(row: Any, path: str) -> Value:
    *way, last = path.split(".")
    for name in way:
        row = getattr(row, name, None)
    shown = getattr(row, f"get_{last}_display", None)
    value = shown() if shown else getattr(row, last, None)
    if isinstance(value, datetime):
        return value.astimezone(clock.PARIS).isoformat(timespec="minutes")
    if isinstance(value, date | Decimal):
        return str(value)
    return value if value is None or isinstance(value, int) else str(value)


def _excused(family: Family) -> QuerySet[ExcusedAbsence]:
    """Those of this household: by its certificate, or on a day that it had booked."""
    booked = Q(
        certificate=None,
        child__bookings__request__family=family,
        child__bookings__session_day=F("session_day"),
    )
    return ExcusedAbsence.objects.filter(Q(certificate__family=family) | booked)


PARTS = (
    Spec(
        title="Famille",
        model=Family,
        of="pk",
        columns={
            "nom": "name",
            "numéro": "number",
            "commune": "town",
            "parents en activité": "parents_work",
        },
    ),
    Spec(
        title="Vous",
        model=Guardian,
        of=lambda _, reader: Guardian.objects.filter(user=reader),
        columns={
            "prénom": "first_name",
            "nom": "last_name",
            "courriel": "email",
            "téléphone": "phone",
        },
    ),
    Spec(
        title="Responsables de la famille",
        model=Guardianship,
        of="family",
        columns={"nom": "guardian", "reçoit les courriels": "is_contact"},
        related=("guardian",),
    ),
    Spec(
        title="Votre accès",
        model=User,
        of=lambda _, reader: User.objects.filter(pk=reader.pk),
        columns={
            "identifiant": "username",
            "courriel": "email",
            "créé le": "created_at",
            "dernière connexion": "last_login",
        },
    ),
    Spec(
        title="Vos sessions",
        model=Session,
        of=lambda _, reader: Session.objects.filter(user=reader),
        columns={"ouverte": "opened_at", "depuis": "address", "navigateur": "browser"},
    ),
    Spec(
        title="Vos connexions et vos actions",
        model=AuditEvent,
        of=lambda _, reader: AuditEvent.objects.filter(actor=reader),
        columns={"le": "at", "quoi": "act", "sur": "object_name", "depuis": "address"},
    ),
    Spec(
        title="Courriels à votre adresse",
        model=Mail,
        of=lambda _, reader: Mail.objects.filter(to__iexact=reader.email).exclude(to=""),
        columns={"écrit le": "created_at", "objet": "subject", "parti le": "sent_at"},
    ),
    Spec(
        title="Enfants",
        model=Child,
        of="families",
        columns={
            "prénom": "first_name",
            "nom": "last_name",
            "naissance": "birth_date",
            "classe": "school_level",
        },
    ),
    Spec(
        title="Départ de l’enfant",
        model=Custody,
        of="family",
        columns={"enfant": "child", "part seul à": "leaves_alone_at"},
        related=("child",),
    ),
    Spec(
        title="Personnes autorisées",
        model=PickupPerson,
        of="custody__family",
        columns={
            "enfant": "custody.child",
            "nom": "name",
            "lien": "relation",
            "téléphone": "phone",
        },
        related=("custody__child",),
    ),
    Spec(
        title="Changements proposés",
        model=Proposal,
        of="custody__family",
        columns={
            "enfant": "custody.child",
            "quoi": "kind",
            "souhait": "wanted",
            "état": "state",
            "demandé le": "asked_at",
            "motif": "reason",
        },
        related=("custody__child",),
    ),
    Spec(
        title="Inscriptions",
        model=Enrolment,
        of="child__families",
        columns={"enfant": "child", "centre": "centre", "du": "starts_on", "au": "ends_on"},
        related=("child", "centre"),
    ),
    Spec(
        title="Quotients familiaux",
        model=FamilyQuotient,
        of="family",
        columns={
            "quotient": "value",
            "régime": "scheme",
            "du": "valid_from",
            "au": "valid_to",
            "justificatif": "evidence",
        },
    ),
    Spec(
        title="Blocages",
        model=BookingBlock,
        of="family",
        columns={"motif": "kind", "explication": "reason", "depuis": "since", "levé": "lifted_at"},
    ),
    Spec(
        title="Demandes",
        model=BookingRequest,
        of="family",
        columns={"période": "period", "canal": "channel", "envoyée le": "submitted_at"},
        related=("period",),
    ),
    Spec(
        title="Réservations",
        model=Booking,
        of="request__family",
        columns={
            "enfant": "child",
            "date": "on",
            "centre": "session_day.centre",
            "tranche": "slot",
            "sortie": "outing",
            "statut": "status",
            "demandée le": "asked_at",
            "réponse le": "told_at",
        },
        related=("child", "session_day__centre", "outing"),
    ),
    Spec(
        title="Agenda privé",
        model=CalendarFeed,
        of=lambda family, reader: CalendarFeed.objects.filter(family=family, user=reader),
        columns={"créé le": "made_at", "arrêté le": "revoked_at"},
    ),
    Spec(
        title="Présences",
        model=CheckIn,
        of="family",
        columns={
            "enfant": "child",
            "date": "session_day.on",
            "état": "state",
            "arrivée": "arrived_at",
            "départ": "left_at",
        },
        related=("child", "session_day"),
    ),
    Spec(
        title="Certificats",
        model=MedicalCertificate,
        of="family",
        columns={
            "enfant": "child",
            "du": "starts_on",
            "au": "ends_on",
            "envoyé le": "sent_at",
            "état": "state",
            "motif": "reason",
        },
        related=("child",),
    ),
    Spec(
        title="Absences justifiées",
        model=ExcusedAbsence,
        of=lambda family, _: _excused(family),
        columns={"enfant": "child", "date": "session_day.on", "le": "excused_at"},
        related=("child", "session_day"),
    ),
    Spec(
        title="Factures et avoirs",
        model=Paper,
        of="family",
        columns={"numéro": "number", "date": "issued_on", "échéance": "due_on", "total": "total"},
    ),
    Spec(
        title="Lignes des factures et avoirs",
        model=PaperLine,
        of="family",
        columns={
            "pièce": "paper.number",
            "date": "on",
            "enfant": "child",
            "libellé": "wording",
            "montant": "amount",
        },
        related=("paper", "child"),
    ),
    Spec(
        title="Lignes ajoutées à facturer",
        model=Charge,
        of="family",
        columns={"date": "on", "libellé": "wording", "montant": "amount"},
    ),
    Spec(
        title="Règlements",
        model=Payment,
        of="family",
        columns={
            "reçu": "receipt",
            "date": "paid_on",
            "moyen": "means",
            "montant": "amount",
            "émetteur": "drawer",
            "banque": "bank",
            "référence": "reference",
        },
    ),
    Spec(
        title="Compte",
        model=LedgerEntry,
        of="family",
        columns={"date": "on", "libellé": "wording", "débit": "debit", "crédit": "credit"},
    ),
    Spec(
        title="Rappels",
        model=Reminder,
        of="family",
        columns={
            "envoyé le": "batch.sent_at",
            "échu": "overdue",
            "depuis le": "since",
            "par courrier": "by_letter",
        },
        related=("batch",),
    ),
    Spec(
        title="Rappels suspendus",
        model=ReminderPause,
        of="family",
        columns={"décidé le": "made_at", "jusqu’au": "until", "motif": "reason"},
    ),
    Spec(
        title="Remboursements",
        model=Refund,
        of="family",
        columns={"montant": "amount", "motif": "reason", "état": "state", "demandé le": "asked_at"},
    ),
    Spec(
        title="Attestations",
        model=Attestation,
        of="family",
        columns={"année": "year", "établie le": "issued_on", "retenu": "retained"},
    ),
    Spec(
        title="Paiements par carte commencés",
        model=PaymentAttempt,
        of="family",
        columns={
            "référence": "reference",
            "montant": "amount",
            "commencé le": "started_at",
            "état": "state",
        },
    ),
    Spec(
        title="Échéanciers",
        model=InstalmentPlan,
        of="family",
        columns={"convenu le": "made_at", "terminé le": "ended_at"},
    ),
    Spec(
        title="Échéances",
        model=Instalment,
        of="plan__family",
        columns={"date": "due_on", "montant": "amount"},
    ),
    Spec(
        title="Imprimés que vous avez ouverts",
        model=Reading,
        of=lambda _, reader: Reading.objects.filter(reader=reader),
        columns={"imprimé": "edition.publication", "le": "at"},
        related=("edition__publication",),
    ),
    Spec(
        title="Effacement demandé",
        model=ErasureRequest,
        of="family",
        columns={"demandé le": "asked_at", "précision": "words", "réponse": "answer"},
    ),
)
LEFT_OUT = {
    "families.HealthSheet": "read and changed on its own page; never in a file (trust.md)",
    "booking.PreparedRequest": "boxes of a page, which the family sees there",
    "booking.BookingEvent": "the history of each request, on its page; holds answers not told yet",
    "attendance.AttendanceTouch": "gestures of a tablet, whose result is `CheckIn`",
    "billing.PaperFile": "the PDF of each paper, on the account's page",
    "billing.Allocation": "how payments meet invoices, on the account's page",
    "billing.DepositedCheque": "on which slip a payment went to the bank",
    "billing.Draft": "an invoice in preparation: not said yet",
    "payments.BankNotification": "the bank's words, sealed; their effect is a payment",
    "payments.BankTransaction": "the bank's name of a payment that is given",
}


def held_about(family: Family, *, reader: User) -> list[Part]:
    """Every part that has rows, in one query each, whatever their number."""
    parts = (spec.read(family, reader) for spec in PARTS)
    return [part for part in parts if part.rows]
