"""The office makes and changes the files of families (S1, S2, B8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.test import Client
from django.urls import reverse

from preau.core import clock
from preau.families.models import Child, Enrolment, Family, Guardian
from preau.messaging.models import Mail
from tests.factories import NOW, Cast
from tests.factories.house import PASSWORD
from tests.kit.page import Page
from tests.web.people import browser_of

NEW = {
    "name": "Nouvelle-Exemple",
    "town": "Exempleville",
    "guardian_first": "Sam",
    "guardian_last": "Nouvelle-Exemple",
    "phone": "06 00 00 00 09",
    "email": "sam@exemple.fr",
    "child_first": "Iris",
    "child_last": "Nouvelle-Exemple",
    "birth_date": "2019-05-04",
    "school_level": "ce1",
    "starts_on": "2026-09-01",
    "ends_on": "",
}


def director(cast: Cast) -> Client:
    return browser_of(cast, "director of Tilleuls")


def post(client: Client, name: str, fields: Mapping[str, object], *args: int) -> Page:
    page = Page(client.post(reverse(name, args=args), fields, follow=True))
    assert page.faults() == []
    return page


def test_a_director_opens_a_family_in_one_page(cast: Cast) -> None:
    client = director(cast)
    assert Page(client.get(reverse("office:new_family"))).faults() == []
    page = post(client, "office:new_family", NEW | {"centre": cast.house.tilleuls.pk})
    made = Family.objects.get(name="Nouvelle-Exemple")
    assert made.number == 7, "the next one"
    assert "Famille Nouvelle-Exemple" in page.words("h1")
    assert "identifiant sam.nouvelle-exemple" in page.words("main")
    assert "CE1" in page.words("main")
    assert made.guardians.get().user
    assert Mail.objects.get().to == "sam@exemple.fr"
    assert made.guardianships.get().is_contact


def test_only_ones_own_centres_can_be_chosen(cast: Cast) -> None:
    page = post(director(cast), "office:new_family", NEW | {"centre": cast.house.platanes.pk})
    assert page.all("[role=alert]")
    assert not Family.objects.filter(name="Nouvelle-Exemple").exists()


def test_a_child_already_known_may_be_shared(cast: Cast) -> None:
    """Noé's mother opens a file: it is the same Noé, who then has three households."""
    known = cast.nord.child
    fields = NEW | {
        "centre": cast.house.tilleuls.pk,
        "child_first": known.first_name,
        "child_last": known.last_name.upper(),
        "birth_date": known.birth_date.isoformat(),
    }
    client = director(cast)
    page = post(client, "office:new_family", fields)
    assert "déjà connu" in page.words("main")
    assert not Family.objects.filter(name="Nouvelle-Exemple").exists()
    post(client, "office:new_family", fields | {"twin": "same"})
    assert Family.objects.get(name="Nouvelle-Exemple").children.get() == known
    before = Child.objects.count()
    post(client, "office:new_child", fields | {"twin": "other"}, cast.martin.family.pk)
    assert Child.objects.count() == before + 1


def test_a_file_is_changed_piece_by_piece(cast: Cast) -> None:
    client, family = director(cast), cast.exemple.family
    post(client, "office:new_guardian", {**NEW, "do": "add"}, family.pk)
    second = family.guardians.get(first_name="Sam")
    post(client, "office:change_family", {"name": "Autre", "contact": second.pk}, family.pk)
    family.refresh_from_db()
    assert family.name == "Autre"
    assert family.guardianships.get(is_contact=True).guardian == second
    page = post(client, "office:guardian", {**NEW, "guardian_first": "Max"}, second.pk)
    assert "pas encore d’accès" in page.words("main")
    post(client, "office:guardian_email", {"email": "max@exemple.fr"}, second.pk)
    assert Guardian.objects.get(pk=second.pk).user
    page = post(client, "office:send_access", {}, second.pk)
    assert Mail.objects.filter(to="max@exemple.fr").count() == 2
    child = cast.exemple.child
    page = post(client, "office:child", {**NEW, "birth_date": "2017-02-01"}, child.pk)
    child.refresh_from_db()
    assert (child.first_name, child.birth_date) == ("Iris", date(2017, 2, 1))
    page = post(client, "office:child", {**NEW, "birth_date": "2030-01-01"}, child.pk)
    assert page.all("[role=alert]")


def test_enrolments_have_their_dates_and_never_overlap(cast: Cast) -> None:
    client, child = browser_of(cast, "administrator"), cast.exemple.child
    stay = Enrolment.objects.get(child=child)
    page = post(client, "office:end_enrolment", {"ends_on": "2026-08-01"}, stay.pk)
    assert "avant de commencer" in page.words("[role=alert]")
    post(client, "office:end_enrolment", {"ends_on": "2027-07-07"}, stay.pk)
    stay.refresh_from_db()
    assert stay.ends_on == date(2027, 7, 7)
    again = {"centre": cast.house.tilleuls.pk, "starts_on": "2027-07-01"}
    page = post(client, "office:enrol", again, child.pk)
    assert "déjà inscrit à ces dates" in page.words("[role=alert]")
    post(client, "office:enrol", again | {"starts_on": "2027-07-08"}, child.pk)
    assert child.enrolments.count() == 2


def test_the_keys_of_a_parent_of_two_towns_are_the_administrations(cast: Cast) -> None:
    """Whoever moves a sign-in can open all it opens: a director, only what is theirs."""
    joined = {"do": "join", "identifier": "FAMILLE.6"}
    client = director(cast)
    post(client, "office:new_guardian", joined, cast.martin.family.pk)
    parent = cast.ailleurs.guardian
    assert parent.families.count() == 2
    page = post(client, "office:guardian_email", {"email": "x@exemple.fr"}, parent.pk)
    assert "seule l’administration" in page.words("[role=alert]")
    post(client, "office:send_access", {}, parent.pk)
    assert not Mail.objects.exists()
    page = post(client, "office:new_guardian", joined, cast.martin.family.pk)
    assert "déjà responsable" in page.words("[role=alert]")
    boss = browser_of(cast, "administrator")
    post(boss, "office:guardian_email", {"email": "x@exemple.fr"}, parent.pk)
    assert Mail.objects.filter(to="x@exemple.fr").exists()


def test_moving_a_sign_in_asks_for_ones_own_password_again(cast: Cast) -> None:
    client = director(cast)
    path = reverse("office:guardian_email", args=[cast.exemple.guardian.pk])
    with clock.pinned(NOW + timedelta(minutes=15)):
        for method in (client.get, client.post):
            answer = method(path, {"email": "x@exemple.fr"})
            assert answer.headers["Location"].startswith("/confirmer/?next=")
        assert not Mail.objects.exists()
        confirm = answer.headers["Location"]
        page = Page(client.post(confirm, {"password": "faux", "next": path}))
        assert page.all("[role=alert]")
        away = client.post(confirm, {"password": PASSWORD, "next": "//ailleurs.fr/"})
        assert away.headers["Location"] == "/accueil/"
        back = client.post(confirm, {"password": PASSWORD, "next": path})
        assert back.headers["Location"] == path
        assert client.get(path).status_code == 200
