"""A rule for changing, one for an outing, one that counts from the first booked day."""

from __future__ import annotations

from datetime import date

import pytest

from preau.activities.enums import Slot
from preau.activities.models import Outing, Period
from preau.booking.errors import WindowClosedError
from preau.booking.queries.sheet import booking_sheet
from tests.factories import NOW, Cast, add_trip, ask, lines_of, open_days, paris, wishes_for

PAST = {"kind": "fixed", "date": "2027-01-11"}


@pytest.fixture
def hiver(cast: Cast) -> Period:
    cast.hiver.change_deadline = PAST
    cast.hiver.save()
    return cast.hiver


def test_a_day_asked_for_is_changed_until_its_own_deadline_and_others_are_still_booked(
    cast: Cast, hiver: Period
) -> None:
    first, second = open_days(hiver)[:2]
    ask(cast.martin, hiver, days=[first], slots=[Slot.MORNING])
    with pytest.raises(WindowClosedError, match="changer le lundi 8"):
        ask(cast.martin, hiver, days=[first])
    child = cast.martin.child
    ask(
        cast.martin,
        hiver,
        wishes=wishes_for(child, [first], [Slot.MORNING]) | wishes_for(child, [second]),
    )
    assert len(lines_of(cast.martin)) == 4
    ask(cast.martin, hiver, days=[second])
    assert {line.on for line in lines_of(cast.martin)} == {second.on}


def test_the_page_says_that_a_day_asked_for_is_changed_no_more(cast: Cast, hiver: Period) -> None:
    ask(cast.martin, hiver, slots=[Slot.MORNING])
    own = lines_of(cast.martin)[0].request
    sheet = booking_sheet(cast.martin.family, hiver, own=own, now=NOW)
    monday, tuesday = (row.cells[0].boxes for row in sheet.weeks[0].rows[:2])
    assert [box.closed for box in monday] == ["", "late", "late"]
    assert [box.closed for box in tuesday] == ["", "", ""]
    assert "11 janvier" in sheet.change_rule


@pytest.mark.parametrize(
    ("rule", "at", "open_"),
    [
        ({"kind": "fixed", "date": "2027-01-13"}, "2027-01-14 09:00", False),
        ({"kind": "fixed", "date": "2027-01-13"}, "2027-01-13 23:59", True),
        (None, "2027-01-14 09:00", True),
    ],
)
def test_an_outing_is_asked_for_until_its_own_deadline(
    cast: Cast, rule: dict[str, object] | None, at: str, *, open_: bool
) -> None:
    trip = add_trip(open_days(cast.hiver)[0], title="Ferme")
    Outing.objects.filter(pk=trip.pk).update(booking_deadline=rule)
    ask(cast.martin, cast.hiver)
    if open_:
        ask(cast.martin, cast.hiver, outing=trip, at=paris(at))
        assert lines_of(cast.martin)[-1].outing == trip
    else:
        with pytest.raises(WindowClosedError, match="la sortie du lundi 8"):
            ask(cast.martin, cast.hiver, outing=trip, at=paris(at))


def test_a_deadline_from_the_first_booked_day_closes_what_follows_it(cast: Cast) -> None:
    cast.hiver.booking_deadline = {"kind": "calendar_days", "n": 28, "anchor": "first_booked_day"}
    cast.hiver.save()
    first, later = open_days(cast.hiver)[0], open_days(cast.hiver)[-1]
    assert (first.on, later.on) == (date(2027, 2, 8), date(2027, 2, 19))
    with pytest.raises(WindowClosedError):
        ask(cast.martin, cast.hiver, days=[first, later])
    ask(cast.martin, cast.hiver, days=[later])
    assert {line.on for line in lines_of(cast.martin)} == {later.on}
