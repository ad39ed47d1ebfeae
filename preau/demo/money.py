"""A year of invoices and payments of the demonstration, by the real actions at their own time.

One family owes 36.07, one 29.99, one exactly 30.00, and one is in credit: its refund waits for a
second person.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from preau.activities.actions.plan import create_period
from preau.activities.deadlines import WEDNESDAY_DEFAULT, first_refused
from preau.activities.enums import PeriodKind, Slot
from preau.activities.models import Period, SessionDay
from preau.activities.school_calendar import public_holidays, school_wednesdays
from preau.billing.actions.attestations import issue_attestations
from preau.billing.actions.deposits import deposit_cheques
from preau.billing.actions.papers import issue_paper
from preau.billing.actions.payments import record_payment
from preau.billing.actions.refunds import ask_refund
from preau.billing.actions.runs import (
    fingerprint_of_run,
    issue_drafts,
    prepare_run,
    start_issuing,
)
from preau.billing.enums import Means, Nature, PaperKind
from preau.billing.lines import Line
from preau.billing.models import BillingSettings, Paper
from preau.billing.queries.account import balance_of_family
from preau.billing.queries.deposits import cheques_to_deposit
from preau.billing.queries.vouchers import most_by_cesu
from preau.booking.actions.decide import decide_lines
from preau.booking.actions.submit import submit_request
from preau.booking.actions.tell import readiness_of_period, validate_decisions
from preau.booking.enums import Decision
from preau.booking.models import Booking
from preau.booking.queries.offer import offer_to_family
from preau.core import clock
from preau.core.models import User
from preau.demo.periods import at, capacities_of, wednesdays_name
from preau.families.models import Family
from preau.org.models import Centre
from preau.payments.actions.plans import agree_on_plan
from preau.payments.plans import cut

# Families of the first numbers, each with what it owes today, in euros.
BALANCES = {1: Decimal("36.07"), 2: Decimal("29.99"), 3: Decimal("30.00"), 4: Decimal("-12.50")}
_REGULARS = 20
_BLOCKS = 3


def make_settings() -> None:
    """What papers print; no number of it exists."""
    BillingSettings.objects.create(
        pk=1,
        siret="00000000000000",
        address="1 place de l’Exemple\n31000 Exempleville",
        mentions="Association exemple, organisme imaginaire",
        signatory="Charlie Exemple, comptable",
    )


def past_blocks(today: date) -> list[list[date]]:
    """Wednesdays of care that are over, between two holidays each: one block of last autumn, the
    two newest besides.

    Whatever the day, some were in the calendar year before: its attestations have what to say.
    """
    autumn = date(today.year - 1, 9, 1)
    blocks: list[list[date]] = []
    for day in school_wednesdays("C", autumn, today - timedelta(days=71)):
        if not blocks or (day - blocks[-1][-1]).days > 7:
            blocks.append([])
        blocks[-1].append(day)
    whole = [block for block in blocks if len(block) > 3]
    return whole[:1] + whole[1:][-(_BLOCKS - 1) :]


def make_past_wednesdays(centre: Centre, director: User, dice: random.Random) -> None:
    """Wednesdays since last autumn, asked by the regular families and answered."""
    for block in past_blocks(clock.today()):
        period = _past_period(centre, block)
        for family in Family.objects.filter(children__enrolments__centre=centre).distinct():
            if family.number <= _REGULARS:
                _ask(family, period, dice)
        _answer(period, director)


def _past_period(centre: Centre, block: list[date]) -> Period:
    rule = WEDNESDAY_DEFAULT.as_json()
    closes = first_refused(WEDNESDAY_DEFAULT, day=block[-1], period_start=block[0])
    return create_period(
        centre=centre,
        kind=PeriodKind.WEDNESDAYS,
        name=wednesdays_name(block),
        days=block,
        closed=public_holidays(block[0], block[-1]),
        window=(at(block[0] - timedelta(days=40)), closes),
        deadlines=(rule, rule),
        capacities=capacities_of(centre),
    )


def _ask(family: Family, period: Period, dice: random.Random) -> None:
    when = period.opens_at + timedelta(minutes=dice.randrange(5, 600))
    offer = offer_to_family(family, period, now=when)
    slots = dice.choice([set(Slot), set(Slot), {Slot.MIDDAY, Slot.AFTERNOON}])
    asked = set(offer.offered) - offer.elsewhere
    wishes = {wish for wish in asked if wish.slot in slots}
    if wishes:
        with clock.pinned(when):
            submit_request(actor=None, family=family, period=period, wishes=wishes, seen_version=0)


def _answer(period: Period, director: User) -> None:
    lines = Booking.objects.filter(request__period=period).values_list("pk", "version")
    with clock.pinned(period.opens_at + timedelta(days=7)):
        decide_lines(actor=director, period=period, seen=dict(lines), decision=Decision.ACCEPTED)
        ready = readiness_of_period(period)
        validate_decisions(actor=director, period=period, fingerprint=ready.fingerprint)


def make_accounts(centre: Centre, accountant: User, dice: random.Random) -> None:
    """Every finished month invoiced on the 2nd of the next, most invoices paid within weeks."""
    for month in _months(centre):
        invoiced = at(_next(month) + timedelta(days=1), 10)
        with clock.pinned(invoiced):
            run = prepare_run(actor=accountant, centres=[centre], month=month)
            start_issuing(run=run, fingerprint=fingerprint_of_run(run))
            issue_drafts(run_id=run.pk)
        _pay(Paper.objects.filter(draft__run=run, kind=PaperKind.INVOICE), accountant, dice)
    _arrange(accountant)
    for number, balance in BALANCES.items():
        _settle_to(Family.objects.get(number=number), balance, centre, accountant)
    in_credit = Family.objects.get(number=4)
    with clock.pinned(at(clock.today() - timedelta(days=1), 16)):
        ask_refund(
            actor=accountant,
            family=in_credit,
            amount=-BALANCES[in_credit.number],
            reason="la famille déménage et demande son solde",
        )
    year = clock.today().year - 1
    with clock.pinned(at(date(year + 1, 2, 10), 10)):
        if clock.now() < at(clock.today(), 23):
            issue_attestations(actor=accountant, families=list(Family.objects.all()), year=year)


def _arrange(accountant: User) -> None:
    """Half of the cheques went to the bank; two of the families that owe pay in parts."""
    families = Family.objects.filter(number__gt=max(BALANCES))
    waiting = list(cheques_to_deposit(Family.objects.all()))
    if len(waiting) > 1:
        taken = [each.pk for each in waiting[: len(waiting) // 2]]
        with clock.pinned(at(clock.today() - timedelta(days=8), 15)):
            deposit_cheques(actor=accountant, families=Family.objects.all(), cheques=taken)
    owing = [each for each in families if balance_of_family(each) > Decimal(30)]
    for family, days in zip(owing, (35, 3), strict=False):
        with clock.pinned(at(clock.today() - timedelta(days=days), 9)):
            parts = cut(balance_of_family(family), count=3, first=clock.today())
            agree_on_plan(actor=accountant, family=family, parts=parts)


def _months(centre: Centre) -> list[date]:
    """Finished months in which the centre was open."""
    this_month = clock.today().replace(day=1)
    opened = SessionDay.objects.filter(centre=centre, on__lt=this_month, closed_because="")
    return sorted({on.replace(day=1) for on in opened.values_list("on", flat=True)})


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _pay(papers: Iterable[Paper], accountant: User, dice: random.Random) -> None:
    """Nine in ten pay, two to four weeks later; the last month waits more."""
    for paper in papers:
        paid_on = paper.issued_on + timedelta(days=dice.randrange(3, 30))
        if dice.random() > 0.9 or paid_on > clock.today():
            continue
        means = dice.choice([Means.CHEQUE, Means.TRANSFER, Means.TRANSFER, Means.CESU, Means.CASH])
        reference = f"{dice.randrange(10**6):07d}" if means == Means.CHEQUE else ""
        rest = paper.total
        if means == Means.CESU:
            rest -= _pay_by_cesu(paper, paid_on, accountant)
            means = Means.TRANSFER
        if rest:
            _record(paper.family, rest, paid_on, means, accountant, reference)


def _pay_by_cesu(paper: Paper, on: date, accountant: User) -> Decimal:
    """Pay by CESU what a CESU may settle of an invoice; the amount, in euros."""
    amount = most_by_cesu(paper.family, paper.total, on)
    if amount:
        _record(paper.family, amount, on, Means.CESU, accountant)
    return amount


def _record(
    family: Family,
    amount: Decimal,
    on: date,
    means: Means,
    accountant: User,
    reference: str = "",
) -> None:
    with clock.pinned(at(on, 11)):
        record_payment(
            actor=accountant,
            family=family,
            means=means,
            amount=amount,
            paid_on=on,
            form_key=uuid.uuid4(),
            reference=reference,
        )


def _settle_to(family: Family, wanted: Decimal, centre: Centre, accountant: User) -> None:
    """Bring what a family owes to an amount: by a payment, or by a membership first."""
    yesterday = clock.today() - timedelta(days=1)
    missing = wanted - balance_of_family(family)
    if missing > 0:
        line = Line(
            centre_id=centre.pk,
            on=yesterday,
            wording="Adhésion annuelle (exemple)",
            service="membership",
            nature=Nature.MEMBERSHIP,
            amount=missing,
        )
        with clock.pinned(at(yesterday, 10)), transaction.atomic():
            issue_paper(
                actor=accountant,
                family=family,
                kind=PaperKind.INVOICE,
                lines=[line],
                title="Adhésion (exemple)",
            )
    elif missing < 0:
        _record(family, -missing, yesterday, Means.TRANSFER, accountant)
