"""A second factor is replaced, removed, or taken away when it was lost (trust.md)."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from preau.core.models import Act, AuditEvent, User
from tests.accounts.post import by_hand, last_mail
from tests.factories import Cast, sign_in
from tests.kit.page import Page
from tests.web.test_second_factor import ENROL, as_in_production, code_now, enter

__all__ = ["as_in_production"]

REPLACE, REMOVE, OWN = "/second-facteur/remplacer/", "/second-facteur/retirer/", "/direction/moi/"


def enrol(client: Client, path: str = ENROL) -> tuple[str, str]:
    """Enrol the telephone of whoever is signed in: the secret it keeps, and a recovery code."""
    secret = Page(client.get(path)).words("main code")
    answer = client.post(path, {"code": code_now(secret)})
    assert answer.status_code == 302, Page(answer).words("main")
    return secret, Page(client.get("/second-facteur/codes/")).words("main li code")


def gets_in(name: str, code: str, page: str) -> bool:
    client = enter(name)
    client.post("/second-facteur/", {"code": code})
    return client.get(page).status_code == 200


@pytest.mark.parametrize(
    ("name", "own"), [("famille.1", "/famille/espace/"), ("camille", "/direction/moi/")]
)
def test_a_new_telephone_takes_the_place_of_the_old_one(
    cast: Cast, settings: Settings, name: str, own: str
) -> None:
    """A sold telephone must open nothing, and its owner must not be locked out meanwhile."""
    by_hand(settings)
    client = enter(name)
    old, old_spare = enrol(client)
    page = Page(client.get(own))
    assert page.faults() == []
    assert REPLACE in page.text
    assert Page(client.get(REPLACE)).faults() == []
    client.post(REPLACE, {"code": "000000"})
    assert gets_in(name, old_spare, own), "nothing changed by a wrong code"
    new, _ = enrol(client, REPLACE)
    assert last_mail().subject == "Votre second facteur"
    assert "remplacé" in mail.outbox[-1].body
    assert not gets_in(name, code_now(old, ahead=1), own)
    assert gets_in(name, code_now(new, ahead=1), own)


def test_a_parent_removes_it_and_staff_do_not(cast: Cast, settings: Settings) -> None:
    """What is offered can be given back; what the work asks for cannot, even by its address."""
    by_hand(settings)
    parent, director = enter("famille.1"), enter("camille")
    enrol(parent)
    enrol(director)
    for client in (parent, director):
        assert Page(client.get(REMOVE)).faults() == []
        client.post(REMOVE)
    left = Authenticator.objects.filter(type="totp").values_list("user__username", flat=True)
    assert list(left) == ["camille"]
    last_mail()
    assert [each.to for each in mail.outbox if "retiré" in each.body] == [["famille1@exemple.fr"]]
    assert enter("famille.1").get("/famille/").status_code == 200


def test_an_administrator_takes_away_a_lost_one(cast: Cast, settings: Settings) -> None:
    """Telephone and codes at the bottom of a lake: one's own password again, then the trace."""
    by_hand(settings)
    client = enter("camille")
    enrol(client)
    path = reverse("office:reset_factor", args=[cast.camille.pk])
    for stranger in ("dominique", "famille.1"):
        assert sign_in(Client(), User.objects.get(username=stranger)).post(path).status_code in {
            302,
            404,
        }
    assert client.get(OWN).status_code == 200
    administrator = enter("andrea")
    enrol(administrator)
    assert Page(administrator.get(path)).faults() == []
    administrator.post(path)
    assert client.get(OWN).headers["Location"].startswith("/connexion/")
    assert enter("camille").get(OWN).headers["Location"] == ENROL
    told = AuditEvent.objects.filter(act=Act.SECOND_FACTOR, actor=cast.house.andrea).latest("pk")
    assert (told.object_name, told.detail) == (cast.camille.name, "retiré, car perdu")
    assert (last_mail().to, "perdu" in mail.outbox[-1].body) == (["camille@exemple.fr"], True)


def test_an_administrator_does_not_take_away_their_own(cast: Cast) -> None:
    """A stolen session of the administration must not strip it of its second factor."""
    administrator = enter("andrea")
    enrol(administrator)
    path = reverse("office:reset_factor", args=[cast.house.andrea.pk])
    administrator.post(path)
    assert Authenticator.objects.filter(user=cast.house.andrea, type="totp").exists()


def test_it_needs_ones_own_password_again(cast: Cast) -> None:
    """An open screen left alone is no key."""
    client = enter("andrea")
    enrol(client)
    session = client.session
    session["confirmed_at"] = "2027-01-01T00:00:00+00:00"
    session.save()
    reset = reverse("office:reset_factor", args=[cast.camille.pk])
    for path in (REPLACE, REMOVE, reset):
        for send in (client.get, client.post):
            assert send(path).headers["Location"].startswith("/confirmer/"), path
