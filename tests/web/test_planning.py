"""The office's pages of periods: making, changing, days and places, outings."""

from __future__ import annotations

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from pytest_django import DjangoAssertNumQueries

from preau.activities.deadlines import parse_rule
from preau.activities.models import Outing, Period, Places
from preau.web.office.planning.deadline_form import RuleForm, initial_of
from tests.activities.rule_strategies import rule_data
from tests.factories import Cast, ask, decide, lines_of, make_holidays, open_days, sign_in


@pytest.fixture
def camille(client: Client, cast: Cast) -> Client:
    return sign_in(client, cast.camille)


def said(response: Any) -> str:
    return unescape(response.content.decode()).replace("\u00a0", " ")


def sent(response: Any) -> dict[str, Any]:
    """What a browser would send from the form of a page, unchanged."""
    form = response.context["form"]
    data = {form[name].html_name: form[name].value() for name in form.fields}
    for name, value in list(data.items()):
        if value is None or value is False or value == "":
            del data[name]
        elif hasattr(value, "isoformat"):
            data[name] = form[name].field.widget.format_value(form[name].field.prepare_value(value))
    return data


def holidays_ahead(client: Client, cast: Cast) -> str:
    page = client.get(reverse("office:new_period") + f"?centre={cast.house.tilleuls.pk}")
    first = next(p for p in page.context["proposals"] if p.starts_on.month == 4)
    return (
        reverse("office:new_period")
        + f"?centre={cast.house.tilleuls.pk}&depuis={first.kind}.{first.starts_on}"
    )


def test_every_period_of_the_centre_is_listed_with_constant_queries(
    camille: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("office:planning")
    camille.get(address)
    with django_assert_num_queries(7):
        page = camille.get(address)
    assert "Hiver 2027" in said(page)
    assert "Platanes" not in said(page)


def test_a_period_is_made_from_the_calendar_closed_on_public_holidays(
    camille: Client, cast: Cast
) -> None:
    address = holidays_ahead(camille, cast)
    page = camille.get(address)
    groups = {f"places_{group.pk}": 10 for group in cast.house.tilleuls.age_groups.all()}
    form = page.context["form"]
    data = sent(page) | groups | {"do": "create", "shown": form.listed}
    data["closed"] = form.listed.split()
    answer = camille.post(address, data)
    made = Period.objects.get(starts_on__month=4)
    assert answer["Location"] == reverse("office:period", args=[made.pk])
    assert not made.published
    assert made.days.filter(closed_because="").count() >= 8
    assert Places.objects.filter(session_day__period=made).count() == 6 * len(open_days(made))


def test_a_refused_period_loses_nothing_typed(camille: Client, cast: Cast) -> None:
    address = holidays_ahead(camille, cast)
    page = camille.get(address)
    data = sent(page) | {"do": "create", "name": "Hiver 2027", "shown": page.context["form"].listed}
    data |= {f"places_{group.pk}": 17 for group in cast.house.tilleuls.age_groups.all()}
    answer = camille.post(address, data)
    assert answer.status_code == 422
    assert "déjà une période nommée « Hiver 2027 »" in said(answer)
    assert 'value="17"' in said(answer)


def test_other_dates_show_their_public_holidays_before_anything_is_made(
    camille: Client, cast: Cast
) -> None:
    address = holidays_ahead(camille, cast)
    data = sent(camille.get(address)) | {"do": "create", "shown": "", "ends_on": "2027-05-07"}
    data |= {f"places_{group.pk}": 17 for group in cast.house.tilleuls.age_groups.all()}
    answer = camille.post(address, data)
    assert answer.status_code == 422
    assert "vérifiez leurs jours fériés" in said(answer)
    assert "jeudi 6 mai : Ascension" in said(answer)


def test_a_period_is_copied_with_its_outings(camille: Client, cast: Cast) -> None:
    address = (
        reverse("office:new_period")
        + f"?centre={cast.house.tilleuls.pk}&depuis=copy.{cast.hiver.pk}"
    )
    data = sent(camille.get(address)) | {"do": "create", "starts_on": "2027-04-05"}
    camille.post(address, data | {"name": "Copie"})
    made = Period.objects.get(name="Copie")
    assert made.starts_on == date(2027, 4, 5)
    assert Outing.objects.filter(session_day__period=made).count() == 1


def test_publishing_asks_first_then_publishes(camille: Client, cast: Cast) -> None:
    Period.objects.filter(pk=cast.hiver.pk).update(published=False)
    address = reverse("office:period", args=[cast.hiver.pk])
    page = camille.get(address)
    data = sent(page) | {"seen": page.context["seen"], "published": "on"}
    asked = camille.post(address, data)
    assert asked.status_code == 422
    assert "À confirmer avant d’enregistrer" in said(asked)
    camille.post(address, data | {"confirmed": asked.context["confirm"]})
    cast.hiver.refresh_from_db()
    assert cast.hiver.published


def test_the_dates_are_shown_before_they_are_saved(camille: Client, cast: Cast) -> None:
    address = reverse("office:period_deadlines", args=[cast.mercredis.pk])
    assert "lundi 18 janvier avant 10 h" in said(camille.get(address))
    data = {"do": "dates", "booking-kind": "clear_days", "cancelling-kind": "clear_days"}
    data |= {f"{form}-{key}": value for form in ("booking", "cancelling") for key, value in FREE}
    answer = camille.post(address, data)
    assert "mercredi 13 janvier" in said(answer)
    assert "samedi 16 janvier inclus" in said(answer)
    cast.mercredis.refresh_from_db()
    assert cast.mercredis.booking_deadline["kind"] == "weekday_before"


FREE = [("n", "3"), ("anchor", "activity_day"), ("shift", "keep"), ("shown", "clear_days")]


def test_deadlines_are_saved_by_form(camille: Client, cast: Cast) -> None:
    address = reverse("office:period_deadlines", args=[cast.mercredis.pk])
    seen = camille.get(address).context["seen"]
    data = {"do": "save", "seen": seen, "booking-kind": "clear_days"}
    data |= {"cancelling-kind": "json", "cancelling-text": '{"kind": "fixed", "date": "demain"}'}
    data |= {f"booking-{key}": value for key, value in FREE}
    assert "une date comme 2026-01-14" in said(camille.post(address, data))
    data["cancelling-text"] = '{"kind": "fixed", "date": "2027-01-20"}'
    assert camille.post(address, data).status_code == 302
    cast.mercredis.refresh_from_db()
    assert cast.mercredis.booking_deadline == {
        "kind": "clear_days",
        "n": 3,
        "anchor": "activity_day",
    }


@given(rule_data())
def test_every_rule_goes_through_its_form_and_comes_back_the_same(data: dict[str, Any]) -> None:
    rule = parse_rule(data)
    shown = initial_of(rule)
    posted = {f"r-{key}": v for key, v in shown.items() if v not in ("", None) and v is not False}
    again = RuleForm(posted, prefix="r", rule=rule.as_json())
    assert again.is_valid(), again.errors
    assert again.cleaned_data["rule"].as_json() == rule.as_json()


def test_the_grid_is_saved_and_says_what_changed(camille: Client, cast: Cast) -> None:
    address = reverse("office:period_places", args=[cast.hiver.pk])
    page = camille.get(address)
    cell = page.context["rows"][0]["cells"][0]["cell"]
    answer = camille.post(
        address, {"seen": page.context["seen"], f"p.{cell.key}": "7"}, follow=True
    )
    assert "Enregistré : lun. 8 matin, Petits 12 → 7." in said(answer)


def test_the_second_director_sees_both_numbers(camille: Client, cast: Cast) -> None:
    address = reverse("office:period_places", args=[cast.hiver.pk])
    page = camille.get(address)
    cell = page.context["rows"][0]["cells"][0]["cell"]
    data = {"seen": page.context["seen"]}
    camille.post(address, data | {f"p.{cell.key}": "7"})
    answer = camille.post(address, data | {f"p.{cell.key}": "9"})
    assert answer.status_code == 422
    assert "Modifié entre-temps" in said(answer)
    assert "actuel : 7" in said(answer)
    assert 'value="9"' in said(answer)


def test_what_is_no_number_is_refused_beside_what_was_typed(camille: Client, cast: Cast) -> None:
    address = reverse("office:period_places", args=[cast.hiver.pk])
    page = camille.get(address)
    cell = page.context["rows"][0]["cells"][0]["cell"]
    answer = camille.post(address, {"seen": page.context["seen"], f"p.{cell.key}": "x"})
    assert answer.status_code == 422
    assert 'value="x"' in said(answer)
    assert camille.post(address, {"seen": "1.soir.2.3"}).status_code == 400


@pytest.mark.parametrize("weeks", [1, 3])
def test_the_grid_costs_the_same_for_one_week_and_for_three(
    camille: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, weeks: int
) -> None:
    Period.objects.filter(pk=cast.hiver.pk).update(name="Avant")
    cast.hiver.days.all().delete()
    period = make_holidays(cast.house.tilleuls, weeks=weeks)
    ask(cast.exemple, period)
    decide(cast.camille, period, lines_of(cast.exemple))
    address = reverse("office:period_places", args=[period.pk])
    camille.get(address)
    with django_assert_num_queries(11):
        camille.get(address)


def test_a_day_is_added_then_removed(camille: Client, cast: Cast) -> None:
    camille.post(reverse("office:add_day", args=[cast.hiver.pk]), {"on": "2027-02-20"})
    day = cast.hiver.days.get(on=date(2027, 2, 20))
    camille.post(reverse("office:change_day", args=[day.pk]), {"do": "remove"})
    assert not cast.hiver.days.filter(on=date(2027, 2, 20)).exists()


def test_an_outing_is_added_changed_and_deleted(camille: Client, cast: Cast) -> None:
    address = reverse("office:outing", args=[cast.sortie.pk])
    page = camille.get(address)
    data = sent(page) | {"seen": page.context["seen"], "min_days_in_week": "3"}
    camille.post(address, data)
    cast.sortie.refresh_from_db()
    assert cast.sortie.min_days_in_week == 3
    new = reverse("office:new_outing", args=[cast.hiver.pk])
    camille.post(new, data | {"title": "Ferme", "price": "9,50"})
    made = Outing.objects.get(title="Ferme")
    assert "Ferme" in said(camille.get(reverse("office:period_outings", args=[cast.hiver.pk])))
    camille.post(reverse("office:remove_outing", args=[made.pk]))
    assert not Outing.objects.filter(title="Ferme").exists()
    refused = camille.post(new, data | {"returns_at": "07:00"})
    assert "Le retour vient après le départ" in said(refused)


def test_the_periods_of_another_centre_do_not_exist(client: Client, cast: Cast) -> None:
    sign_in(client, cast.house.dominique)
    day = open_days(cast.hiver)[0]
    for name in ("period", "period_deadlines", "period_places", "period_outings", "new_outing"):
        assert client.get(reverse(f"office:{name}", args=[cast.hiver.pk])).status_code == 404, name
    posts: list[Any] = [
        client.post(reverse("office:add_day", args=[cast.hiver.pk]), {"on": "2027-02-20"}),
        client.post(reverse("office:change_day", args=[day.pk]), {"do": "remove"}),
        client.post(reverse("office:outing", args=[cast.sortie.pk]), {}),
        client.post(reverse("office:remove_outing", args=[cast.sortie.pk])),
        client.get(
            reverse("office:new_period") + f"?centre={cast.house.tilleuls.pk}&depuis=copy.1"
        ),
    ]
    assert [answer.status_code for answer in posts] == [404] * 5


def test_families_and_strangers_find_no_planning(client: Client, cast: Cast) -> None:
    sign_in(client, cast.exemple.user)
    assert client.get(reverse("office:planning")).status_code == 404
