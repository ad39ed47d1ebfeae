"""Lists of the office: searched, sorted, exported; and what the office does to many lines."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from preau.activities.deadlines import parse_rule
from preau.activities.enums import Slot
from preau.activities.models import PlanEvent
from preau.booking.enums import Channel, Status
from preau.booking.models import BookingRequest
from preau.families.models import Family
from preau.web.office.planning.deadline_form import initial_of
from tests.activities.test_deadline_corpus import RULES
from tests.factories import (
    Cast,
    add_trip,
    ask,
    boxes,
    decide,
    lines_of,
    only_places,
    open_days,
    sign_in,
    tell,
    wishes_for,
)
from tests.kit.page import Page


@pytest.fixture
def camille(client: Client, cast: Cast) -> Client:
    return sign_in(client, cast.camille)


def rows(answer: Any) -> list[list[str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


def test_a_list_is_exported_as_it_is_searched_and_never_as_formulas(
    camille: Client, cast: Cast
) -> None:
    Family.objects.filter(pk=cast.martin.family.pk).update(name="=1+1")
    ask(cast.martin, cast.hiver, slots=[Slot.MORNING])
    board = reverse("office:board", args=[cast.hiver.pk])
    header, line = rows(camille.get(board, {"format": "csv", "q": "Léa"}))
    assert dict(zip(header, line, strict=True)) | {"Demandée le": ""} == {
        "Famille": "'=1+1",
        "Numéro": "2",
        "Enfant": str(cast.martin.child),
        "Naissance": f"{cast.martin.child.birth_date:%d/%m/%Y}",
        "Groupe": "Grands",
        "Jour": "08/02/2027",
        "Tranche ou sortie": "matin",
        "Statut": "à traiter",
        "Réponse préparée": "",
        "Rang": "",
        "Motif": "",
        "Demandée le": "",
        "Canal": "portail",
        "Hors délai": "",
    }
    assert len(rows(camille.get(board, {"format": "csv", "q": "personne"}))) == 1
    book = ZipFile(BytesIO(camille.get(board, {"format": "xlsx"}).content))
    assert "=1+1" in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()


def test_every_list_of_the_office_is_exported(camille: Client, cast: Cast) -> None:
    lists: dict[str, list[int]] = {
        "office:periods": [],
        "office:families": [],
        "office:planning": [],
        "office:board": [cast.hiver.pk],
        "office:period_outings": [cast.hiver.pk],
        "office:period_places": [cast.hiver.pk],
        "office:period_trace": [cast.hiver.pk],
    }
    ask(cast.exemple, cast.hiver)
    for name, args in lists.items():
        for kind in ("csv", "xlsx"):
            answer = camille.get(reverse(name, args=args), {"format": kind})
            assert f'.{kind}"' in answer["Content-Disposition"], name
        table = rows(camille.get(reverse(name, args=args), {"format": "csv"}))
        assert len(table) > 1, name
        assert len({len(row) for row in table}) == 1, name


def test_a_list_is_sorted_by_its_address_both_ways(camille: Client, cast: Cast) -> None:
    def names(sort: str) -> list[str]:
        table = rows(camille.get(reverse("office:families"), {"format": "csv", "tri": sort}))
        return [row[1] for row in table[1:]]

    assert names("numero") == sorted(names("numero"), key=int)
    assert names("-numero") == names("numero")[::-1]
    assert camille.get(reverse("office:families"), {"tri": "password"}).status_code == 200


def test_the_office_enters_a_request_by_its_form(camille: Client, cast: Cast) -> None:
    path = reverse("office:enter_request", args=[cast.sans_mail.family.pk, cast.hiver.pk])
    page = Page(camille.get(path))
    assert "Saisir une demande" in page.title
    fields = boxes(wishes_for(cast.sans_mail.child, open_days(cast.hiver)[:1]))
    fields |= {"channel": ["paper"], "asked_at": ["2027-01-13T10:00"]}
    refused = camille.post(path, fields)
    assert refused.status_code == 422
    assert refused.content.count(b" checked") == 3
    camille.post(path, fields | {"asked_at": ["2027-01-11T10:00"]})
    asked = BookingRequest.objects.get(family=cast.sans_mail.family)
    assert (asked.channel, asked.lines.count()) == (Channel.PAPER, 3)
    history = Page(camille.get(reverse("office:request", args=[asked.pk]))).words("main")
    assert "papier, reçue le lundi 11 janvier à 10 h" in history.replace("\u00a0", " ")


def test_ticked_lines_already_told_are_corrected_together(camille: Client, cast: Cast) -> None:
    for household in (cast.exemple, cast.martin):
        ask(household, cast.hiver, slots=[Slot.MORNING])
        decide(cast.camille, cast.hiver, lines_of(household))
    tell(cast.camille, cast.hiver)
    told = [*lines_of(cast.exemple), *lines_of(cast.martin)]
    path = reverse("office:correct", args=[cast.hiver.pk])
    keys = [f"{line.pk}.{line.version}" for line in told]
    camille.post(path, {"lines": keys, "answer": "waitlisted", "reason": "groupe réduit"})
    statuses = {lines_of(h)[0].status for h in (cast.exemple, cast.martin)}
    assert statuses == {Status.WAITLISTED}


def test_what_found_no_place_is_accepted_beyond_with_a_reason(camille: Client, cast: Cast) -> None:
    only_places(cast.hiver, 0)
    ask(cast.martin, cast.hiver, slots=[Slot.MORNING])
    (line,) = lines_of(cast.martin)
    path = reverse("office:decide", args=[cast.hiver.pk])
    said = camille.post(path, {"do": f"accepted:{line.pk}.{line.version}"}, follow=True)
    over = said.context["over"]
    assert over == f"{line.pk}.{line.version}"
    camille.post(path, {"do": f"accepted:{over}", "beyond": "1", "reason": "urgence"})
    assert lines_of(cast.martin)[0].draft == Status.ACCEPTED


def test_a_line_is_moved_by_its_form_and_a_forged_one_is_refused(
    camille: Client, cast: Cast
) -> None:
    ask(cast.martin, cast.hiver, slots=[Slot.MORNING])
    (line,) = lines_of(cast.martin)
    board = reverse("office:board", args=[cast.hiver.pk])
    page = camille.get(
        board, {"detail": f"{line.request_id}-{line.child_id}", "deplacer": str(line.pk)}
    )
    assert Page(page).faults() == []
    there = open_days(cast.hiver)[1]
    path = reverse("office:shift", args=[cast.hiver.pk])
    fields = {"lines": f"{line.pk}.{line.version}", "day": there.pk, "reason": "échange"}
    for wrong in ({"day": "x"}, {"slot": "soir"}, {"lines": "a.b"}):
        assert camille.post(path, fields | wrong).status_code == 400
    camille.post(path, fields)
    assert lines_of(cast.martin)[0].on == there.on


def test_a_board_is_told_of_a_colleague_and_of_nothing_else(camille: Client, cast: Cast) -> None:
    ask(cast.martin, cast.hiver)
    mark = camille.get(reverse("office:board", args=[cast.hiver.pk])).context["mark"]
    path = reverse("office:board_news", args=[cast.hiver.pk])
    assert camille.get(path, {"depuis": mark}).status_code == 204
    decide(cast.house.sacha, cast.hiver, lines_of(cast.martin))
    assert "Sacha Exemple" in camille.get(path, {"depuis": mark}).content.decode()
    assert camille.get(path, {"depuis": "x.1"}).status_code == 400


def test_whatever_changes_a_period_says_who_did_it(camille: Client, cast: Cast) -> None:
    trip = add_trip(open_days(cast.hiver)[1], title="Ferme")
    before = PlanEvent.objects.count()
    grid = camille.get(reverse("office:period_places", args=[cast.hiver.pk]))
    cell = grid.context["rows"][0]["cells"][0]["cell"]
    camille.post(
        reverse("office:period_places", args=[cast.hiver.pk]),
        {"seen": grid.context["seen"], f"p.{cell.key}": "7"},
    )
    camille.post(reverse("office:add_day", args=[cast.hiver.pk]), {"on": "2027-02-20"})
    camille.post(reverse("office:remove_outing", args=[trip.pk]))
    day = open_days(cast.hiver)[1]
    camille.post(reverse("office:close_day", args=[day.pk]), {"reason": "neige"})
    camille.post(reverse("office:change_day", args=[day.pk]), {"do": "open"})
    made = PlanEvent.objects.all()[: PlanEvent.objects.count() - before]
    assert {event.actor for event in made} == {cast.camille}
    assert [event.what.split("\u00a0")[0] for event in made] == [
        "jour ouvert de nouveau",
        "jour fermé",
        "sortie supprimée",
        "jour ajouté",
        "places",
    ]
    page = Page(camille.get(reverse("office:period_trace", args=[cast.hiver.pk])))
    assert "Petits 12 → 7" in page.words("main").replace("\u00a0", " ")


def test_every_published_rule_is_entered_by_the_form_for_each_of_the_three_acts(
    camille: Client, cast: Cast
) -> None:
    """One period takes them one after the other: what is posted is what is kept.

    It has no Wednesday, for which the tables of school days say nothing.
    """
    period = cast.hiver
    period.days.filter(on__iso_week_day=3).delete()
    path = reverse("office:period_deadlines", args=[period.pk])
    for key, data in RULES.items():
        shown = initial_of(parse_rule(data))
        posted = {
            f"{form}-{name}": value
            for form in ("booking", "changing", "cancelling")
            for name, value in shown.items()
            if value is not None and value is not False and value != ""
        }
        seen = camille.get(path).context["seen"]
        answer = camille.post(path, posted | {"do": "save", "seen": seen})
        assert answer.status_code == 302, key
        period.refresh_from_db()
        stored = [period.booking_deadline, period.change_deadline, period.cancel_deadline]
        assert stored == [parse_rule(data).as_json()] * 3, key
