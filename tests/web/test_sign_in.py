"""Signing in, signing out, changing one's password (S1, S10, trust.md)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from preau.core.models import User
from preau.core.passwords import generate_password
from tests.factories import Cast, sign_in
from tests.factories.house import PASSWORD
from tests.kit.page import Page

SIGN_IN = "/connexion/"
CHANGE = "/mot-de-passe/"
NEW = "chouette cartable sous la pluie"


def try_to_enter(login: str, password: str, *, client: Client | None = None, **more: str) -> Any:
    browser = client or Client()
    return browser.post(SIGN_IN, {"login": login, "password": password, **more})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["camille", "Camille", "CAMILLE", " camille "])
def test_the_identifier_may_be_typed_with_any_capitals(cast: Cast, login: str) -> None:
    client = Client()
    answer = try_to_enter(login, PASSWORD, client=client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accueil/")
    assert is_in(client)


def test_each_person_lands_where_their_work_is(cast: Cast) -> None:
    for user, there in (
        (cast.camille, "/direction/"),
        (cast.house.andrea, "/direction/"),
        (cast.exemple.user, "/famille/"),
    ):
        client = Client()
        assert user
        try_to_enter(user.username, PASSWORD, client=client)
        answer = client.get("/", follow=True)
        assert answer.redirect_chain[-1][0] == there


def test_somebody_without_a_place_is_told_whom_to_call(cast: Cast) -> None:
    page = Page(sign_in(Client(), cast.inconnu).get("/", follow=True))
    assert "n’ouvre encore aucun espace" in page.words("h1")
    assert "05 00 00 00 00" in page.words("main")


@pytest.mark.parametrize(
    ("login", "password"), [("camille", "faux"), ("personne", PASSWORD), ("camille", "Faux")]
)
def test_a_wrong_password_and_an_unknown_identifier_read_the_same(
    cast: Cast, login: str, password: str
) -> None:
    client = Client()
    page = Page(try_to_enter(login, password, client=client))
    said = page.words("[role=alert]")
    assert said.startswith("Nous n’avons pas pu vous connecter")
    assert said.endswith("L’identifiant ou le mot de passe n’est pas le bon.")
    assert page.faults() == []
    assert not is_in(client)
    assert password not in page.text


def test_passwords_are_kept_by_argon2(cast: Cast, real_passwords: None) -> None:
    cast.camille.set_password(PASSWORD)
    assert cast.camille.password.startswith("argon2$argon2id$")


@pytest.mark.parametrize("fields", [{}, {"login": "camille"}, {"password": "x"}])
def test_an_unfinished_form_says_what_is_missing(cast: Cast, fields: dict[str, str]) -> None:
    page = Page(Client().post(SIGN_IN, fields))
    assert "obligatoire" in page.words("[role=alert]")
    assert page.faults() == []


def test_a_closed_account_says_so(cast: Cast) -> None:
    cast.camille.is_active = False
    cast.camille.save()
    client = Client()
    answer = try_to_enter("camille", PASSWORD, client=client)
    assert answer.headers["Location"] == "/acces-ferme/"
    assert not is_in(client)
    assert "Cet accès est fermé" in Page(client.get("/acces-ferme/")).words("h1")


def test_signing_in_makes_a_new_session(cast: Cast) -> None:
    """Whoever knew the session of before knows nothing now."""
    client = Client()
    session = client.session
    session["before"] = "somebody else’s"
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    try_to_enter("camille", PASSWORD, client=client)
    assert client.session.session_key != session.session_key


def test_too_many_wrong_passwords_close_the_door_for_a_while(cast: Cast) -> None:
    for _ in range(5):
        try_to_enter("camille", "faux")
    client = Client()
    page = Page(try_to_enter("camille", PASSWORD, client=client))
    assert not is_in(client)
    assert "Trop d’essais" in page.words("[role=alert]")


def test_too_many_tries_from_one_place_are_told_in_a_page(cast: Cast, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "30/m/ip"}
    answers = [try_to_enter(f"personne{n}", "faux") for n in range(40)]
    refusals = [answer for answer in answers if answer.status_code == 429]
    assert refusals
    page = Page(refusals[-1])
    assert page.faults() == []
    assert "Trop d’essais" in page.words("h1")


@pytest.mark.parametrize(
    "target",
    ["https://ailleurs.fr/", "//ailleurs.fr", "/\\ailleurs.fr", "javascript:alert(1)",
     "http:ailleurs.fr", "https:/ailleurs.fr", "\thttps://ailleurs.fr", "/%2f/ailleurs.fr\r\nX: 1"],
)  # fmt: skip
def test_signing_in_never_leads_to_another_site(cast: Cast, target: str) -> None:
    answer = try_to_enter("camille", PASSWORD, next=target)
    assert answer.status_code == 302
    place = answer.headers["Location"]
    assert place.startswith("/")
    assert not re.match(r"/[/\\]", place)
    assert "\n" not in place
    shown = Client().get(SIGN_IN, {"next": target})
    assert shown.status_code == 200
    assert Page(shown).faults() == []


def test_signing_in_leads_back_to_the_page_that_asked(cast: Cast) -> None:
    page = Page(Client().get("/famille/demandes/", follow=True))
    (kept,) = page.all("input[name=next]")
    answer = try_to_enter("famille.1", PASSWORD, next=kept.attrs["value"])
    assert answer.headers["Location"] == "/famille/demandes/"


def test_somebody_already_in_is_not_led_elsewhere(cast: Cast) -> None:
    client = sign_in(Client(), cast.camille)
    answer = client.get(SIGN_IN, {"next": "https://ailleurs.fr/"})
    assert answer.headers["Location"] == "/accueil/"


def test_a_link_does_not_sign_out_a_button_does(cast: Cast) -> None:
    client = sign_in(Client(), cast.camille)
    assert client.get("/deconnexion/").status_code == 200
    assert is_in(client)
    answer = client.post("/deconnexion/")
    assert answer.headers["Location"] == "/"
    assert not is_in(client)
    assert client.get("/direction/").status_code == 302


def test_nobody_signs_up_alone(cast: Cast) -> None:
    before = User.objects.count()
    for path in ("/signup/", "/inscription/", "/accounts/signup/", "/connexion/signup/"):
        assert Client().get(path).status_code == 404
        assert Client().post(path, {"username": "moi", "password1": NEW}).status_code == 404
    assert User.objects.count() == before


def change(client: Client, old: str, new: str, again: str | None = None) -> Any:
    fields = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    return client.post(CHANGE, fields)


def test_a_password_is_changed_whenever_one_likes(cast: Cast) -> None:
    client = sign_in(Client(), cast.exemple.user)
    answer = change(client, PASSWORD, NEW)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accueil/")
    assert is_in(client), "the browser that changed it stays signed in"
    again = Client()
    try_to_enter("famille.1", PASSWORD, client=again)
    assert not is_in(again)
    try_to_enter("famille.1", NEW, client=again)
    assert is_in(again)


def test_a_changed_password_closes_the_other_sessions(cast: Cast) -> None:
    elsewhere = sign_in(Client(), cast.exemple.user)
    change(sign_in(Client(), cast.exemple.user), PASSWORD, NEW)
    assert elsewhere.get("/famille/").status_code == 302


WEAK = {
    "onze lettre": "12",
    "918273645546372": "entièrement numérique",
    "1q2w3e4r5t6y": "courant",
    "passwordpassword": "se devine",
    "motdepasse2027": "se devine",
    "préau préau préau": "se devine",
    "famille.1famille.1": "semblable",
    "alex exemple": "semblable",
    "a" * 129: "dépasse 128",
}


@pytest.mark.parametrize("weak", WEAK, ids=range(len(WEAK)))
def test_a_weak_password_is_refused_with_a_reason(cast: Cast, weak: str) -> None:
    client = sign_in(Client(), cast.exemple.user)
    page = Page(change(client, PASSWORD, weak))
    said = page.words("[role=alert]")
    assert said.startswith("Le mot de passe n’est pas changé")
    assert WEAK[weak] in said
    assert page.faults() == []
    assert weak not in page.text
    assert User.objects.get(username="famille.1").check_password(PASSWORD)


@pytest.mark.parametrize("strong", [NEW, "a1b2c3d4e5f6", "x" * 5 + "é" * 123, "Zoë 🐢 & Tom, 2027"])
def test_any_long_enough_password_is_taken(cast: Cast, strong: str) -> None:
    client = sign_in(Client(), cast.exemple.user)
    assert change(client, PASSWORD, strong).status_code == 302
    assert User.objects.get(username="famille.1").check_password(strong)


@pytest.mark.parametrize(("old", "again"), [("faux", NEW), (PASSWORD, "autre chose de long")])
def test_the_old_password_and_twice_the_new_one_are_asked(cast: Cast, old: str, again: str) -> None:
    client = sign_in(Client(), cast.exemple.user)
    page = Page(change(client, old, NEW, again))
    assert page.all("[role=alert]")
    assert User.objects.get(username="famille.1").check_password(PASSWORD)


def test_a_generated_password_is_strong_and_easy_to_copy() -> None:
    made = {generate_password() for _ in range(500)}
    assert len(made) == 500
    for password in made:
        assert re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", password)
        assert not set(password) & set("lo01")


def test_a_session_ends_with_the_browser(cast: Cast, settings: Settings) -> None:
    client = Client()
    answer = try_to_enter("camille", PASSWORD, client=client)
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")
