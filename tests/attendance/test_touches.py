"""Two tablets, a cut network: every touch counts once, the latest wins, nothing is lost."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from preau.activities.models import SessionDay
from preau.attendance.actions.excuse import excuse_absence, lift_excuse
from preau.attendance.actions.touch import Saved, Touch, Who, save_touches
from preau.attendance.enums import Presence, TouchKind
from preau.attendance.errors import ForgedError
from preau.attendance.models import AttendanceTouch, CheckIn, ExcusedAbsence
from preau.attendance.pressing import pressed
from preau.attendance.queries.billable import presences_between
from preau.attendance.queries.register import mark_of_day, register_of_day
from preau.booking.queries.offer import Wish
from preau.core import clock
from preau.core.errors import RefusedError
from tests.factories import (
    Cast,
    Household,
    ask,
    decide,
    lines_of,
    make_cast,
    open_days,
    paris,
    tell,
    wishes_for,
)

MORNING = paris("2027-02-10 08:30")
"""The day of the outing."""


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def day(cast: Cast) -> SessionDay:
    """The third day of the holidays: Zoé and Tom are expected, Zoé on the outing."""
    day = open_days(cast.hiver)[2]
    zoe, tom = cast.exemple.children
    wishes = wishes_for(zoe, [day]) | wishes_for(tom, [day])
    ask(cast.exemple, cast.hiver, wishes=wishes | {Wish(zoe.pk, day.pk, outing_id=cast.sortie.pk)})
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    return day


def touch(
    household: Household,
    kind: TouchKind,
    value: str,
    at: datetime,
    *,
    uuid: UUID | None = None,
) -> Touch:
    who = Who(household.child.pk, household.family.pk)
    return Touch(uuid=uuid or uuid4(), who=who, kind=kind, value=value, touched_at=at)


def send(cast: Cast, day: SessionDay, *touches: Touch, at: datetime = MORNING) -> Saved:
    with clock.pinned(at):
        return save_touches(actor=cast.house.lou, day=day, touches=touches)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.django_db
def test_a_touch_sent_twice_counts_once(cast: Cast, day: SessionDay) -> None:
    first = touch(cast.exemple, TouchKind.STATE, "present", MORNING)
    assert send(cast, day, first, first).new == [first.uuid]
    again = send(cast, day, first)
    assert (again.new, again.known) == ([], [first.uuid])
    assert AttendanceTouch.objects.count() == 1
    assert CheckIn.objects.get().version == 1


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_order_of_arrival_the_latest_touch_of_each_field_wins(
    cast: Cast, day: SessionDay, seed: int
) -> None:
    """Two tablets that were away send their touches in any order, mixed, and some twice."""
    touches = [
        touch(cast.exemple, TouchKind.STATE, "absent", MORNING - minutes(20)),
        touch(cast.exemple, TouchKind.STATE, "present", MORNING - minutes(5)),
        touch(cast.exemple, TouchKind.ARRIVED, "08:10", MORNING - minutes(6)),
        touch(cast.exemple, TouchKind.ARRIVED, "08:25", MORNING - minutes(5)),
        touch(cast.exemple, TouchKind.LEFT, "12:00", MORNING - minutes(4)),
        touch(cast.exemple, TouchKind.LEFT, "", MORNING - minutes(1)),
    ]
    dice = random.Random(seed)
    mixed = dice.sample([*touches, *touches[:3]], 9)
    for cut in range(0, 9, 2):
        send(cast, day, *mixed[cut : cut + 2])
    kept = CheckIn.objects.get()
    assert (kept.state, kept.arrived_at, kept.left_at) == (Presence.PRESENT, time(8, 25), None)
    assert AttendanceTouch.objects.count() == 6


@pytest.mark.django_db
def test_a_tablet_whose_clock_runs_ahead_does_not_win_for_ever(cast: Cast, day: SessionDay) -> None:
    send(cast, day, touch(cast.exemple, TouchKind.STATE, "absent", MORNING + timedelta(days=30)))
    later = MORNING + minutes(2)
    send(cast, day, touch(cast.exemple, TouchKind.STATE, "present", later), at=later)
    assert CheckIn.objects.get().state == Presence.PRESENT


@pytest.mark.django_db
def test_a_child_of_elsewhere_and_a_day_to_come_are_refused(cast: Cast, day: SessionDay) -> None:
    stranger = touch(cast.ailleurs, TouchKind.STATE, "present", MORNING)
    own = touch(cast.exemple, TouchKind.STATE, "present", MORNING)
    saved = send(cast, day, stranger, own)
    assert (saved.strangers, saved.new) == ([stranger.uuid], [own.uuid])
    with pytest.raises(RefusedError, match="pas encore venu"):
        send(cast, day, own, at=MORNING - timedelta(days=1))
    wrong = [(TouchKind.STATE, "malade"), (TouchKind.LEFT, "25:00"), (TouchKind.UNBOOKED, "nuit")]
    for kind, value in wrong:
        with pytest.raises(ForgedError):
            send(cast, day, touch(cast.exemple, kind, value, MORNING))
    assert AttendanceTouch.objects.count() == 1


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)


@pytest.mark.django_db
def test_the_log_of_touches_only_grows(cast: Cast, day: SessionDay) -> None:
    send(cast, day, touch(cast.exemple, TouchKind.STATE, "present", MORNING))
    for what in ("UPDATE {} SET value = 'absent'", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
        with pytest.raises(DatabaseError, match="pgtrigger: Cannot"), transaction.atomic():
            _run(what.format("attendance_attendancetouch"))


@pytest.mark.django_db
def test_the_register_says_who_is_expected_where_and_whom_to_call(
    cast: Cast, day: SessionDay
) -> None:
    register = register_of_day(day)
    assert [group.name for group in register.groups] == ["Petits", "Grands"]
    assert register.groups[0].expected == [("matin", 1), ("midi", 1), ("après-midi", 1)]
    by_name = {row.child.first_name: row for group in register.groups for row in group.rows}
    assert by_name.keys() == {"Zoé", "Tom"}
    assert by_name["Zoé"].outings == [cast.sortie]
    assert by_name["Tom"].group == "Petits"
    assert by_name["Tom"].phones == [("Alex Exemple", "06 00 00 00 00")]
    assert register.counts == {"expected": 2, "present": 0, "absent": 0, "excused": 0, "left": 2}
    send(cast, day, touch(cast.exemple, TouchKind.STATE, "present", MORNING))
    assert register_of_day(day).counts["present"] == 1
    assert mark_of_day(day) != register.mark
    assert [g.name for g in register_of_day(day, group="Petits").groups] == ["Petits"]


@pytest.mark.django_db
def test_what_came_unbooked_is_billed_until_it_is_booked_or_taken_back(
    cast: Cast, day: SessionDay
) -> None:
    def billed() -> list[tuple[int, frozenset[str]]]:
        found = presences_between([cast.house.tilleuls], day.on, day.on).unbooked
        return [(each.check_in.family_id, each.slots) for each in found]

    lea = touch(cast.martin, TouchKind.UNBOOKED, "afternoon,morning", MORNING)
    send(cast, day, lea)
    assert billed() == []  # not there yet
    send(cast, day, touch(cast.martin, TouchKind.STATE, "present", MORNING))
    assert billed() == [(cast.martin.family.pk, frozenset({"morning", "afternoon"}))]
    assert presences_between([cast.house.platanes], day.on, day.on).unbooked == []
    later = MORNING + minutes(1)
    send(cast, day, touch(cast.martin, TouchKind.UNBOOKED, "", later), at=later)
    assert billed() == []
    # Zoé has booked the whole day: nothing of it is billed twice.
    zoe = [(TouchKind.UNBOOKED, "morning"), (TouchKind.STATE, "present")]
    send(cast, day, *[touch(cast.exemple, kind, value, later) for kind, value in zoe], at=later)
    assert billed() == []


@pytest.mark.django_db
def test_an_excuse_counts_until_it_is_lifted_or_the_child_is_seen(
    cast: Cast, day: SessionDay
) -> None:
    def excused() -> frozenset[tuple[int, int]]:
        return presences_between([cast.house.tilleuls], day.on, day.on).excused

    zoe = cast.exemple.child
    excuse_absence(actor=cast.camille, child=zoe, day=day, reason="grippe")
    with pytest.raises(RefusedError, match="déjà"):
        excuse_absence(actor=cast.camille, child=zoe, day=day, reason="grippe")
    assert excused() == {(zoe.pk, day.pk)}
    send(cast, day, touch(cast.exemple, TouchKind.STATE, "present", MORNING))
    assert excused() == frozenset()
    lift_excuse(actor=cast.camille, child=zoe, day=day)
    assert ExcusedAbsence.objects.get().lifted_by == cast.camille
    with pytest.raises(RefusedError, match="pointé présent"):
        excuse_absence(actor=cast.camille, child=zoe, day=day, reason="grippe")
    with pytest.raises(RefusedError, match="motif"):
        excuse_absence(actor=cast.camille, child=zoe, day=day, reason="")


@pytest.mark.django_db
def test_buttons_give_and_take_back_hours(cast: Cast, day: SessionDay) -> None:
    def values(button: str, check_in: CheckIn, at: datetime = MORNING) -> dict[str, str]:
        return {t.kind: t.value for t in pressed(button, check_in, typed={}, now=at)}

    zoe = CheckIn(session_day=day, child=cast.exemple.child, family=cast.exemple.family)
    assert values("present", zoe) == {"state": "present", "arrived": "08:30"}
    assert values("present", zoe, MORNING + timedelta(days=1)) == {"state": "present"}
    zoe.arrived_at = time(8, 10)
    assert values("present", zoe) == {"state": "present"}
    assert values("leave", zoe) == {"left": "08:30"}
    assert values("absent", zoe) == {"state": "absent", "arrived": ""}
    assert values("undo", zoe) == {"state": "", "arrived": ""}
