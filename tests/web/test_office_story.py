"""A director at the board, without JavaScript: accept, refuse, undo, validate, follow the mails."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from preau.booking.enums import Decision, Status
from preau.booking.models import Booking
from preau.families.models import Enrolment
from preau.messaging.models import Mail, MailState
from tests.factories import NOW, Cast, ask, decide, lines_of, only_places, open_days, sign_in, tell
from tests.kit.page import Page


@pytest.fixture
def director(cast: Cast) -> Client:
    return sign_in(Client(), cast.camille)


def board_of(director: Client, cast: Cast, query: str = "") -> Page:
    return Page(director.get(reverse("office:board", args=[cast.hiver.pk]) + query))


def press(director: Client, cast: Cast, **fields: object) -> Page:
    """Press a button of the board; the page that follows."""
    path = reverse("office:decide", args=[cast.hiver.pk])
    return Page(director.post(path, fields, follow=True))


def said(page: Page) -> str:
    return " ".join(message.to_text() for message in page.all(".msg")).replace("\xa0", " ")


def drafts(cast: Cast) -> set[str]:
    return set(Booking.objects.filter(request__period=cast.hiver).values_list("draft", flat=True))


def buttons(page: Page, word: str) -> list[str]:
    values = [button.attrs.get("value", "") for button in page.all("button[name=do]")]
    return [value for value in values if value.startswith(f"{word}:")]


def test_one_press_accepts_a_childs_whole_week(cast: Cast, director: Client) -> None:
    ask(cast.exemple, cast.hiver, days=open_days(cast.hiver)[:5])
    accept = buttons(board_of(director, cast), "accepted")[0]
    page = press(director, cast, do=accept)
    assert "15 lignes acceptées." in said(page)
    assert drafts(cast) == {"accepted"}
    (pressed, *_) = page.all("button.a[aria-pressed=true]")
    assert pressed.attrs["value"].startswith("accepted:")


def test_ticked_families_are_answered_together(cast: Cast, director: Client) -> None:
    for household in cast.at_tilleuls:
        ask(household, cast.hiver)
    boxes = [box.attrs["value"] for box in board_of(director, cast).all("input[name=lines]")]
    assert len(boxes) == 4
    page = press(director, cast, do="waitlisted", lines=boxes[:3])
    assert "9 lignes mises en liste d’attente." in said(page)
    assert Booking.objects.filter(draft=Decision.WAITLISTED).count() == 9
    assert "Cochez au moins une famille" in said(press(director, cast, do="accepted"))


def test_what_does_not_fit_is_named(cast: Cast, director: Client) -> None:
    ask(cast.martin, cast.hiver)
    ask(cast.exemple, cast.hiver)
    only_places(cast.hiver, 1)
    boxes = [box.attrs["value"] for box in board_of(director, cast).all("input[name=lines]")]
    page = press(director, cast, do="accepted", lines=boxes)
    assert "3 lignes acceptées." in said(page)
    assert "Plus de place : Zoé lun. 8 matin, Zoé lun. 8 midi" in said(page)


def test_a_colleagues_answer_is_not_overwritten(cast: Cast, director: Client) -> None:
    ask(cast.exemple, cast.hiver)
    accept = buttons(board_of(director, cast), "accepted")[0]
    decide(cast.house.sacha, cast.hiver, lines_of(cast.exemple), Decision.WAITLISTED)
    page = press(director, cast, do=accept)
    assert "Changé entre-temps" in said(page)
    assert drafts(cast) == {"waitlisted"}


def test_a_refusal_asks_for_its_reason(cast: Cast, director: Client) -> None:
    ask(cast.exemple, cast.hiver)
    boxes = [box.attrs["value"] for box in board_of(director, cast).all("input[name=lines]")]
    for reason in ("", "   ", "\n"):
        page = press(director, cast, do="refused", lines=boxes, reason=reason)
        assert "Un refus donne son motif" in said(page)
    assert drafts(cast) == {""}
    page = press(
        director, cast, do="refused", lines=boxes, reason=" groupe \n complet " + "x" * 300
    )
    assert "3 lignes refusées." in said(page)
    (reason,) = set(Booking.objects.values_list("reason", flat=True))
    assert reason.startswith("groupe complet xxx")
    assert len(reason) == 200


def test_the_last_choice_is_taken_back_by_one_press(cast: Cast, director: Client) -> None:
    ask(cast.exemple, cast.hiver)
    ask(cast.martin, cast.hiver)
    page = board_of(director, cast)
    page = press(director, cast, do=buttons(page, "accepted")[0])
    page = press(director, cast, do=buttons(page, "waitlisted")[-1])
    (undo,) = page.all("button.quiet[data-key=z]")
    page = press(director, cast, do=undo.attrs["value"])
    assert "3 lignes remises à traiter." in said(page)
    assert drafts(cast) == {"accepted", ""}
    assert not page.all("button.quiet[data-key=z]")


def test_the_filters_show_what_is_left_to_do(cast: Cast, director: Client) -> None:
    ask(cast.exemple, cast.hiver)
    ask(cast.martin, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.martin))

    def families(query: str) -> list[str]:
        return [b.to_text() for b in board_of(director, cast, query).all("ol.queue header b")]

    assert families("") == ["1. Famille Exemple", "2. Famille Martin-Exemple"]
    assert families("?etat=a-traiter") == ["1. Famille Exemple"]
    assert families("?etat=decidees") == ["2. Famille Martin-Exemple"]


def test_validating_says_first_how_many_mails_leave(cast: Cast, director: Client) -> None:
    for household in (cast.exemple, cast.martin, cast.sans_mail):
        ask(household, cast.hiver)
        decide(cast.camille, cast.hiver, lines_of(household))
    decide(cast.camille, cast.hiver, lines_of(cast.martin)[:1], None)
    path = reverse("office:validate", args=[cast.hiver.pk])
    page = Page(director.get(path))
    assert "Valider et prévenir 2 familles" in page.words("h1").replace("\xa0", " ")
    numbers = [number.to_text() for number in page.all("ul.nums b")]
    assert numbers == ["6", "1", "1", "1"]
    assert "Famille Papier-Exemple" in page.words("main")
    (key,) = page.all("input[name=fingerprint]")
    answer = director.post(path, {"fingerprint": key.attrs["value"]}, follow=True)
    progress = Page(answer)
    assert "2 familles ont leur réponse" in progress.words("h1").replace("\xa0", " ")
    assert "0 courriel sur 1" in progress.words("main").replace("\xa0", " ")
    assert "1 famille n’a pas d’adresse" in progress.words("main").replace("\xa0", " ")
    assert {line.status for line in lines_of(cast.martin)} == {Status.PENDING}


def test_a_confirmation_page_that_is_out_of_date_sends_nothing(
    cast: Cast, director: Client
) -> None:
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    path = reverse("office:validate", args=[cast.hiver.pk])
    (key,) = Page(director.get(path)).all("input[name=fingerprint]")
    decide(cast.house.sacha, cast.hiver, lines_of(cast.exemple), Decision.WAITLISTED)
    answer = director.post(path, {"fingerprint": key.attrs["value"]})
    assert answer.status_code == 409
    assert "Les décisions ont changé" in said(Page(answer))
    assert Page(answer).all("input[name=fingerprint]")
    assert not Mail.objects.exists()


def test_a_double_click_on_validate_sends_once(cast: Cast, director: Client) -> None:
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    path = reverse("office:validate", args=[cast.hiver.pk])
    (key,) = Page(director.get(path)).all("input[name=fingerprint]")
    codes = [director.post(path, {"fingerprint": key.attrs["value"]}).status_code for _ in range(2)]
    assert codes == [302, 409]
    assert Mail.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (MailState.SENT, "Tous les courriels sont partis."),
        (MailState.FAILED, "Prévenez ces familles autrement : famille1@exemple.fr"),
        (MailState.UNCERTAIN, "1 courriel n’est pas parti avec certitude"),
        (MailState.SENDING, "l’envoi continue"),
    ],
)
def test_a_sending_can_be_followed_and_found_again(
    cast: Cast, director: Client, state: MailState, sentence: str
) -> None:
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    sending = tell(cast.camille, cast.hiver)
    path = reverse("office:sending", args=[sending.pk])
    Mail.objects.update(state=MailState.SENDING)
    Mail.objects.update(state=state, sent_at=NOW if state == MailState.SENT else None)
    page = Page(director.get(path))
    assert sentence in page.words("main").replace("\xa0", " ")
    refreshed = [each.attrs["hx-get"] for each in page.all("[hx-get]")]
    assert refreshed == ([path] if state == MailState.SENDING else [])
    assert page.faults() == []


def test_an_htmx_press_gives_the_same_board_as_a_reload(cast: Cast, director: Client) -> None:
    """Habit 12: what the script puts in the page equals what a reload shows."""
    ask(cast.exemple, cast.hiver)
    accept = buttons(board_of(director, cast), "accepted")[0]
    path = reverse("office:decide", args=[cast.hiver.pk])
    followed = director.post(path, {"do": accept}, headers={"hx-request": "true"}, follow=True)
    reloaded = board_of(director, cast)

    def queue(page: Page) -> str:
        return str(page.all("ol.queue")[0].to_html())

    assert queue(Page(followed)) == queue(reloaded)


def test_a_family_is_found_and_its_file_read(cast: Cast, director: Client) -> None:
    ask(cast.exemple, cast.hiver)
    found = Page(director.get(reverse("office:families"), {"q": "tom"}))
    (link,) = [a.attrs["href"] for a in found.all("tbody a")]
    page = Page(director.get(link))
    assert page.words("h1") == "Famille Exemple"
    assert "7 ans" in page.words("main").replace("\xa0", " ")
    assert "famille1@exemple.fr" in page.words("main")
    assert "Hiver 2027" in page.words("main")


def test_a_director_reads_no_request_made_at_another_centre(cast: Cast) -> None:
    """The family goes to both centres: each director reads their own side."""
    Enrolment.objects.create(
        child=cast.exemple.child, centre=cast.house.platanes, starts_on=date(2026, 9, 1)
    )
    ask(cast.exemple, cast.hiver)
    other = sign_in(Client(), cast.house.dominique)
    page = Page(other.get(reverse("office:family", args=[cast.exemple.family.pk])))
    assert "Aucune demande dans vos centres." in page.words("main")
    assert "Tilleuls" not in page.words("main")
