"""The register without script, hostile tablets, and a certificate from the phone to the bill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from PIL import Image

from preau.activities.models import SessionDay
from preau.attendance.errors import ForgedError
from preau.attendance.models import CheckIn, ExcusedAbsence, MedicalCertificate
from preau.core import clock
from preau.web.office.attendance.posts import parse_touches
from tests.factories import Cast, ask, decide, lines_of, open_days, paris, sign_in, tell
from tests.kit.page import Page

MORNING = paris("2027-02-08 08:40")
HONEST = {
    "uuid": "3f2b8c1e-9f60-4c0e-8d6a-1b2c3d4e5f60",
    "child": 1,
    "family": 1,
    "kind": "state",
    "value": "present",
    "at": "2027-02-08T07:40:00.000Z",
}


@pytest.fixture
def day(cast: Cast, tmp_path: Path) -> Iterator[SessionDay]:
    """Zoé is expected on the first day of the holidays; it is that morning."""
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    with override_settings(MEDIA_ROOT=tmp_path), clock.pinned(MORNING):
        yield open_days(cast.hiver)[0]


def test_without_script_each_button_is_a_form(cast: Cast, day: SessionDay) -> None:
    reception = sign_in(Client(), cast.house.lou)
    path = reverse("office:register", args=[day.pk])
    zoe = f"{cast.exemple.child.pk}-{cast.exemple.family.pk}"
    page = Page(reception.get(path))
    assert "Zoé" in page.words(".reg")
    assert "Justifier" not in page.words(".reg")
    answer = reception.post(f"{path}?groupe=Grands", {"row": zoe, "do": "present", "shown": "|"})
    assert answer.headers["Location"] == f"{path}?groupe=Grands#r{zoe}"
    kept = CheckIn.objects.get()
    assert (kept.state, kept.arrived_at) == ("present", time(8, 40))
    # An hour that this old page showed empty is left as another tablet wrote it.
    reception.post(path, {"row": zoe, "do": "times", "shown": "|", "arrived": "", "left": "12:15"})
    kept.refresh_from_db()
    assert (kept.arrived_at, kept.left_at) == (time(8, 40), time(12, 15))
    for wrong in (
        {"row": zoe, "do": "x"},
        {"row": "1-x", "do": "present"},
        {"row": zoe, "do": "times", "left": "99"},
    ):
        assert reception.post(path, wrong).status_code == 400


def test_a_child_who_came_unbooked_is_found_and_added(cast: Cast, day: SessionDay) -> None:
    reception = sign_in(Client(), cast.house.lou)
    path = reverse("office:newcomer", args=[day.pk])
    assert "Léa" in Page(reception.get(f"{path}?q=martin")).words("main")
    assert "Ugo" not in Page(reception.get(f"{path}?q=ailleurs")).words("main")
    lea = {"row": f"{cast.martin.child.pk}-{cast.martin.family.pk}"}
    assert reception.post(path, lea).status_code == 422
    assert reception.post(path, {**lea, "slots": "nuit"}).status_code == 400
    ugo = {"row": f"{cast.ailleurs.child.pk}-{cast.ailleurs.family.pk}", "slots": "midday"}
    assert reception.post(path, ugo).status_code == 400
    assert reception.post(path, {**lea, "slots": ["afternoon", "midday"]}).status_code == 302
    assert CheckIn.objects.get().unbooked == ["midday", "afternoon"]
    register = reception.get(reverse("office:register", args=[day.pk]))
    assert "sans réservation" in Page(register).words(".reg")


@pytest.mark.parametrize(
    "change",
    [
        {"uuid": "x"}, {"uuid": 5}, {"child": "1"}, {"child": True}, {"child": 10**30},
        {"child": -1}, {"family": None}, {"kind": "money"}, {"value": 5}, {"value": "x" * 5000},
        {"at": "hier"}, {"at": "2027-02-08T07:40:00"}, {"at": 12}, {"at": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_touch_that_no_tablet_sends_is_unreadable(change: dict[str, Any]) -> None:
    assert len(parse_touches(json.dumps({"touches": [HONEST]}).encode())) == 1
    with pytest.raises(ForgedError):
        parse_touches(json.dumps({"touches": [HONEST, {**HONEST, **change}]}).encode())


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b'{"touches": 5}', b'{"touches": ["x"]}', b"\xff\xfe", b"[" * 5000,
     b'{"touches": [' + b"{}," * 600 + b"{}]}"],
    ids=range(9),
)  # fmt: skip
def test_a_body_that_no_tablet_sends_is_unreadable(body: bytes) -> None:
    with pytest.raises(ForgedError):
        parse_touches(body)


def _photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "JPEG")
    return out.getvalue()


def test_a_certificate_goes_from_the_phone_to_the_bill(cast: Cast, day: SessionDay) -> None:
    parent, director = sign_in(Client(), cast.exemple.user), sign_in(Client(), cast.camille)
    path = reverse("family:absences")
    given = {"child": cast.exemple.child.pk, "starts_on": day.on, "ends_on": day.on}

    def send(name: str, content: bytes) -> Any:
        return parent.post(path, {**given, "paper": SimpleUploadedFile(name, content)})

    for name, content, says in [
        ("virus.pdf", b"PK\x03\x04", "ni un PDF"),
        ("vide.jpg", b"", "ni un PDF"),
        ("lourd.jpg", _photo() + b"0" * 10_200_000, "10 Mo"),
    ]:
        answer = send(name, content)
        assert answer.status_code == 422
        assert says in Page(answer).words("main").replace("\u00a0", " ")
    assert send("certificat.jpg", _photo()).status_code == 302
    sent = MedicalCertificate.objects.get()
    assert "envoyé, à traiter" in Page(parent.get(path)).words("main")
    assert "1 certificat" in Page(director.get(reverse("office:today"))).words("main").replace(
        "\u00a0", " "
    )
    file = director.get(reverse("office:certificate_paper", args=[sent.pk]))
    assert file.headers["Content-Type"] == "image/jpeg"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert file.headers["Cache-Control"] == "no-store"
    here = reverse("office:certificate", args=[sent.pk])
    assert director.post(here, {"version": "x", "answer": "accept"}).status_code == 400
    assert director.post(here, {"version": "1", "answer": "refuse"}).status_code == 422
    assert director.post(here, {"version": "1", "answer": "accept"}).status_code == 302
    assert ExcusedAbsence.objects.get().session_day == day
    assert "accepté" in Page(parent.get(path)).words("main")
    register = Page(director.get(reverse("office:register", args=[day.pk])))
    assert "absence justifiée" in register.words(".reg")
