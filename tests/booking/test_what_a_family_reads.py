"""“Statut de vos demandes”, the home page and the booking page, as data (S13-S19)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from preau.activities.enums import Slot
from preau.activities.models import SessionDay
from preau.booking.enums import Decision, Status
from preau.booking.queries.home import news_for_family
from preau.booking.queries.periods import centres_for_family, periods_for_family
from preau.booking.queries.requests import RequestSheet, request_sheets, requests_of_family
from preau.booking.queries.sheet import Sheet, booking_sheet
from preau.booking.queries.windows import centres_with_children, choices_of_periods
from preau.core import clock
from preau.families.models import Enrolment, Family
from tests.factories import (
    NOW,
    Cast,
    Household,
    ask,
    decide,
    lines_of,
    only_places,
    open_days,
    tell,
    undecided,
    wishes_for,
)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def sheet_of(household: Household) -> RequestSheet:
    (sheet,) = request_sheets(requests_of_family(household.family), now=clock.now())
    return sheet


def page_of(cast: Cast, household: Household) -> Sheet:
    return booking_sheet(household.family, cast.hiver, own=None, now=clock.now())


def test_a_request_reads_day_by_day_and_child_by_child(cast: Cast) -> None:
    monday, tuesday = open_days(cast.hiver)[:2]
    zoe, tom = cast.exemple.children
    wishes = wishes_for(zoe, [monday]) | wishes_for(tom, [tuesday], [Slot.MORNING, Slot.MIDDAY])
    ask(cast.exemple, cast.hiver, wishes=wishes)
    sheet = sheet_of(cast.exemple)
    assert sheet.children == [zoe, tom]
    read = [
        (day.on, [[chip.name for chip in cell.chips] for cell in day.cells]) for day in sheet.days
    ]
    assert read == [(monday.on, [["Journée"], []]), (tuesday.on, [[], ["Matin", "Midi"]])]
    assert sheet.counts == [(Status.PENDING, 2)]
    assert (sheet.can_edit, sheet.can_delete, sheet.pending) == (True, True, 2)
    assert plain(sheet.until) == "dimanche 24 janvier inclus"


def test_after_the_window_only_deleting_is_left(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    with clock.pinned(cast.hiver.closes_at):
        sheet = sheet_of(cast.exemple)
    assert (sheet.can_edit, sheet.can_delete) == (False, True)


def test_a_rank_is_the_order_of_arrival_in_its_own_list(cast: Cast) -> None:
    """Another slot, another group or an accepted child before takes no rank."""
    in_turn = [cast.martin, cast.exemple, cast.nord]
    for minutes, household in enumerate(in_turn):
        ask(household, cast.hiver, slots=[Slot.MORNING], at=NOW + timedelta(minutes=minutes))
    ask(cast.sans_mail, cast.hiver, slots=[Slot.MIDDAY])
    decide(cast.camille, cast.hiver, undecided(cast.hiver), Decision.WAITLISTED)
    tell(cast.camille, cast.hiver)
    ranks = [
        chip.rank
        for household in [*in_turn, cast.sans_mail]
        for day in sheet_of(household).days
        for cell in day.cells
        for chip in cell.chips
    ]
    assert ranks == [1, 2, 3, 1]


def test_a_request_without_any_line_left_disappears(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    ask(cast.exemple, cast.hiver, wishes=set())
    assert not requests_of_family(cast.exemple.family).exists()


def test_each_family_reads_its_own_requests_only(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    ask(cast.nord, cast.hiver)
    assert [r.family for r in requests_of_family(cast.exemple.family)] == [cast.exemple.family]
    assert list(requests_of_family(cast.sud.family)) == []


def test_the_home_page_shows_what_needs_the_family_now(cast: Cast) -> None:
    def news() -> tuple[list[str], list[str], list[str]]:
        found = news_for_family(cast.exemple.family, now=clock.now())
        return (
            [sheet.request.period.name for sheet in found.answered],
            [sheet.request.period.name for sheet in found.pending],
            [window.period.name for window in found.windows],
        )

    winter, wednesdays = cast.hiver.name, cast.mercredis.name
    assert news() == ([], [], [wednesdays, winter])
    ask(cast.exemple, cast.hiver)
    assert news() == ([], [winter], [wednesdays])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    assert news() == ([winter], [], [wednesdays])
    with clock.pinned(NOW + timedelta(days=14)):
        assert news() == ([], [], [wednesdays])


def test_the_next_days_are_the_accepted_ones(cast: Cast) -> None:
    days = open_days(cast.hiver)
    ask(cast.exemple, cast.hiver, days=days, slots=[Slot.MORNING])
    lines = lines_of(cast.exemple)
    decide(cast.camille, cast.hiver, lines[1:], Decision.ACCEPTED)
    decide(cast.camille, cast.hiver, lines[:1], Decision.WAITLISTED)
    tell(cast.camille, cast.hiver)
    found = news_for_family(cast.exemple.family, now=NOW).days
    assert [each[0].on for each in found] == [day.on for day in days[1:6]]


def test_the_centres_of_a_family_come_with_their_children(cast: Cast) -> None:
    zoe = cast.exemple.child
    Enrolment.objects.create(child=zoe, centre=cast.house.moulin, starts_on=date(2026, 9, 1))
    Enrolment.objects.create(
        child=zoe, centre=cast.house.canal, starts_on=date(2025, 9, 1), ends_on=date(2027, 1, 11)
    )
    choices = centres_with_children(cast.exemple.family)
    found = {choice.centre.name: [c.first_name for c in choice.children] for choice in choices}
    assert found == {"ALAE du Moulin": ["Zoé"], "Centre des Tilleuls": ["Zoé", "Tom"]}


def test_a_school_day_centre_offers_no_period(cast: Cast) -> None:
    """S12: it is shown, with its contact, and takes no booking."""
    from tests.factories import make_holidays

    Enrolment.objects.create(
        child=cast.exemple.child, centre=cast.house.moulin, starts_on=date(2026, 9, 1)
    )
    make_holidays(cast.house.moulin)
    assert cast.house.moulin in centres_for_family(cast.exemple.family)
    found = [period.centre for period in periods_for_family(cast.exemple.family)]
    assert set(found) == {cast.house.tilleuls}


def test_a_period_that_is_over_or_unannounced_is_not_offered(cast: Cast) -> None:
    cast.mercredis.published = False
    cast.mercredis.save()
    assert list(periods_for_family(cast.exemple.family)) == [cast.hiver]
    with clock.pinned(NOW + timedelta(days=90)):
        assert list(periods_for_family(cast.exemple.family)) == []


@pytest.mark.parametrize(("days", "state"), [(-2, "soon"), (0, "open"), (12, "open"), (13, "over")])
def test_a_window_is_soon_open_or_over(cast: Cast, days: int, state: str) -> None:
    (window,) = choices_of_periods(
        periods_for_family(cast.exemple.family).filter(pk=cast.hiver.pk),
        family=cast.exemple.family,
        now=NOW + timedelta(days=days),
    )
    assert (window.state, window.asked) == (state, False)
    assert plain(window.until) == "dimanche 24 janvier inclus"


def test_the_booking_page_says_every_deadline_before_the_parent_acts(cast: Cast) -> None:
    """S19."""
    page = page_of(cast, cast.exemple)
    assert plain(page.booking_until) == "dimanche 24 janvier inclus"
    assert plain(page.cancel_until) == "dimanche 24 janvier inclus"
    assert not page.deadline_varies
    wednesdays = booking_sheet(cast.exemple.family, cast.mercredis, own=None, now=NOW)
    assert wednesdays.deadline_varies
    assert wednesdays.cancel_until == ""
    rows = [row for week in wednesdays.weeks for row in week.rows]
    assert [bool(row.shut) for row in rows] == [True, False, False, False]
    assert plain(rows[1].deadline) == "lundi 18 janvier avant 10 h"
    assert [week.title for week in wednesdays.weeks] == [
        "Mercredis de janvier",
        "Mercredis de février",
    ]


def test_a_page_has_a_row_a_day_and_a_cell_a_child(cast: Cast) -> None:
    page = page_of(cast, cast.exemple)
    assert [week.title for week in page.weeks] == ["Semaine du 8 février", "Semaine du 15 février"]
    assert [len(week.rows) for week in page.weeks] == [5, 5]
    assert [(child.first_name, age, group) for child, age, group in page.children] == [
        ("Zoé", 7, "Grands"),
        ("Tom", 4, "Petits"),
    ]
    for week in page.weeks:
        for row in week.rows:
            assert [len(cell.boxes) for cell in row.cells] == [3, 3]


def test_an_outing_shows_blue_to_the_child_who_may_go(cast: Cast) -> None:
    """S14."""
    page = page_of(cast, cast.exemple)
    wednesday = page.weeks[0].rows[2]
    blue = [[box.outing for box in cell.boxes] for cell in wednesday.cells]
    assert blue == [[True] * 3, [False] * 3]
    (trip,) = wednesday.outings
    assert [box.child.first_name for box in trip.boxes] == ["Zoé"]
    assert [child.first_name for child in trip.others] == ["Tom"]
    assert (trip.left, trip.capacity, trip.slots) == (8, 8, "journée")


def test_places_left_count_prepared_acceptances(cast: Cast) -> None:
    only_places(cast.hiver, 2)
    ask(cast.martin, cast.hiver, days=[], outing=cast.sortie)
    assert page_of(cast, cast.exemple).weeks[0].left == (2, 2)
    decide(cast.camille, cast.hiver, lines_of(cast.martin))
    page = page_of(cast, cast.exemple)
    assert page.weeks[0].left == (1, 2)
    assert page.weeks[0].rows[2].outings[0].left == 1
    cast.hiver.shows_places = False
    cast.hiver.save()
    hidden = page_of(cast, cast.exemple)
    assert (hidden.weeks[0].left, hidden.weeks[0].rows[2].outings[0].left) == (None, -1)


def test_answered_boxes_are_shown_and_can_no_longer_be_ticked(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver, slots=[Slot.MORNING])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.WAITLISTED)
    assert not page_of(cast, cast.exemple).answered
    tell(cast.camille, cast.hiver)
    page = page_of(cast, cast.exemple)
    morning = page.weeks[0].rows[0].cells[0].boxes[0]
    assert morning.answer
    assert (morning.answer.status, morning.ticked, page.answered) == ("waitlisted", False, True)


def test_what_the_other_household_asked_is_closed(cast: Cast) -> None:
    ask(cast.nord, cast.hiver, slots=[Slot.MORNING])
    boxes = page_of(cast, cast.sud).weeks[0].rows[0].cells[0].boxes
    assert [box.closed for box in boxes] == ["elsewhere", "", ""]


def test_after_the_window_what_was_asked_can_only_be_unticked(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver, slots=[Slot.MORNING])
    with clock.pinned(cast.hiver.closes_at):
        page = page_of(cast, cast.exemple)
    boxes = page.weeks[0].rows[0].cells[0].boxes
    assert [(box.ticked, box.closed) for box in boxes] == [
        (True, ""), (False, "late"), (False, "late"),
    ]  # fmt: skip
    assert page.can_drop


def test_a_closed_day_says_why(cast: Cast) -> None:
    monday = open_days(cast.hiver)[0]
    SessionDay.objects.filter(pk=monday.pk).update(closed_because="pont")
    row = page_of(cast, cast.exemple).weeks[0].rows[0]
    assert (row.closed, row.cells, row.outings) == ("pont", [], [])


def test_a_child_of_no_group_is_told_so(cast: Cast) -> None:
    tom = cast.exemple.children[1]
    tom.birth_date = date(2025, 6, 1)
    tom.save()
    cell = page_of(cast, cast.exemple).weeks[0].rows[0].cells[1]
    assert cell.nothing == "aucun groupe de cet âge ce jour-là"


def test_a_family_without_a_child_there_has_an_empty_page(cast: Cast) -> None:
    empty = Family.objects.create(name="Vide-Exemple", number=90)
    page = booking_sheet(empty, cast.hiver, own=None, now=NOW)
    assert page.children == []
