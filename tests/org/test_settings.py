"""An administrator changes the organisation, its centres, and who works where."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from preau.accounts.actions.staff import close_access
from preau.core.errors import RefusedError
from preau.core.models import AuditEvent, Session, User
from preau.messaging.models import Mail
from preau.org.actions.roles import give_role, take_role
from preau.org.enums import RIGHTS, Right, Role
from preau.org.models import AgeGroup, Centre, Organisation, StaffRole
from tests.factories import Cast, sign_in

CENTRE = {
    "name": "Les Érables",
    "kind": "holiday",
    "address": "2 rue des Érables, Exempleville",
    "director_name": "Noa Exemple",
    "email": "erables@exemple.fr",
    "phone": "05 00 00 00 01",
    "resident_towns": "Exempleville, Ailleurs, Exempleville",
}


@pytest.fixture
def desk(cast: Cast) -> Client:
    """The browser of the administrator."""
    return sign_in(Client(), cast.house.andrea)


def post(client: Client, name: str, data: dict[str, Any], *numbers: int) -> Any:
    return client.post(reverse(f"office:{name}", args=numbers), data)


def traces(act: str) -> list[str]:
    return list(AuditEvent.objects.filter(act=act).order_by("pk").values_list("detail", flat=True))


def test_a_changed_setting_says_what_it_was(cast: Cast, desk: Client) -> None:
    """Whoever asks why bookings closed reads who closed them."""
    row = Organisation.objects.get()
    data = {
        "name": row.name,
        "contact_name": row.contact_name,
        "contact_email": row.contact_email,
        "contact_phone": row.contact_phone,
        "school_zone": row.school_zone,
        "blocks_booking": ["arrears"],
        "quotient_grace_months": "3",
        "public_simulator": "on",
    }
    assert post(desk, "organisation", data).status_code == 302
    row.refresh_from_db()
    assert (row.blocks_booking, row.quotient_grace_months) == (["arrears"], 3)
    assert row.public_simulator
    assert traces("settings_changed") == [
        "ce qui empêche de réserver : vide → factures impayées",
        "mois de tolérance après la fin d’un quotient : 1 → 3",
        "simulateur de prix ouvert à tous : non → oui",
    ]
    assert post(desk, "organisation", data).status_code == 302
    assert len(traces("settings_changed")) == 3


def test_a_centre_opens_with_its_groups(cast: Cast, desk: Client) -> None:
    """Otherwise a new centre needs somebody who writes programs."""
    assert post(desk, "new_centre", CENTRE).status_code == 302
    made = Centre.objects.get(name="Les Érables")
    assert made.resident_towns == ["Exempleville", "Ailleurs"]
    again = post(desk, "new_centre", CENTRE)
    assert again.status_code == 422
    assert "Ce nom est déjà pris" in again.content.decode()
    group = {"name": "Petits", "min_age": "3", "max_age": "5", "levels": ["ps", "ms"]}
    assert post(desk, "new_group", group, made.pk).status_code == 302
    assert post(desk, "new_group", group | {"max_age": "2"}, made.pk).status_code == 422
    kept = made.age_groups.get()
    assert kept.levels == ["ps", "ms"]
    assert post(desk, "group", group | {"max_age": "6"}, kept.pk).status_code == 302
    assert made.age_groups.get().max_age == 6
    assert post(desk, "group", {"do": "remove"}, kept.pk).status_code == 302
    assert not made.age_groups.exists()


def test_a_group_with_places_is_never_removed(cast: Cast, desk: Client) -> None:
    """Children of a running period would lose their places."""
    used = AgeGroup.objects.filter(centre=cast.hiver.centre)[0]
    answer = post(desk, "group", {"do": "remove"}, used.pk)
    assert "ne peut plus être retiré" in answer.content.decode()
    assert AgeGroup.objects.filter(pk=used.pk).exists()


def test_a_new_member_is_invited_and_works_where_they_were_told(cast: Cast, desk: Client) -> None:
    """A director who starts on Monday."""
    data = {
        "first_name": "Noa",
        "last_name": "Exemple",
        "email": "noa@exemple.fr",
        "role": "director",
        "centre": cast.house.platanes.pk,
    }
    without = post(desk, "new_staff", data | {"centre": ""})
    assert without.status_code == 422
    assert not User.objects.filter(email="noa@exemple.fr").exists()
    assert post(desk, "new_staff", data).status_code == 302
    noa = User.objects.get(email="noa@exemple.fr")
    assert noa.temporary_until
    assert Mail.objects.filter(to="noa@exemple.fr", subject="Votre accès au site").count() == 1
    browser = sign_in(Client(), noa)
    User.objects.filter(pk=noa.pk).update(temporary_until=None)
    assert browser.get(reverse("office:board", args=[cast.hiver_platanes.pk])).status_code == 200
    assert browser.get(reverse("office:board", args=[cast.hiver.pk])).status_code == 404


def test_a_role_taken_closes_the_next_page(cast: Cast, desk: Client) -> None:
    """Somebody who left a centre reads nothing more of it."""
    browser = sign_in(Client(), cast.camille)
    board = reverse("office:board", args=[cast.hiver.pk])
    assert browser.get(board).status_code == 200
    role = cast.camille.staff_roles.get()
    assert post(desk, "take_role", {}, role.pk).status_code == 302
    assert browser.get(board).status_code == 404
    data = {"role": "director", "centre": cast.hiver.centre_id}
    assert post(desk, "member", data, cast.camille.pk).status_code == 302
    assert browser.get(board).status_code == 200
    assert post(desk, "member", data, cast.camille.pk).status_code == 422
    assert (traces("role_taken"), traces("role_given")[-1:]) == (
        ["direction, Centre des Tilleuls"],
        ["direction, Centre des Tilleuls"],
    )


def test_a_closed_account_ends_its_sessions_and_opens_again(cast: Cast, desk: Client) -> None:
    """A lost laptop is answered in one gesture."""
    browser = sign_in(Client(), cast.camille)
    assert Session.objects.filter(user=cast.camille).exists()
    post(desk, "member_access", {"do": "close"}, cast.camille.pk)
    assert not Session.objects.filter(user=cast.camille).exists()
    assert browser.get(reverse("office:today")).status_code == 302
    post(desk, "member_access", {"do": "reopen"}, cast.camille.pk)
    assert User.objects.get(pk=cast.camille.pk).is_active


def test_the_last_administrator_stays(cast: Cast) -> None:
    """Nobody could give the role back."""
    andrea = cast.house.andrea
    with pytest.raises(RefusedError, match="personne à l’administration"):
        take_role(actor=andrea, role=andrea.staff_roles.get())
    give_role(actor=andrea, user=cast.camille, role=Role.ADMINISTRATOR, centre=None)
    with pytest.raises(RefusedError, match="votre propre accès"):
        close_access(actor=andrea, user=andrea)
    close_access(actor=andrea, user=cast.camille)
    with pytest.raises(RefusedError, match="personne à l’administration"):
        take_role(actor=andrea, role=andrea.staff_roles.get())


def test_keys_are_handed_out_after_ones_own_password(cast: Cast, desk: Client) -> None:
    """An open screen at lunch opens no account."""
    session = desk.session
    session["confirmed_at"] = "2027-01-12T05:00:00+01:00"
    session.save()
    data = {"role": "administrator", "centre": ""}
    answer = post(desk, "member", data, cast.inconnu.pk)
    assert "/confirmer/" in answer.headers["Location"]
    assert not StaffRole.objects.filter(user=cast.inconnu).exists()


def test_health_is_not_read_by_administering() -> None:
    """Health sheets are for those who look after the children."""
    readers = {role for role, rights in RIGHTS.items() if Right.HEALTH in rights}
    assert readers == {Role.DIRECTOR, Role.COORDINATOR}
    assert {role for role, rights in RIGHTS.items() if Right.ORGANISATION in rights} == {
        Role.ADMINISTRATOR
    }


def test_the_trace_is_searched_and_taken_away(cast: Cast, desk: Client) -> None:
    """An administrator answers "who changed that address?" without a query."""
    give_role(
        actor=cast.house.andrea, user=cast.camille, role=Role.RECEPTION, centre=cast.hiver.centre
    )
    page = reverse("office:trace")
    assert "accueil, Centre des Tilleuls" in desk.get(page, {"quoi": "role_given"}).content.decode()
    for nothing in (
        {"quoi": "role_taken"},
        {"qui": "personne de ce nom"},
        {"du": "2027-01-13"},
        {"au": "2027-01-11"},
    ):
        assert "Aucun geste" in desk.get(page, nothing).content.decode(), nothing
    kept = desk.get(page, {"quoi": "role_given", "du": "2027-01-12", "format": "csv"})
    assert "accueil, Centre des Tilleuls" in kept.content.decode("utf-8-sig")
    assert "role_taken" not in kept.content.decode("utf-8-sig")


def test_the_first_page_of_a_new_organisation_is_its_first_centre(db: None) -> None:
    """Whoever opens the site sees what to do instead of an error."""
    Organisation.objects.create(
        pk=1,
        name="Nouvelle",
        contact_name="Noa",
        contact_email="noa@exemple.fr",
        contact_phone="05 00 00 00 00",
        school_zone="C",
    )
    noa = User.objects.create_user("noa", name="Noa")
    StaffRole.objects.create(user=noa, role=Role.ADMINISTRATOR)
    browser = sign_in(Client(), noa)
    answer = browser.get(reverse("office:today"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("office:new_centre")
    assert answer.status_code == 200
