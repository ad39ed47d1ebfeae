"""Who looks at the site, and the addresses they could type."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from preau.activities.models import Period
from preau.attendance.actions.certificates import send_certificate
from preau.billing.actions.attestations import issue_attestations
from preau.billing.actions.charges import add_charge
from preau.billing.actions.deposits import deposit_cheques
from preau.billing.actions.papers import issue_paper
from preau.billing.actions.payments import record_payment
from preau.billing.actions.runs import prepare_run
from preau.billing.enums import Means, Nature, PaperKind
from preau.billing.lines import Line
from preau.billing.models import Attestation, BillingSettings, Refund
from preau.billing.queries.account import balance_of_family
from preau.booking.models import Sending
from preau.core import clock
from preau.core.models import User
from preau.core.uploads import Cleaned
from preau.families.actions.care import propose
from preau.families.models import ProposalKind
from preau.messaging.actions.queue import queue_mails
from preau.payments.actions.notify import settle, store
from preau.payments.actions.plans import agree_on_plan
from preau.payments.models import CardShop, ReminderBatch
from preau.payments.plans import cut
from preau.privacy.actions.erasure import answer_erasure, ask_erasure
from tests.factories import (
    Cast,
    add_trip,
    ask,
    decide,
    lines_of,
    make_prices,
    open_days,
    sign_in,
    tell,
)
from tests.factories.families import Household
from tests.factories.papers import put_on_line
from tests.payments.kit import begin, done, open_shop, owe, words

ROLES = (
    "nobody",
    "parent of Exemple",
    "parent of Ailleurs",
    "director of Tilleuls",
    "director of Platanes",
    "administrator",
    "accountant",
    "reception of Tilleuls",
    "signed in without any role",
)


def person(cast: Cast, role: str) -> User | None:
    """The account of somebody in that role; `None` for somebody signed out."""
    return {
        "nobody": None,
        "parent of Exemple": cast.exemple.user,
        "parent of Ailleurs": cast.ailleurs.user,
        "director of Tilleuls": cast.camille,
        "director of Platanes": cast.house.dominique,
        "administrator": cast.house.andrea,
        "accountant": cast.house.charlie,
        "reception of Tilleuls": cast.house.lou,
        "signed in without any role": cast.inconnu,
    }[role]


def browser_of(cast: Cast, role: str, *, enforce_csrf_checks: bool = False) -> Client:
    """A browser in which that person is signed in."""
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    user = person(cast, role)
    return sign_in(client, user) if user else client


@dataclass(frozen=True, kw_only=True)
class Objects:
    """Numbers that addresses carry: of Les Tilleuls and Exemple, or Les Platanes and Ailleurs."""

    period: int
    centre: int
    group: int
    member: int
    role: int
    request: int
    sending: int
    family: int
    guardian: int
    erasure: int
    guardianship: tuple[int, int]
    user: int
    child: int
    enrolment: int
    proposal: int
    day: int
    line: int
    outing: int
    paper: int
    payment: int
    plan: int
    reminders: int
    deposit: int
    charge: int
    refund: int
    run: int
    draft: int
    attestation: int
    tariff: int
    attended: tuple[int, int]
    certificate: int
    publication: int
    attempt: str
    trouble: int


def both_sides(cast: Cast) -> dict[str, Objects]:
    """On each side, a request decided in part and a sending that told the other part."""
    return {
        "Tilleuls": _objects(cast, first=True),
        "Platanes": _objects(cast, first=False),
    }


def _objects(cast: Cast, *, first: bool) -> Objects:
    household = cast.exemple if first else cast.ailleurs
    period = cast.hiver if first else cast.hiver_platanes
    director = cast.camille if first else cast.house.dominique
    days = open_days(period)
    request = ask(household, period, days=days[:1]).request
    decide(director, period, lines_of(household))
    sending: Sending = tell(director, period)
    ask(household, period, days=days[:2])
    return Objects(
        period=period.pk,
        centre=period.centre_id,
        group=period.centre.age_groups.all()[0].pk,
        member=director.pk,
        role=director.staff_roles.all()[0].pk,
        request=request.pk,
        sending=sending.pk,
        family=household.family.pk,
        guardian=household.guardian.pk,
        erasure=_erasure(household),
        guardianship=(household.family.pk, household.guardian.pk),
        user=household.guardian.user_id or 0,
        child=household.child.pk,
        proposal=_proposal(household),
        enrolment=household.child.enrolments.get().pk,
        day=days[3].pk,
        line=lines_of(household)[0].pk,
        outing=add_trip(days[4], title="Ferme").pk,
        attended=(days[0].pk, household.child.pk),
        certificate=_certificate(household, days[0].on),
        publication=put_on_line(director, period.centre).pk,
        **_money(director, household, period),
        **_card(household),
        **_arranged(director, household),
        tariff=make_prices(period.centre, f"Prix de {period.centre}").pk,
    )


def _proposal(household: Household) -> int:
    assert household.user
    return propose(
        actor=household.user,
        custody=household.child.custodies.get(family=household.family),
        kind=ProposalKind.ALONE,
        wanted={"value": "17:30"},
    ).pk


def _erasure(household: Household) -> int:
    """A request that was answered: the family may ask again."""
    assert household.user
    asked = ask_erasure(actor=household.user, family=household.family, words="")
    return answer_erasure(actor=household.user, request=asked, answer="vu").pk


def _certificate(household: Household, on: date) -> int:
    assert household.user
    return send_certificate(
        actor=household.user,
        family=household.family,
        child=household.child,
        starts_on=on,
        ends_on=on,
        paper=Cleaned(content=b"%PDF-", extension=".pdf", media_type="application/pdf"),
    ).pk


def _money(director: User, household: Household, period: Period) -> dict[str, Any]:
    """An invoice, a payment, a line to bill and a run that waits."""
    charge = add_charge(
        actor=director,
        family=household.family,
        child=None,
        centre=period.centre,
        on=clock.today(),
        wording="Adhésion",
        nature=Nature.MEMBERSHIP,
        amount=Decimal(12),
    )
    month = clock.today().replace(day=1)
    run = prepare_run(actor=director, centres=[period.centre], month=month)
    line = Line(
        centre_id=period.centre_id,
        on=clock.today(),
        wording="Journée",
        service="day",
        nature=Nature.CARE,
        amount=Decimal(20),
    )
    with transaction.atomic():
        paper = issue_paper(
            actor=director,
            family=household.family,
            kind=PaperKind.INVOICE,
            lines=[line],
            title="Décembre 2026",
        )
    payment = record_payment(
        actor=director,
        family=household.family,
        means=Means.CASH,
        amount=Decimal(5),
        paid_on=clock.today() - timedelta(days=30),
        form_key=uuid.uuid4(),
    )
    refund = Refund.objects.create(
        family=household.family,
        amount=Decimal(1),
        reason="trop versé",
        asked_at=clock.now(),
        asked_by=director,
    )
    BillingSettings.objects.get_or_create(pk=1, attestation_month=1, attestation_day=1)
    with clock.pinned(clock.now() - timedelta(days=9)):
        issue_attestations(actor=director, families=[household.family], year=2026)
    attestation = Attestation.objects.get(family=household.family)
    return {
        "paper": paper.pk,
        "payment": payment.pk,
        "charge": charge.pk,
        "refund": refund.pk,
        "run": run.pk,
        "draft": run.drafts.get().pk,
        "attestation": attestation.pk,
    }


def _arranged(director: User, household: Household) -> dict[str, Any]:
    """A cheque on its slip, and the rest of what is due in two parts."""
    cheque = record_payment(
        actor=director,
        family=household.family,
        means=Means.CHEQUE,
        amount=Decimal(1),
        paid_on=clock.today(),
        form_key=uuid.uuid4(),
        reference="0000042",
    )
    own = type(household.family).objects.filter(pk=household.family.pk)
    deposit = deposit_cheques(actor=director, families=own, cheques=[cheque.pk])
    parts = cut(balance_of_family(household.family), count=2, first=clock.today())
    plan = agree_on_plan(actor=director, family=household.family, parts=parts)
    with transaction.atomic():
        mails = queue_mails(purpose="rappels", drafts=[])
    batch = ReminderBatch.objects.create(
        sent_at=clock.now() - timedelta(days=60), sent_by=director, mails=mails
    )
    batch.reminders.create(
        family=household.family, overdue=Decimal(1), since=clock.today(), by_letter=True
    )
    return {"deposit": deposit.pk, "plan": plan.pk, "reminders": batch.pk}


def _card(household: Household) -> dict[str, Any]:
    """A payment that left for the bank, and forged words about it."""
    if not CardShop.objects.exists():
        open_shop()
    owe(household.family)
    attempt = begin(household)
    kept = store(attempt.shop, words(attempt, done(attempt), key="another key"))
    assert kept
    settle(kept)
    return {"attempt": attempt.reference, "trouble": kept}


def every_address() -> Iterator[str]:
    """The name of every address of the site, from the URLconf itself."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                space = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from walk(pattern, prefix + space)
            else:
                assert isinstance(pattern, URLPattern)
                yield f"{prefix}{pattern.name or pattern.pattern}"

    yield from walk(get_resolver(), "")
