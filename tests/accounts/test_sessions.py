"""A person reads where they are signed in, and ends what is not theirs (trust.md)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from preau.core import clock
from preau.core.housekeeping import DUTIES
from preau.core.models import Act, AuditEvent, Session
from tests.factories import NOW, Cast, sign_in
from tests.factories.house import PASSWORD
from tests.kit.page import Page

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
END = "/sessions/fermer/"


def enter(name: str, browser: str = DESK, address: str = "192.0.2.7") -> Client:
    client = Client(HTTP_USER_AGENT=browser, REMOTE_ADDR=address)
    client.post("/connexion/", {"login": name, "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("name", "page"), [("famille.1", "/famille/espace/"), ("camille", "/direction/moi/")]
)
def test_a_forgotten_browser_is_seen_and_ended(cast: Cast, name: str, page: str) -> None:
    """A telephone lost on the bus stays signed in: its owner closes it from home, at once."""
    desk, lost = enter(name), enter(name, PHONE, "192.0.2.99")
    shown = Page(desk.get(page))
    assert shown.faults() == []
    rows = [" ".join(row.to_text().split()) for row in shown.all(f"form[action='{END}']")]
    assert len(rows) == 2, "one to close, and all the others"
    said = " ".join(shown.words("main").split())
    for words in ("Firefox sur Windows", "ce navigateur-ci", "Safari sur iPhone", "192.0.2.99"):
        assert words in said
    key = lost.session.session_key
    assert key
    assert key not in shown.text, "a page that shows the key gives the session away"
    mark = shown.all(f"form[action='{END}'] button")[0].attrs["value"]
    desk.post(END, {"which": mark})
    assert lost.get(page).headers["Location"].startswith("/connexion/")
    assert desk.get(page).status_code == 200
    assert Page(desk.get(page)).all(f"form[action='{END}']") == []
    told = AuditEvent.objects.get(act=Act.SESSIONS_ENDED)
    assert (told.actor_name, told.address) == (shown_name(cast, name), "192.0.2.7")


def shown_name(cast: Cast, name: str) -> str:
    return cast.camille.name if name == "camille" else str(cast.exemple.user)


def test_all_the_others_end_and_nobody_elses(cast: Cast) -> None:
    """One button for somebody who is frightened; it touches nobody else."""
    here, *others = (enter("famille.1") for _ in range(3))
    neighbour = enter("famille.2")
    mark = Page(here.get("/famille/espace/")).all(f"form[action='{END}'] button")[0].attrs["value"]
    neighbour.post(END, {"which": mark})
    assert all(each.get("/famille/").status_code == 200 for each in (here, *others))
    here.post(END, {"which": "others"})
    assert [each.get("/famille/").status_code for each in (here, *others)] == [200, 302, 302]
    assert neighbour.get("/famille/").status_code == 200


def test_a_session_that_opens_nothing_is_not_listed_then_leaves_no_row(cast: Cast) -> None:
    """Where somebody was is kept no longer than it serves."""
    old = enter("famille.1", PHONE)
    with clock.pinned(NOW + timedelta(minutes=119)):
        here = enter("famille.1")
        DUTIES["core.sessions"].run()
        assert old.get("/famille/").status_code == 200
    with clock.pinned(NOW + timedelta(minutes=240)):
        fresh = sign_in(Client(), cast.exemple.user)
        assert "iPhone" not in Page(fresh.get("/famille/espace/")).words("main")
        DUTIES["core.sessions"].run()
    assert here.session.session_key is not None
    kept = Session.objects.filter(user=cast.exemple.user).values_list("pk", flat=True)
    assert list(kept) == [fresh.session.session_key]


def test_a_changed_password_leaves_no_other_session_in_the_list(cast: Cast) -> None:
    """What the new password has closed is not shown as open."""
    enter("camille", PHONE)
    here = enter("camille")
    new = "cinq autres mots pour entrer"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    here.post("/mot-de-passe/", form)
    assert Page(here.get("/direction/moi/")).all(f"form[action='{END}']") == []
