"""A child's file: who may fetch, what a parent proposes, the health sheet (B7, B24)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from preau.attendance.printing import register_pdf
from preau.attendance.queries.register import register_of_day
from preau.billing.identity import letterhead
from preau.core import clock
from preau.core.models import AuditEvent
from preau.families.actions.care import accept_proposal, propose, refuse_proposal
from preau.families.health import school_year_of
from preau.families.models import Child, Custody, HealthSheet, Proposal, ProposalKind
from preau.families.queries.care import own_health
from tests.factories import Cast, ask, decide, lines_of, open_days, share_custody, sign_in, tell
from tests.kit.pdf import words_of

PERSON = {"name": "Rosa Exemple", "relation": "grand-mère", "phone": "06 00 00 00 09"}
SHEET = {
    "allergies": "arachide : gonfle",
    "instructions": "appeler le 15",
    "treatments": "sirop bleu",
    "care_plan": "on",
    "doctor": "Dr Exemple",
}


@pytest.fixture
def parent(cast: Cast) -> Client:
    """The browser of the parent of Exemple."""
    return sign_in(Client(), cast.exemple.user)


@pytest.fixture
def desk(cast: Cast) -> Client:
    """The browser of the director of Les Tilleuls."""
    return sign_in(Client(), cast.camille)


def custody(cast: Cast) -> Custody:
    return cast.exemple.family.custodies.get(child=cast.exemple.child)


def change(client: Client, child: Child, **data: Any) -> Any:
    return client.post(reverse("family:child", args=[child.pk]), data)


def expected_day(cast: Cast) -> Any:
    """A day on which the child of Exemple is expected."""
    day = open_days(cast.hiver)[0]
    ask(cast.exemple, cast.hiver, days=[day])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    return day


def row_of(day: Any, child: Child) -> Any:
    return next(
        row for group in register_of_day(day).groups for row in group.rows if row.child == child
    )


def test_a_person_may_fetch_once_the_director_says_so(
    cast: Cast, parent: Client, desk: Client
) -> None:
    """A stranger whom somebody typed in does not leave with a child."""
    child, day = cast.exemple.child, expected_day(cast)
    mark = register_of_day(day).mark
    assert change(parent, child, do="pickup", **PERSON).status_code == 302
    assert row_of(day, child).pickups == []
    (asked,) = Proposal.objects.all()
    assert "Rosa Exemple" in desk.get(reverse("office:proposals")).content.decode()
    desk.post(reverse("office:answer_proposal", args=[asked.pk]), {"do": "accept"})
    assert [each.name for each in row_of(day, child).pickups] == ["Rosa Exemple"]
    assert register_of_day(day).mark != mark, "tablets that are open read it again"
    again = change(parent, child, do="pickup", **PERSON | {"name": "rosa exemple"})
    assert "peut déjà venir chercher" in again.content.decode()


def test_whoever_is_removed_fetches_nobody_from_now_on(
    cast: Cast, parent: Client, desk: Client
) -> None:
    """Parents who part do not wait for the office to open."""
    child, day = cast.exemple.child, expected_day(cast)
    desk.post(
        reverse("office:change_care", args=[child.pk]),
        {"do": "add", "custody": custody(cast).pk, **PERSON},
    )
    (person,) = custody(cast).pickups.all()
    mark = register_of_day(day).mark
    change(parent, child, do="remove", person=person.pk)
    assert row_of(day, child).pickups == []
    assert register_of_day(day).mark != mark
    said = AuditEvent.objects.filter(act="family_changed").latest("pk")
    assert "ne peut plus venir chercher : Rosa Exemple" in said.detail
    assert said.actor == cast.exemple.user


def test_one_household_does_not_read_whom_the_other_trusts(cast: Cast, desk: Client) -> None:
    """Two homes, two lists, each on its own days."""
    share_custody(cast.martin, cast.exemple.child)
    child = cast.exemple.child
    desk.post(
        reverse("office:change_care", args=[child.pk]),
        {"do": "add", "custody": custody(cast).pk, **PERSON},
    )
    other = sign_in(Client(), cast.martin.user)
    for name in ("children", "child"):
        args = [child.pk] if name == "child" else []
        assert "Rosa" not in other.get(reverse(f"family:{name}", args=args)).content.decode()
    person = custody(cast).pickups.get()
    assert change(other, child, do="remove", person=person.pk).status_code == 404
    assert custody(cast).pickups.exists()


def test_each_changed_line_is_answered_by_itself(cast: Cast, parent: Client, desk: Client) -> None:
    """A class is accepted, a name that is a mistake is not; the family reads why."""
    child = cast.exemple.child
    data = {"first_name": "Autre", "last_name": child.last_name, "level": "cm2"}
    change(parent, child, do="identity", **data)
    change(parent, child, do="alone", value="17:30")
    asked = {each.kind: each for each in Proposal.objects.all()}
    assert asked.keys() == {"first_name", "level", "alone"}
    for kind in ("level", "alone"):
        accept_proposal(actor=cast.camille, proposal=asked[kind])
    where = reverse("office:answer_proposal", args=[asked["first_name"].pk])
    desk.post(where, {"do": "refuse", "reason": " "})
    assert Proposal.objects.get(kind="first_name").state == "waiting"
    desk.post(where, {"do": "refuse", "reason": "c’est celui de son frère"})
    child.refresh_from_db()
    assert (child.first_name, child.school_level) == (cast.exemple.child.first_name, "cm2")
    assert f"{custody(cast).leaves_alone_at:%H:%M}" == "17:30"
    page = parent.get(reverse("family:child", args=[child.pk])).content.decode()
    assert "c’est celui de son frère" in page
    change(parent, child, do="never")
    assert custody(cast).leaves_alone_at is None


def test_another_wish_takes_the_place_of_the_one_that_waits(cast: Cast, parent: Client) -> None:
    """The director never accepts the hour that the parents had thought better of."""
    child = cast.exemple.child
    change(parent, child, do="alone", value="17:30")
    change(parent, child, do="alone", value="18:00")
    assert [(each.told, each.state) for each in Proposal.objects.order_by("pk")] == [
        ("17 h 30", "withdrawn"),
        ("18 h 00", "waiting"),
    ]
    last = Proposal.objects.get(state="waiting")
    change(parent, child, do="withdraw", proposal=last.pk)
    last.refresh_from_db()
    assert last.state == "withdrawn"


def test_a_proposal_is_answered_once(cast: Cast) -> None:
    """Two directors on one list: the second is told."""
    asked = propose(
        actor=cast.camille, custody=custody(cast), kind=ProposalKind.PICKUP, wanted=PERSON
    )
    accept_proposal(actor=cast.camille, proposal=asked)
    with pytest.raises(Exception, match="déjà acceptée"):
        refuse_proposal(actor=cast.house.sacha, proposal=asked, reason="non")
    assert custody(cast).pickups.count() == 1


def test_health_is_sealed_and_each_reading_is_traced(
    cast: Cast, parent: Client, desk: Client
) -> None:
    """Whoever copies the database reads no allergy; whoever reads one is known."""
    child, day = cast.exemple.child, expected_day(cast)
    assert not row_of(day, child).care
    where = reverse("family:health", args=[child.pk])
    assert parent.post(where, SHEET).status_code == 302
    assert row_of(day, child).care
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(s)::text FROM families_healthsheet s")
        stored = cursor.fetchone()[0]
    assert not [word for word in ("arachide", "sirop", "appeler") if word in stored]
    sheet = reverse("office:health", args=[child.pk])
    assert "arachide" not in desk.get(sheet).content.decode()
    assert not AuditEvent.objects.filter(act="health_read").exists()
    opened = desk.post(sheet).content.decode()
    assert "arachide" in opened
    assert "sirop bleu" in opened
    (read,) = AuditEvent.objects.filter(act="health_read")
    assert (read.actor, read.detail) == (cast.camille, "fiche entière")
    assert "arachide" in parent.get(where).content.decode()


def test_reception_reads_what_safety_needs_and_no_more(cast: Cast, parent: Client) -> None:
    """The person at the door knows what to do, not what the child takes."""
    child, day = cast.exemple.child, expected_day(cast)
    parent.post(reverse("family:health", args=[child.pk]), SHEET)
    door = sign_in(Client(), cast.house.lou)
    page = door.get(reverse("office:register", args=[day.pk])).content.decode()
    assert "consignes de santé" in page
    notes = door.post(reverse("office:care_notes", args=[day.pk, child.pk])).content.decode()
    assert "arachide" in notes
    assert "appeler le 15" in notes
    assert "sirop" not in notes
    assert door.post(reverse("office:health", args=[child.pk])).status_code == 404
    (read,) = AuditEvent.objects.filter(act="health_read")
    assert read.actor == cast.house.lou
    other = open_days(cast.hiver)[1]
    assert door.get(reverse("office:care_notes", args=[other.pk, child.pk])).status_code == 404


def test_the_administrator_administers_without_reading_health(cast: Cast, parent: Client) -> None:
    """Keeping the site is no reason to read it."""
    child = cast.exemple.child
    parent.post(reverse("family:health", args=[child.pk]), SHEET)
    desk = sign_in(Client(), cast.house.andrea)
    assert desk.post(reverse("office:health", args=[child.pk])).status_code == 404


def test_the_printed_list_says_who_fetches_and_not_what_hurts(
    cast: Cast, parent: Client, desk: Client
) -> None:
    """Paper is left on tables."""
    child, day = cast.exemple.child, expected_day(cast)
    parent.post(reverse("family:health", args=[child.pk]), SHEET)
    data = {"custody": custody(cast).pk, "do": "add", **PERSON}
    desk.post(reverse("office:change_care", args=[child.pk]), data)
    text = words_of(register_pdf(register_of_day(day), letterhead()))
    assert "Rosa Exemple" in text
    assert "consignes de santé" in text
    assert "arachide" not in text


def test_a_sheet_is_of_one_school_year(cast: Cast, parent: Client) -> None:
    """What was true two years ago is read again by somebody who knows."""
    child, day = cast.exemple.child, expected_day(cast)
    parent.post(reverse("family:health", args=[child.pk]), SHEET)
    HealthSheet.objects.update(school_year=school_year_of(clock.today()) - 1)
    assert not row_of(day, child).care
    known = own_health(child)
    assert known
    assert not known.current
    page = parent.get(reverse("family:health", args=[child.pk])).content.decode()
    assert "repris ci-dessous" in page
    assert "arachide" in page
