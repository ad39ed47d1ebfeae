"""A sign-in from its opening by the office to a password of one's own (S2, S11)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings

from preau.accounts.actions.access import LASTS, record_email, send_access
from preau.accounts.actions.passwords import choose_own_password
from preau.accounts.queries.access import access_of_people
from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.models import Act, AuditEvent, User
from preau.families.models import Guardian
from preau.messaging.models import Mail, MailState
from tests.accounts.post import (
    by_hand,
    last_mail,
    password_in,
    worker_answers_lost_passwords,
)
from tests.factories import NOW, Cast, sign_in
from tests.factories.house import PASSWORD
from tests.kit.page import Page

OWN = "chouette cartable sous la pluie"


@pytest.fixture(autouse=True)
def post_office(settings: Settings) -> None:
    by_hand(settings)


@pytest.fixture
def mia(cast: Cast) -> Guardian:
    """The parent without address, whose file the director completes."""
    return cast.sans_mail.guardian


def enter(identifier: str, password: str) -> Client:
    client = Client()
    client.post("/connexion/", {"login": identifier, "password": password})
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_first_address_opens_a_sign_in_and_mails_it(cast: Cast, mia: Guardian) -> None:
    user = record_email(actor=cast.camille, guardian=mia, email="papier@exemple.fr")
    assert user.username == "alex.papier-exemple"
    waiting = Mail.objects.get(to="papier@exemple.fr")
    assert user.username not in waiting.text, "the database cannot read what waits"
    left = last_mail()
    assert user.username in left.body
    assert "http://127.0.0.1:8000/connexion/" in left.body
    assert user.check_password(password_in(left.body))
    assert "Mia" not in left.body
    waiting.refresh_from_db()
    assert (waiting.state, waiting.text) == (MailState.SENT, "")
    traced = AuditEvent.objects.get(act=Act.ACCESS_OPENED)
    assert (traced.actor, traced.object_name) == (cast.camille, user.name)


def test_the_database_refuses_to_keep_a_secret_that_left(cast: Cast, mia: Guardian) -> None:
    record_email(actor=cast.camille, guardian=mia, email="papier@exemple.fr")
    Mail.objects.filter(secret=True).update(state=MailState.SENDING)
    with pytest.raises(IntegrityError, match="mail_secret_kept_only"), transaction.atomic():
        Mail.objects.filter(secret=True).update(state=MailState.FAILED)


def test_no_table_and_no_log_holds_the_password(
    cast: Cast, mia: Guardian, caplog: pytest.LogCaptureFixture
) -> None:
    record_email(actor=cast.camille, guardian=mia, email="papier@exemple.fr")
    with connection.cursor() as cursor:
        before = _everything(cursor)
        password = password_in(last_mail().body)
        after = _everything(cursor)
    assert password not in before
    assert password not in after
    assert password not in caplog.text


def _everything(cursor: object) -> str:
    read = []
    for table in connection.introspection.table_names():
        cursor.execute(f'SELECT t::text FROM "{table}" t')  # type: ignore[attr-defined]  # noqa: S608
        read += [str(row) for row in cursor.fetchall()]  # type: ignore[attr-defined]
    return "\n".join(read)


def test_every_page_leads_to_a_password_of_ones_own(cast: Cast, mia: Guardian) -> None:
    user = record_email(actor=cast.camille, guardian=mia, email="papier@exemple.fr")
    given = password_in(last_mail().body)
    client = enter(user.username, given)
    for path in (
        "/famille/",
        "/famille/compte/",
        "/accueil/",
        "/mot-de-passe/",
        "/confirmer/",
        "/",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/mot-de-passe/premier/")
    assert client.post("/famille/changer/").headers["Location"] == "/mot-de-passe/premier/"
    assert is_in(enter(user.username, given)), "it stays valid until a choice is saved"
    page = Page(client.get("/mot-de-passe/premier/"))
    assert page.faults() == []
    for bad in (given, "court", "alex.papier-exemple"):
        page = Page(client.post("/mot-de-passe/premier/", {"password1": bad, "password2": bad}))
        assert page.all("[role=alert]"), bad
    answer = client.post("/mot-de-passe/premier/", {"password1": OWN, "password2": OWN})
    assert answer.headers["Location"] == "/accueil/"
    assert client.get("/famille/").status_code == 200
    assert not is_in(enter(user.username, given))
    assert client.get("/mot-de-passe/premier/").headers["Location"] == "/accueil/"
    user.refresh_from_db()
    assert access_of_people([user])[user.pk].state == "own"


def test_a_week_later_it_is_dead_and_renewed_from_the_sign_in_page(
    cast: Cast, mia: Guardian
) -> None:
    user = record_email(actor=cast.camille, guardian=mia, email="papier@exemple.fr")
    given = password_in(last_mail().body)
    with clock.pinned(NOW + LASTS - timedelta(minutes=1)):
        early = enter(user.username, given)
        assert is_in(early)
    with clock.pinned(NOW + LASTS):
        assert early.get("/mot-de-passe/premier/").headers["Location"].startswith("/connexion/")
        client = Client()
        page = Page(client.post("/connexion/", {"login": user.username, "password": given}))
        assert "a expiré" in page.words("[role=alert]")
        assert not is_in(client)
        assert access_of_people([user])[user.pk].state == "expired"
        client.post("/mot-de-passe/oublie/", {"identifier": user.username})
        worker_answers_lost_passwords()
        renewed = password_in(last_mail().body)
        assert renewed != given
        assert is_in(enter(user.username, renewed))
        assert not is_in(enter(user.username, given))


def test_another_address_moves_the_sign_in(cast: Cast) -> None:
    parent = cast.exemple
    assert parent.user
    browser = sign_in(Client(), parent.user)
    record_email(actor=cast.camille, guardian=parent.guardian, email="nouvelle@exemple.fr")
    assert browser.get("/famille/").status_code == 302, "open sessions end"
    assert not is_in(enter("famille.1", PASSWORD))
    last_mail()
    told = {each.to[0]: str(each.body) for each in mail.outbox}
    assert set(told) == {"famille1@exemple.fr", "nouvelle@exemple.fr"}
    assert is_in(enter("famille.1", password_in(told["nouvelle@exemple.fr"])))
    assert "nouvelle@exemple.fr" not in told["famille1@exemple.fr"]
    assert not re.search(r"provisoire", told["famille1@exemple.fr"])
    parent.guardian.refresh_from_db()
    assert parent.guardian.email == "nouvelle@exemple.fr"
    assert AuditEvent.objects.filter(act=Act.EMAIL_CHANGED, actor=cast.camille).exists()


@pytest.mark.parametrize("email", ["", "  ", "FAMILLE1@exemple.fr"])
def test_no_address_or_the_same_one_changes_nothing(cast: Cast, email: str) -> None:
    with pytest.raises(RefusedError):
        record_email(actor=cast.camille, guardian=cast.exemple.guardian, email=email)
    assert not Mail.objects.exists()


def test_two_parents_of_one_name_and_one_mailbox_have_two_identifiers(cast: Cast) -> None:
    names = []
    for _ in range(2):
        twin = Guardian.objects.create(first_name="Jo", last_name="Été-Exemple")
        names.append(record_email(actor=cast.camille, guardian=twin, email="a@exemple.fr").username)
    assert names == ["jo.ete-exemple", "jo.ete-exemple2"]


def test_a_director_never_holds_the_keys_of_a_colleague(cast: Cast) -> None:
    both = Guardian.objects.create(first_name="A", last_name="B", user=cast.house.andrea)
    for actor, refused in ((cast.camille, True), (cast.house.andrea, False)):
        try:
            record_email(actor=actor, guardian=both, email="moi@exemple.fr")
        except RefusedError:
            assert refused
        else:
            assert not refused


def test_a_password_in_use_is_never_replaced_by_the_office(cast: Cast, mia: Guardian) -> None:
    assert cast.exemple.user
    with pytest.raises(RefusedError, match="a déjà choisi"):
        send_access(actor=cast.camille, user=cast.exemple.user)
    user = record_email(actor=cast.camille, guardian=mia, email="papier@exemple.fr")
    first = password_in(last_mail().body)
    send_access(actor=cast.camille, user=user)
    second = password_in(last_mail().body)
    assert not is_in(enter(user.username, first))
    assert is_in(enter(user.username, second))
    choose_own_password(user=User.objects.get(pk=user.pk), password=OWN, because="essai")
    with pytest.raises(RefusedError):
        send_access(actor=cast.camille, user=user)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (MailState.QUEUED, "waiting"),
        (MailState.FAILED, "refused"),
        (MailState.UNCERTAIN, "uncertain"),
    ],
)
def test_the_office_sees_what_became_of_the_mail(
    cast: Cast, mia: Guardian, state: MailState, shown: str
) -> None:
    user = record_email(actor=cast.camille, guardian=mia, email="papier@exemple.fr")
    if state is not MailState.QUEUED:
        Mail.objects.update(state=MailState.SENDING)
        Mail.objects.update(state=state, text="")
    assert access_of_people([user, None])[user.pk].state == shown
