"""The register of the last weeks of the demonstration, touched as a centre would have."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from io import BytesIO
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from preau.activities.enums import Slot
from preau.activities.models import SessionDay
from preau.attendance.actions.certificates import send_certificate
from preau.attendance.actions.excuse import excuse_absence
from preau.attendance.actions.touch import Touch, Who, save_touches
from preau.attendance.enums import Presence, TouchKind
from preau.attendance.models import CheckIn
from preau.booking.enums import Status
from preau.booking.models import Booking
from preau.core import clock
from preau.core.models import User
from preau.core.uploads import clean_upload
from preau.demo.periods import at
from preau.families.models import Child, Custody, Family

_WEEKS = timedelta(days=21)


def make_attendance(*, staff: User, director: User, dice: random.Random) -> None:
    """Every day of the last weeks: most came, some did not, one was excused, one came unbooked.

    A certificate of the first family waits for the director.
    """
    today = clock.today()
    days = SessionDay.objects.filter(on__lt=today, on__gte=today - _WEEKS, closed_because="")
    for day in days.order_by("on", "pk").select_related("centre"):
        expected = _expected(day)
        _touch_all(day, expected, staff, dice)
        if expected:
            _add_unbooked(day, staff, dice)
    _excuse_one(director, today - _WEEKS)
    _send_one()


def _expected(day: SessionDay) -> list[Who]:
    lines = Booking.objects.filter(session_day=day, status=Status.ACCEPTED)
    pairs = lines.order_by("child").values_list("child", "request__family").distinct()
    return [Who(*pair) for pair in pairs]


def _touch_all(day: SessionDay, expected: list[Who], staff: User, dice: random.Random) -> None:
    touches: list[Touch] = []
    for who in expected:
        arrives = at(day.on, 8) + timedelta(minutes=dice.randrange(0, 75))
        leaves = at(day.on, 16, 30) + timedelta(minutes=dice.randrange(0, 100))
        if dice.random() < 0.06:
            touches.append(_touch(who, TouchKind.STATE, Presence.ABSENT, at(day.on, 10), dice))
            continue
        touches += [
            _touch(who, TouchKind.STATE, Presence.PRESENT, arrives, dice),
            _touch(who, TouchKind.ARRIVED, f"{arrives:%H:%M}", arrives, dice),
            _touch(who, TouchKind.LEFT, f"{leaves:%H:%M}", leaves, dice),
        ]
    _save(day, touches, staff)


def _save(day: SessionDay, touches: list[Touch], staff: User) -> None:
    with clock.pinned(datetime.combine(day.on, time(18, 30), tzinfo=clock.PARIS)):
        save_touches(actor=staff, day=day, touches=touches)


def _touch(who: Who, kind: TouchKind, value: str, when: datetime, dice: random.Random) -> Touch:
    uuid = UUID(int=dice.getrandbits(128), version=4)
    return Touch(uuid=uuid, who=who, kind=kind, value=value, touched_at=when)


def _add_unbooked(day: SessionDay, staff: User, dice: random.Random) -> None:
    """A child enrolled at the centre, who had booked nothing that day."""
    booked = Booking.objects.filter(on=day.on).values("child")
    enrolled = Child.objects.filter(
        enrolments__centre=day.centre_id, enrolments__starts_on__lte=day.on
    )
    child = enrolled.exclude(pk__in=booked).order_by("pk").first()
    if child is None:
        return
    who = Who(child.pk, Custody.objects.filter(child=child).order_by("pk")[0].family_id)
    when = at(day.on, 13, 40)
    slots = {TouchKind.UNBOOKED: Slot.AFTERNOON.value, TouchKind.STATE: Presence.PRESENT.value}
    times = {TouchKind.ARRIVED: "13:40", TouchKind.LEFT: "17:15"}
    _save(day, [_touch(who, kind, v, when, dice) for kind, v in (slots | times).items()], staff)


def _excuse_one(director: User, since: date) -> None:
    """The latest absence of a centre the director runs becomes an excused one."""
    absent = CheckIn.objects.filter(
        state=Presence.ABSENT,
        session_day__on__gte=since,
        session_day__centre__staff_roles__user=director,
    )
    found = absent.order_by("-session_day__on", "pk").first()
    if found:
        excuse_absence(
            actor=director,
            child=found.child,
            day=found.session_day,
            reason="malade, la famille a appelé avant 9 h",
        )


def _send_one() -> None:
    family = Family.objects.get(number=1)
    child = family.children.order_by("birth_date")[0]
    parent = family.guardians.exclude(user=None)[0].user
    if parent is None:
        return
    photo = SimpleUploadedFile("certificat.jpg", _photo())
    today = clock.today()
    send_certificate(
        actor=parent,
        family=family,
        child=child,
        starts_on=today - timedelta(days=1),
        ends_on=today + timedelta(days=2),
        paper=clean_upload(photo),
    )


def _photo() -> bytes:
    page = Image.new("RGB", (620, 877), "#fbfaf6")
    pen = ImageDraw.Draw(page)
    pen.rectangle((40, 40, 580, 46), fill="#f4b62c")
    pen.text((60, 90), "Certificat medical (exemple)", fill="#1c2942")
    for line in range(9):
        pen.line((60, 150 + 34 * line, 540 - 40 * (line % 3), 150 + 34 * line), "#a6b0c2", 3)
    out = BytesIO()
    page.save(out, "JPEG")
    return out.getvalue()
