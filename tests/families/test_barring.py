"""A guardian barred by a court decision is a stranger to the family, at once (B8)."""

from __future__ import annotations

from datetime import date
from itertools import chain
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from preau.attendance.queries.register import register_of_day
from preau.billing.identity import addressees
from preau.booking.actions.feeds import open_feed
from preau.core.models import Act, AuditEvent, User
from preau.families.models import Guardian, Guardianship
from tests.accounts.post import by_hand, last_mail
from tests.factories import Cast, ask, decide, lines_of, open_days, sign_in, tell
from tests.factories.house import PASSWORD, person
from tests.kit.page import Page

FORM = {"decision_on": "2027-01-11", "reason": "ordonnance, classeur 3", "sure": "on"}


@pytest.fixture
def other(cast: Cast) -> Guardian:
    """The other parent of the children of Exemple, who does not receive the mails yet."""
    user = person("autre.parent", email="autre@exemple.fr")
    made = Guardian.objects.create(
        user=user, first_name="Sam", last_name="Exemple", email="autre@exemple.fr", phone="0611"
    )
    Guardianship.objects.create(family=cast.exemple.family, guardian=made)
    return made


def address(cast: Cast, name: str = "office:bar_guardian") -> str:
    return reverse(name, args=[cast.exemple.family.pk, cast.exemple.guardian.pk])


def bar(cast: Cast, user: User | None = None, **changed: Any) -> Any:
    return sign_in(Client(), user or cast.camille).post(address(cast), FORM | changed)


def words_for(cast: Cast) -> str:
    """What the office's page of the family's barred guardian says."""
    return Page(sign_in(Client(), cast.camille).get(address(cast))).words("main")


def test_every_door_closes_and_the_other_parent_keeps_theirs(
    cast: Cast, other: Guardian, settings: Settings
) -> None:
    """A violent parent reads where the child will be on Wednesday: by page, calendar or mail."""
    by_hand(settings)
    days = open_days(cast.hiver)
    ask(cast.exemple, cast.hiver, days=days[:1])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    request = cast.exemple.family.requests.get()
    assert cast.exemple.user
    key = open_feed(actor=cast.exemple.user, family=cast.exemple.family)
    barred, kept = sign_in(Client(), cast.exemple.user), sign_in(Client(), other.user)
    page = Page(sign_in(Client(), cast.camille).get(address(cast)))
    assert page.faults() == []
    assert bar(cast).status_code == 302

    assert barred.get("/famille/").headers["Location"].startswith("/connexion/")
    barred.post("/connexion/", {"login": "famille.1", "password": PASSWORD})
    asked = [
        "/famille/",
        "/famille/compte/",
        "/famille/espace/",
        reverse("family:request", args=[request.pk]),
        reverse("family:book", args=[cast.hiver.pk]),
    ]
    for path in asked:
        assert [barred.get(path).status_code, kept.get(path).status_code] == [404, 200], path
    assert "Zoé" not in barred.get("/accueil/").content.decode()
    assert Client().get(reverse("calendar", args=[key])).status_code == 404
    tell(cast.camille, cast.hiver)
    assert last_mail().to == ["autre@exemple.fr"]
    assert all("famille1@exemple.fr" not in each.to for each in mail.outbox)
    phones = chain.from_iterable(
        row.phones for group in register_of_day(days[0]).groups for row in group.rows
    )
    assert [phone for _, phone in phones] == ["0611"]
    assert "Sam Exemple" in addressees([cast.exemple.family])[cast.exemple.family.pk]
    told = AuditEvent.objects.get(act=Act.ACCESS_CLOSED)
    assert told.actor_name == cast.camille.name
    assert told.detail == "Famille Exemple, décision du 11 janvier 2027 : ordonnance, classeur 3"


def test_their_other_family_stays_theirs(cast: Cast) -> None:
    """The decision speaks of one family: another one is not taken with it."""
    Guardianship.objects.create(family=cast.martin.family, guardian=cast.exemple.guardian)
    shown = Page(sign_in(Client(), cast.camille).get(address(cast))).words("main")
    assert "Famille Martin-Exemple, numéro 2" in shown
    bar(cast)
    client = sign_in(Client(), cast.exemple.user)
    page = Page(client.get("/famille/espace/"))
    assert page.words(".who-am-i span") == "Famille Martin-Exemple"
    assert "Zoé" not in page.text
    switched = client.post("/famille/changer/", {"family": cast.exemple.family.pk})
    assert switched.status_code == 404


@pytest.mark.parametrize(
    "changed",
    [{"sure": ""}, {"reason": "  "}, {"decision_on": "2027-01-13"}, {"decision_on": "hier"}],
    ids=str,
)
def test_nothing_happens_by_half(cast: Cast, changed: dict[str, Any]) -> None:
    """Without the decision, its day or the word that it is meant, the parent keeps everything."""
    answer = bar(cast, **changed)
    assert answer.status_code == 422
    assert Page(answer).all("[role=alert]")
    assert sign_in(Client(), cast.exemple.user).get("/famille/").status_code == 200


def test_an_administrator_alone_undoes_it(cast: Cast, other: Guardian) -> None:
    """A director put under pressure cannot give the access back; the court's next word can."""
    bar(cast)
    lift = address(cast, "office:lift_bar")
    sign_in(Client(), cast.camille).post(lift, {"reason": "il insiste"})
    assert "Accès retiré" in words_for(cast)
    administrator = sign_in(Client(), cast.house.andrea)
    assert Page(administrator.get(address(cast))).faults() == []
    administrator.post(lift, {"reason": ""})
    assert sign_in(Client(), cast.exemple.user).get("/famille/").status_code == 404
    administrator.post(lift, {"reason": "arrêt du 12 janvier"})
    assert sign_in(Client(), cast.exemple.user).get("/famille/").status_code == 200
    assert AuditEvent.objects.get(act=Act.ACCESS_REOPENED).actor_name == cast.house.andrea.name
    contact = cast.exemple.family.guardianships.get(is_contact=True)
    assert contact.guardian == other, "the mails stay with who receives them now"


def test_a_barred_guardian_does_not_come_back_by_another_page(cast: Cast, other: Guardian) -> None:
    """A colleague who does not know adds them again, or chooses them for the mails or papers."""
    bar(cast)
    director, family = sign_in(Client(), cast.camille), cast.exemple.family
    barred = cast.exemple.guardian
    forms = {
        "office:new_guardian": {"do": "join", "identifier": "famille.1"},
        "office:change_family": {"name": "Exemple", "contact": barred.pk},
        "office:declaring": {"guardian": barred.pk},
    }
    for name, form in forms.items():
        director.post(reverse(name, args=[family.pk]), form)
    family.refresh_from_db()
    assert family.declaring_guardian is None
    assert family.guardianships.get(is_contact=True).guardian == other
    assert sign_in(Client(), cast.exemple.user).get("/famille/").status_code == 404
    listed = director.get("/direction/familles/?format=csv").content.decode()
    assert "famille1@exemple.fr" not in listed


def test_nobody_bars_or_frees_themselves(cast: Cast) -> None:
    """A director who is also a parent of the family takes no part in it."""
    Guardianship.objects.filter(guardian=cast.exemple.guardian).update(is_contact=False)
    Guardian.objects.filter(pk=cast.exemple.guardian.pk).update(user=cast.camille)
    assert bar(cast).status_code == 422
    assert bar(cast, cast.house.andrea).status_code == 302
    held = Guardianship.objects.get(guardian=cast.exemple.guardian)
    assert (held.decision_on, held.barred_by) == (date(2027, 1, 11), cast.house.andrea)
