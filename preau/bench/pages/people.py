"""Who opens the pages, in a town that has asked, come and been invoiced; and what they open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from preau.activities.models import Period, SessionDay
from preau.bench.crowd import make_director
from preau.bench.rush.town import Town, ask_for_first_week, make_town, session_key, sessions_of
from preau.billing.actions.centres import set_centres
from preau.billing.actions.runs import (
    fingerprint_of_run,
    issue_drafts,
    prepare_run,
    start_issuing,
)
from preau.billing.models import BillingRun, Paper
from preau.booking.models import BookingRequest
from preau.core import clock
from preau.core.models import Session, User
from preau.families.models import Enrolment, Family, FamilyQuotient
from preau.org.enums import Role
from preau.org.models import Centre, StaffRole
from preau.pricing.actions.versions import create_tariff, publish_version

A_CENTRE = 60
"""Families of each centre: a larger organisation has more centres, not larger ones."""

_TARIFF = """
name: Mesures
valid_from: 2020-01-01
quotient: { decimals: drop }
grids:
  qf:
    brackets:
      - { to: 600, prices: { day: 6.10 } }
      - { from: 601, prices: { day: 9.45 } }
services:
  day: { label: Journée, nature: care, price: { grid: qf } }
slots:
  - { slots: [morning, midday, afternoon], services: [day] }
"""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody signed in; `space` is the part of the site they use, `things` what they may open."""

    name: str
    space: str
    client: Client
    things: dict[str, int]


def make_people(families: int, *, history: bool) -> list[Person]:
    """Fill an empty database; a parent, the director of one centre, an administrator of all.

    All centres take the same number of families, so what one family or one centre reads has the
    same size whatever the organisation's; only the administrator's lists grow with it.
    """
    make_town(
        Town(
            families=families,
            centres=max(1, families // A_CENTRE),
            places=A_CENTRE,
            history=history,
        )
    )
    centres = list(Centre.objects.order_by("pk"))
    for centre in centres:
        ask_for_first_week(centre)
    director = make_director(centres[0], "bench-direction")
    everywhere = User.objects.create(username="bench-admin", password="!", name="Mesures")  # noqa: S106 - nobody signs in
    StaffRole.objects.create(user=everywhere, role=Role.ADMINISTRATOR, centre=None)
    runs = _invoice(director, centres) if history else []
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    family = Family.objects.get(number=len(centres))  # of the first centre
    things = _things(family, centres[0], director, runs)
    parent = User.objects.get(guardian__guardianships__family=family)
    return [
        Person(name=name, space=space, client=_signed_in(user), things=things)
        for name, space, user in (
            ("parent", "family", parent),
            ("director", "office", director),
            ("administrator", "office", everywhere),
        )
    ]


def _signed_in(user: User) -> Client:
    if not Session.objects.filter(user=user).exists():
        Session.objects.bulk_create(sessions_of([user]))
    client = Client(HTTP_HOST="localhost")
    client.cookies["sessionid"] = session_key(user.username)
    if user.staff_roles.exists():
        client.get(reverse("office:today"))  # the first page marks the session, and starts again
    return client


def _invoice(director: User, centres: list[Centre]) -> list[BillingRun]:
    """The month of the past summer, invoiced centre by centre as directors do."""
    version = create_tariff(actor=None, text=_TARIFF)
    publish_version(actor=None, version=version)
    set_centres(tariff=version.tariff, among=Centre.objects.all(), chosen=centres)
    month = Period.objects.filter(name="Été passé").earliest("starts_on").starts_on.replace(day=1)
    FamilyQuotient.objects.bulk_create(
        (
            FamilyQuotient(
                family=family,
                value=300 + 13 * (family.number % 110),
                scheme="caf",
                valid_from=month - timedelta(days=100),
                valid_to=clock.today() + timedelta(days=100),
            )
            for family in Family.objects.iterator()
        ),
        batch_size=5_000,
    )
    runs = []
    for centre in centres:
        run = prepare_run(actor=director, centres=[centre], month=month)
        start_issuing(run=run, fingerprint=fingerprint_of_run(run))
        issue_drafts(run_id=run.pk)
        runs.append(run)
    if Paper.objects.count() < Family.objects.count():
        raise RuntimeError("the past summer was not invoiced to everybody")
    return runs


def _things(
    family: Family, centre: Centre, director: User, runs: list[BillingRun]
) -> dict[str, int]:
    """What the names in addresses stand for. A name that is not here has nothing to open."""
    now = Period.objects.get(centre=centre, name="Été")
    enrolment = Enrolment.objects.filter(child__custodies__family=family).earliest("pk")
    days = SessionDay.objects.filter(centre=centre, on__lte=clock.today()).order_by("-on")
    found: dict[str, Callable[[], Any]] = {
        "centre_id": lambda: centre.pk,
        "period_id": lambda: now.pk,
        "request_id": lambda: BookingRequest.objects.get(family=family, period=now).pk,
        "family_id": lambda: family.pk,
        "child_id": lambda: enrolment.child_id,
        "enrolment_id": lambda: enrolment.pk,
        "guardian_id": lambda: family.guardianships.get().guardian_id,
        "user_id": lambda: director.pk,
        "role_id": lambda: director.staff_roles.get().pk,
        "group_id": lambda: centre.age_groups.earliest("pk").pk,
        "day_id": lambda: (days.first() or now.days.earliest("pk")).pk,
        "year": lambda: clock.today().year,
    }
    if runs:
        found |= {
            "run_id": lambda: runs[0].pk,
            "draft_id": lambda: runs[0].drafts.earliest("pk").pk,
            "paper_id": lambda: Paper.objects.filter(family=family).earliest("pk").pk,
            "tariff_id": lambda: centre.tariffs.get().tariff.versions.get().pk,
        }
    return {name: read() for name, read in found.items()}
