"""A parent at a browser without JavaScript: choose, tick, send, change, delete, read the answer."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from preau.booking.enums import Decision
from preau.core import clock
from preau.families.models import Guardianship
from tests.factories import Cast, ask, decide, lines_of, open_days, sign_in, tell
from tests.kit.page import Page

REQUESTS = "/famille/demandes/"


def fields_of(page: Page) -> dict[str, list[str]]:
    """What the booking form would post as it stands."""
    fields: dict[str, list[str]] = {"version": [page.all("input[name=version]")[0].attrs["value"]]}
    for name in ("pick", "outing"):
        ticked = page.all(f"input[name={name}][checked]")
        fields[name] = [box.attrs["value"] for box in ticked]
    return fields


def said(page: Page) -> str:
    return " ".join(message.to_text() for message in page.all(".msg")).replace("\xa0", " ")


def test_from_the_home_page_to_the_answer(cast: Cast, parent: Client) -> None:
    home = Page(parent.get("/famille/"))
    path = reverse("family:book", args=[cast.hiver.pk])
    assert path in [link.attrs["href"] for link in home.all("a")]
    page = Page(parent.get(path))
    fields = fields_of(page)
    assert fields == {"version": ["0"], "pick": [], "outing": []}
    labels = {
        label.query("input")[0].attrs["value"]: label.to_text().strip()
        for label in page.all("label.slot")
    }
    monday = open_days(cast.hiver)[0]
    morning = f"{cast.exemple.child.pk}.{monday.pk}.morning"
    assert labels[morning] == "Matin"
    (outing,) = [box.attrs["value"] for box in page.all("input[name=outing]")]
    answer = parent.post(path, {**fields, "pick": [morning], "outing": [outing]}, follow=True)
    assert answer.redirect_chain == [(REQUESTS, 302)]
    page = Page(answer)
    assert "Votre demande est envoyée." in said(page)
    assert "3 créneaux de la journée ont été ajoutés" in said(page)
    assert "Sortie à la neige" in page.words("main")
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.REFUSED, reason="complet")
    assert "complet" not in Page(parent.get(REQUESTS)).text
    tell(cast.camille, cast.hiver)
    page = Page(parent.get(REQUESTS))
    assert "refusée" in page.words("main")
    assert "Motif : complet" in page.words("main").replace("\xa0", " ")
    assert "Camille Exemple" in page.words("main")
    assert not page.all("a.danger")


def test_a_request_is_changed_by_sending_the_page_again(cast: Cast, parent: Client) -> None:
    ask(cast.exemple, cast.hiver)
    path = reverse("family:book", args=[cast.hiver.pk])
    fields = fields_of(Page(parent.get(path)))
    assert len(fields["pick"]) == 3
    answer = parent.post(path, {**fields, "pick": fields["pick"][:1]}, follow=True)
    assert "Votre demande est modifiée." in said(Page(answer))
    assert len(lines_of(cast.exemple)) == 1
    answer = parent.post(path, {**fields, "pick": fields["pick"][:1]}, follow=True)
    assert "rien n’a changé" in said(Page(answer))


def test_an_old_tab_is_told_and_keeps_its_ticks(cast: Cast, parent: Client) -> None:
    path = reverse("family:book", args=[cast.hiver.pk])
    old = fields_of(Page(parent.get(path)))
    ask(cast.exemple, cast.hiver)
    tuesday = open_days(cast.hiver)[1]
    ticked = f"{cast.exemple.child.pk}.{tuesday.pk}.midday"
    answer = parent.post(path, {**old, "pick": [ticked]})
    assert answer.status_code == 409
    page = Page(answer)
    assert "dans un autre onglet" in page.words("[role=alert]")
    again = fields_of(page)
    assert again["pick"] == [ticked]
    assert again["version"] == ["1"]
    assert parent.post(path, again).status_code == 302
    assert [line.session_day for line in lines_of(cast.exemple)] == [tuesday]


def test_nothing_ticked_is_told(cast: Cast, parent: Client) -> None:
    path = reverse("family:book", args=[cast.hiver.pk])
    answer = parent.post(path, {"version": "0"})
    assert answer.status_code == 422
    assert "Cochez au moins un créneau" in Page(answer).words("[role=alert]")


def test_a_request_is_deleted_after_one_question(cast: Cast, parent: Client) -> None:
    ask(cast.exemple, cast.hiver)
    (link,) = Page(parent.get(REQUESTS)).all("a.danger")
    question = Page(parent.get(link.attrs["href"]))
    assert "Supprimer cette demande" in question.words("h1")
    assert "Zoé" in question.words("main")
    assert len(lines_of(cast.exemple)) == 3
    answer = parent.post(link.attrs["href"], follow=True)
    assert "Votre demande est supprimée." in said(Page(answer))
    assert lines_of(cast.exemple) == []
    assert "Rien à supprimer" in Page(parent.get(link.attrs["href"])).words("h1")


def test_a_deletion_that_comes_after_the_answer_deletes_nothing(cast: Cast, parent: Client) -> None:
    request = ask(cast.exemple, cast.hiver).request
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    path = reverse("family:delete_request", args=[request.pk])
    assert "contactez-le" in Page(parent.get(path)).words("main")
    answer = parent.post(path, follow=True)
    assert "le centre avait déjà répondu" in said(Page(answer))
    assert len(lines_of(cast.exemple)) == 3


def test_after_the_window_the_pages_say_whom_to_call(cast: Cast, parent: Client) -> None:
    """S21."""
    ask(cast.exemple, cast.hiver)
    with clock.pinned(cast.hiver.closes_at):
        sign_in(parent, cast.exemple.user)  # two weeks later
        book = Page(parent.get(reverse("family:book", args=[cast.hiver.pk])))
        periods = Page(parent.get(reverse("family:periods", args=[cast.house.tilleuls.pk])))
        requests = Page(parent.get(REQUESTS))
    assert "Les demandes sont closes" in book.words("main")
    assert "05 00 00 00 01" in book.words("main")
    assert "contactez la direction" in periods.words("main")
    assert "vous pouvez seulement supprimer" in requests.words("main")


def test_before_the_window_the_page_says_when_it_opens(cast: Cast, parent: Client) -> None:
    with clock.pinned(cast.hiver.opens_at.replace(day=10)):
        page = Page(parent.get(reverse("family:book", args=[cast.hiver.pk])))
    assert "lundi 11 janvier à 8 h 30" in page.words("main").replace("\xa0", " ")
    assert page.all("button[value=prepare]")
    assert page.all("button[data-at-opening][hidden]")


def test_a_guardian_of_two_families_changes_from_one_to_the_other(cast: Cast) -> None:
    """B8: each family is seen alone; another’s cannot be chosen."""
    Guardianship.objects.create(family=cast.sud.family, guardian=cast.nord.guardian)
    parent = sign_in(Client(), cast.nord.user)
    ask(cast.nord, cast.hiver)
    assert "Zoé" not in Page(parent.get(REQUESTS)).text
    space = Page(parent.get("/famille/espace/"))
    (button,) = space.all("button[name=family]")
    assert "Famille Sud-Exemple" in button.to_text()
    chosen = parent.post("/famille/changer/", {"family": button.attrs["value"]}, follow=True)
    assert "famille Sud-Exemple" in Page(chosen).words("h1")
    assert "Aucune demande" in Page(parent.get(REQUESTS)).words("main")
    for wrong in (str(cast.exemple.family.pk), "", "x", "9" * 30, "-1"):
        assert parent.post("/famille/changer/", {"family": wrong}).status_code == 404
    assert "famille Sud-Exemple" in Page(parent.get("/famille/")).words("h1")


def test_a_family_no_longer_ones_own_is_left(cast: Cast) -> None:
    Guardianship.objects.create(family=cast.sud.family, guardian=cast.nord.guardian)
    parent = sign_in(Client(), cast.nord.user)
    parent.post("/famille/changer/", {"family": cast.sud.family.pk})
    Guardianship.objects.filter(family=cast.sud.family, guardian=cast.nord.guardian).delete()
    assert "famille Nord-Exemple" in Page(parent.get("/famille/")).words("h1")
