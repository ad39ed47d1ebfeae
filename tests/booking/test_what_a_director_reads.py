"""The processing board and the office's first page, as data (S16, B21)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from preau.activities.enums import Slot
from preau.activities.models import Period
from preau.booking.enums import Decision, Status
from preau.booking.models import Booking
from preau.booking.queries.board import (
    board_days,
    counts_of_cells,
    counts_of_periods,
    queue_items,
    queue_of_period,
)
from preau.booking.queries.summary import lines_in_words, slots_in_words
from preau.booking.queries.today import today_for_staff
from preau.core import clock
from preau.org.models import AgeGroup, Centre
from preau.org.scope import centres_of_staff
from tests.factories import (
    NOW,
    Cast,
    add_trip,
    ask,
    decide,
    lines_of,
    only_places,
    open_days,
    tell,
    wishes_for,
)


def queue(period: Period) -> list[str]:
    return [request.family.name for request in queue_of_period(period)]


def test_families_come_in_order_of_their_oldest_living_line(cast: Cast) -> None:
    """A family that gives up its first day and asks another goes behind those who waited."""
    days = open_days(cast.hiver)
    for minutes, household in enumerate([cast.martin, cast.exemple, cast.nord]):
        ask(household, cast.hiver, at=NOW + timedelta(minutes=minutes))
    assert queue(cast.hiver) == ["Martin-Exemple", "Exemple", "Nord-Exemple"]
    ask(cast.martin, cast.hiver, days=days[1:2], at=NOW + timedelta(minutes=9))
    assert queue(cast.hiver) == ["Exemple", "Nord-Exemple", "Martin-Exemple"]
    ask(cast.exemple, cast.hiver, wishes=set())
    assert queue(cast.hiver) == ["Nord-Exemple", "Martin-Exemple"]


def test_lines_with_one_answer_are_said_together(cast: Cast) -> None:
    monday, tuesday, wednesday = open_days(cast.hiver)[:3]
    zoe, tom = cast.exemple.children
    wishes = wishes_for(zoe, [monday, tuesday]) | wishes_for(tom, [wednesday], [Slot.MORNING])
    ask(cast.exemple, cast.hiver, wishes=wishes)
    (request,) = queue_of_period(cast.hiver)
    (item,) = queue_items(cast.hiver, [request], {request.pk: 1})
    said = [(row.child.first_name, row.age, row.words.replace("\xa0", " ")) for row in item.rows]
    assert said == [("Zoé", 7, "lun. 8, mar. 9 journée"), ("Tom", 4, "mer. 10 matin")]
    assert item.undecided == 7
    decide(
        cast.camille, cast.hiver, [line for line in lines_of(cast.exemple) if line.on == monday.on]
    )
    (item,) = queue_items(cast.hiver, queue_of_period(cast.hiver), {request.pk: 1})
    assert [(row.child, row.state) for row in item.rows] == [
        (zoe, Decision.ACCEPTED), (zoe, Status.PENDING), (tom, Status.PENDING),
    ]  # fmt: skip
    assert item.undecided == 4


def test_the_key_of_a_row_carries_each_line_as_it_is_on_the_screen(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    (request,) = queue_of_period(cast.hiver)
    (item,) = queue_items(cast.hiver, [request], {request.pk: 1})
    assert item.key == ",".join(f"{line.pk}.2" for line in lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    (item,) = queue_items(cast.hiver, queue_of_period(cast.hiver), {request.pk: 1})
    assert item.key == ""
    assert [row.told for row in item.rows] == [True]


def test_an_outing_for_regulars_warns_about_those_who_come_less(cast: Cast) -> None:
    """S16: the director sees it, nothing is decided by the machine."""
    days = open_days(cast.hiver)
    trip = add_trip(days[3], title="Ferme", min_days_in_week=3)
    ask(cast.exemple, cast.hiver, days=[days[0]], outing=trip)
    ask(cast.martin, cast.hiver, days=days[:2], outing=trip)

    def warnings() -> list[list[str]]:
        requests = list(queue_of_period(cast.hiver))
        items = queue_items(cast.hiver, requests, {request.pk: 1 for request in requests})
        return [row.warnings for item in items for row in item.rows if row.outing]

    assert warnings() == [["2 jours dans la semaine, 3 demandés pour cette sortie"], []]
    monday = [line for line in lines_of(cast.martin) if line.on == days[0].on]
    decide(cast.camille, cast.hiver, monday, Decision.WAITLISTED)
    assert warnings()[1] == ["2 jours dans la semaine, 3 demandés pour cette sortie"]


def test_the_bars_tell_held_asked_and_waiting_apart(cast: Cast) -> None:
    only_places(cast.hiver, 2)
    for household in cast.at_tilleuls:
        ask(household, cast.hiver, slots=[Slot.MORNING])
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    decide(cast.camille, cast.hiver, lines_of(cast.martin), Decision.WAITLISTED)
    group = AgeGroup.objects.get(centre=cast.house.tilleuls, name="Grands")
    monday = open_days(cast.hiver)[0].on
    days = board_days(cast.hiver, group, monday, counts=counts_of_cells(cast.hiver))
    assert [day.on for day in days] == [day.on for day in open_days(cast.hiver)[:5]]
    morning = days[0].bars[0]
    assert (morning.capacity, morning.held, morning.asked, morning.waiting) == (2, 1, 2, 1)
    assert morning.over
    assert (morning.held_share, morning.asked_share, morning.waiting_share) == (25, 50, 25)
    assert (morning.waiting_from, morning.capacity_share) == (75, 50)
    assert (days[0].bars[1].over, days[0].bars[1].held) == (False, 0)
    (outing, bar) = days[2].outings[0]
    assert (outing, bar.capacity, bar.asked) == (cast.sortie, 2, 0)


def test_the_periods_are_counted_apart(cast: Cast) -> None:
    """Two families, several lines each: a join must not multiply them."""
    for household in (cast.exemple, cast.martin, cast.nord):
        ask(household, cast.hiver, days=open_days(cast.hiver)[:2])
    ask(cast.nord, cast.hiver, wishes=set())
    decide(cast.camille, cast.hiver, lines_of(cast.martin), Decision.WAITLISTED)
    found = {count.period: count for count in counts_of_periods(Period.objects.all())}
    count = found[cast.hiver]
    assert (count.families, count.undecided, count.drafted, count.waiting) == (2, 6, 6, 0)
    other = found[cast.hiver_platanes]
    assert (other.families, other.undecided, other.drafted, other.waiting) == (0, 0, 0, 0)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    count = {c.period: c for c in counts_of_periods(Period.objects.all())}[cast.hiver]
    assert (count.families, count.undecided, count.drafted, count.waiting) == (2, 0, 0, 6)


def test_the_first_page_says_what_waits_and_who_comes(cast: Cast) -> None:
    ask(cast.exemple, cast.hiver)
    ask(cast.martin, cast.hiver)
    decide(cast.camille, cast.hiver, [*lines_of(cast.exemple), *lines_of(cast.martin)])
    tell(cast.camille, cast.hiver)
    ask(cast.ailleurs, cast.hiver_platanes)
    mine = centres_of_staff(cast.camille)
    assert today_for_staff(mine).to_do == []
    assert today_for_staff(mine).expected == []
    everywhere = centres_of_staff(cast.house.andrea)
    assert [count.period for count in today_for_staff(everywhere).to_do] == [cast.hiver_platanes]
    with clock.pinned(NOW + timedelta(days=27)):
        expected = today_for_staff(mine).expected
    assert [(row.centre, row.group, row.children) for row in expected] == [
        ("Centre des Tilleuls", "Grands", 2)
    ]


def test_the_first_page_announces_the_next_openings(cast: Cast) -> None:
    with clock.pinned(cast.hiver.opens_at - timedelta(days=1)):
        opening = today_for_staff(centres_of_staff(cast.camille)).opening
    assert opening == [cast.hiver]


def test_staff_see_their_own_centres(cast: Cast) -> None:
    assert list(centres_of_staff(cast.camille)) == [cast.house.tilleuls]
    assert set(centres_of_staff(cast.house.andrea)) == set(Centre.objects.all())
    assert list(centres_of_staff(cast.inconnu)) == []
    cast.camille.is_active = False
    assert list(centres_of_staff(cast.camille)) == []


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        (["morning", "midday", "afternoon"], "journée"),
        (["afternoon", "morning"], "matin et après-midi"),
        (["midday"], "midi"),
        ([], ""),
    ],
)
def test_slots_are_said_in_the_order_of_the_day(slots: list[str], words: str) -> None:
    assert slots_in_words(slots) == words


def test_days_over_two_months_say_which(cast: Cast) -> None:
    lines = [
        Booking(on=day, slot="midday")
        for day in (open_days(cast.mercredis)[0].on, open_days(cast.mercredis)[3].on)
    ]
    assert lines_in_words(lines).replace("\xa0", " ") == "mer. 13/01, mer. 3/02 midi"
