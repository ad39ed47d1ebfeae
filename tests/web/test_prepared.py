"""Preparing a request before the window opens, and sending it in one click (B1)."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from preau.booking.models import Booking, PreparedRequest
from preau.core import clock
from tests.factories import Cast, boxes, lines_of, open_days, wishes_for
from tests.kit.page import Page


def prepare(cast: Cast, parent: Client, *, days: int = 2, **more: str) -> int:
    """Tick so many whole days for Zoé the day before the opening, and keep them."""
    wishes = wishes_for(cast.exemple.child, open_days(cast.hiver)[:days])
    with clock.pinned(cast.hiver.opens_at - timedelta(days=1)):
        answer = parent.post(
            reverse("family:book", args=[cast.hiver.pk]),
            {**boxes(wishes), "do": "prepare", **more},
        )
    return answer.status_code


def send(cast: Cast, parent: Client) -> Page:
    answer = parent.post(reverse("family:send_prepared", args=[cast.hiver.pk]), follow=True)
    return Page(answer)


def test_what_was_prepared_asks_for_nothing_yet(cast: Cast, parent: Client) -> None:
    assert prepare(cast, parent) == 302
    assert not Booking.objects.exists()
    assert PreparedRequest.objects.get().family == cast.exemple.family


def test_it_is_kept_on_the_server_for_another_phone(cast: Cast, parent: Client) -> None:
    prepare(cast, parent, together="1")
    with clock.pinned(cast.hiver.opens_at - timedelta(hours=1)):
        page = Page(parent.get(reverse("family:book", args=[cast.hiver.pk])))
    assert len(page.all("input[name=pick][checked]")) == 6
    assert page.all("input[name=together][checked]")


def test_it_is_sent_in_one_click_with_the_time_of_the_click(cast: Cast, parent: Client) -> None:
    prepare(cast, parent)
    opening = cast.hiver.opens_at + timedelta(seconds=1)
    with clock.pinned(opening):
        home = Page(parent.get(reverse("family:home")))
        assert home.all(f"form[action='{reverse('family:send_prepared', args=[cast.hiver.pk])}']")
        page = send(cast, parent)
    assert "Votre demande est envoyée" in page.words("main")
    assert {line.asked_at for line in lines_of(cast.exemple)} == {opening}
    assert not PreparedRequest.objects.exists()


def test_it_cannot_be_sent_a_second_too_early(cast: Cast, parent: Client) -> None:
    prepare(cast, parent)
    with clock.pinned(cast.hiver.opens_at - timedelta(seconds=1)):
        page = send(cast, parent)
    assert "ne sont pas ouvertes" in page.words("main")
    assert not lines_of(cast.exemple)
    assert PreparedRequest.objects.exists()


def test_what_cannot_be_asked_any_more_is_said_and_the_rest_is_kept(
    cast: Cast, parent: Client
) -> None:
    """A day was closed meanwhile: the parent sees the page with everything else still ticked."""
    prepare(cast, parent)
    open_days(cast.hiver)[0].places.all().delete()
    with clock.pinned(cast.hiver.opens_at):
        answer = parent.post(reverse("family:send_prepared", args=[cast.hiver.pk]))
    page = Page(answer)
    assert answer.status_code == 422
    assert len(page.all("input[name=pick][checked]")) == 3
    assert PreparedRequest.objects.exists()


def test_preparing_after_the_opening_loses_nothing(cast: Cast, parent: Client) -> None:
    """The page was open since yesterday, without scripts."""
    wishes = wishes_for(cast.exemple.child, open_days(cast.hiver)[:1])
    with clock.pinned(cast.hiver.opens_at):
        answer = parent.post(
            reverse("family:book", args=[cast.hiver.pk]), {**boxes(wishes), "do": "prepare"}
        )
    page = Page(answer)
    assert answer.status_code == 422
    assert "Les demandes sont ouvertes" in page.words("main")
    assert len(page.all("input[name=pick][checked]")) == 3


def test_unticking_everything_forgets_the_preparation(cast: Cast, parent: Client) -> None:
    prepare(cast, parent)
    prepare(cast, parent, days=0)
    assert not PreparedRequest.objects.exists()


def test_a_forged_preparation_is_refused(cast: Cast, parent: Client) -> None:
    stranger = wishes_for(cast.martin.child, open_days(cast.hiver)[:1])
    with clock.pinned(cast.hiver.opens_at - timedelta(days=1)):
        answer = parent.post(
            reverse("family:book", args=[cast.hiver.pk]), {**boxes(stranger), "do": "prepare"}
        )
    assert answer.status_code == 400
    assert not PreparedRequest.objects.exists()
