"""Printed forms, from the office's page to the telephone of a parent (S3)."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from pypdf import PdfReader

from preau.publications.models import Publication, Reading
from tests.factories import Cast, make_cast
from tests.factories.papers import pdf, put_on_line
from tests.kit.page import Page
from tests.web.people import browser_of


@pytest.fixture
def cast(tmp_path: Path, db: None) -> Iterator[Cast]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield make_cast()


@pytest.fixture
def director(cast: Cast) -> Client:
    return browser_of(cast, "director of Tilleuls")


@pytest.fixture
def parent(cast: Cast) -> Client:
    return browser_of(cast, "parent of Exemple")


def paper(pages: int = 1, name: str = "programme.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf(pages), "application/pdf")


def test_a_director_puts_a_paper_on_line_and_a_parent_opens_it(
    cast: Cast, director: Client, parent: Client
) -> None:
    fields = {
        "title": "Programme de février",
        "about": "Pour les deux semaines.",
        "centres": [cast.house.tilleuls.pk],
        "from_on": "2027-01-12",
        "until_on": "",
        "paper": paper(2),
    }
    page = Page(director.post(reverse("office:new_publication"), fields, follow=True))
    assert page.faults() == []
    assert "Programme de février" in page.words("table")
    page = Page(parent.get(reverse("family:publications")))
    assert page.faults() == []
    assert "Programme de février nouveau" in page.words("h2")
    assert "PDF, 2 pages, 1 ko" in page.words(".papers").replace("\N{NO-BREAK SPACE}", " ")
    made = Publication.objects.get()
    answer = parent.get(reverse("family:publication", args=[made.pk]))
    assert len(PdfReader(BytesIO(answer.content)).pages) == 2
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Cache-Control"] == "no-store"
    kept = parent.get(reverse("family:publication", args=[made.pk]), {"garder": "1"})
    assert kept["Content-Disposition"].startswith("attachment")
    assert Reading.objects.count() == 1, "opened twice, read once"
    assert "nouveau" not in Page(parent.get(reverse("family:publications"))).words(".papers")
    shown = parent.get(reverse("family:publication_preview", args=[made.pk]))
    assert shown.content.startswith(b"\xff\xd8\xff")


def test_looking_whether_a_paper_is_there_is_not_reading_it(cast: Cast, parent: Client) -> None:
    made = put_on_line(cast.camille, cast.house.tilleuls)
    parent.head(reverse("family:publication", args=[made.pk]))
    assert not Reading.objects.exists()


def test_a_withdrawn_paper_answers_404_at_once(
    cast: Cast, director: Client, parent: Client
) -> None:
    made = put_on_line(cast.camille, cast.house.tilleuls)
    address = reverse("office:publication", args=[made.pk])
    director.post(address, {"do": "withdraw", "version": 1})
    assert parent.get(reverse("family:publication", args=[made.pk])).status_code == 404
    page = Page(director.post(address, {"do": "put_back", "version": 2}, follow=True))
    assert page.faults() == []
    assert parent.get(reverse("family:publication", args=[made.pk])).status_code == 200


def test_a_colleague_who_came_first_is_told(cast: Cast, director: Client) -> None:
    made = put_on_line(cast.camille, cast.house.tilleuls)
    address = reverse("office:publication", args=[made.pk])
    director.post(address, {"do": "replace", "version": 1, "paper": paper(3)})
    answer = director.post(address, {"do": "withdraw", "version": 1})
    assert answer.status_code == 422
    assert "entre-temps" in Page(answer).words("main")
    made.refresh_from_db()
    assert made.withdrawn_at is None


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "vide.pdf"), (b"PK\x03\x04", "programme.pdf"), (b"\xff\xd8\xff\xe0", "photo.jpg")],
)
def test_what_is_no_pdf_is_refused_in_words_and_nothing_typed_is_lost(
    cast: Cast, director: Client, content: bytes, name: str
) -> None:
    fields = {
        "title": "Programme de février",
        "centres": [cast.house.tilleuls.pk],
        "from_on": "2027-01-12",
        "paper": SimpleUploadedFile(name, content),
    }
    answer = director.post(reverse("office:new_publication"), fields)
    assert answer.status_code == 422
    page = Page(answer)
    assert page.faults() == []
    assert page.all("input[name=title]")[0].attrs["value"] == "Programme de février"
    assert not Publication.objects.exists()


def test_another_centre_is_never_ticked(cast: Cast, director: Client) -> None:
    fields = {"title": "x", "centres": [cast.house.platanes.pk], "from_on": "2027-01-12"}
    answer = director.post(reverse("office:new_publication"), fields | {"paper": paper()})
    assert answer.status_code == 422
    assert not Publication.objects.exists()


def test_a_shared_paper_is_read_only_for_one_centre_alone(cast: Cast, director: Client) -> None:
    made = put_on_line(cast.house.andrea, cast.house.tilleuls, cast.house.platanes)
    address = reverse("office:publication", args=[made.pk])
    page = Page(director.get(address))
    assert page.faults() == []
    assert not page.all("main form")
    assert director.post(address, {"do": "withdraw", "version": 1}).status_code == 404


@pytest.mark.parametrize(
    ("name", "role", "number"),
    [
        ("family:publications", "parent of Exemple", 8),
        ("office:publications", "director of Tilleuls", 8),
    ],
)
def test_lists_cost_the_same_for_one_paper_and_for_ten(
    cast: Cast, name: str, role: str, number: int
) -> None:
    client = browser_of(cast, role)
    for more in (1, 9):
        for _ in range(more):
            put_on_line(cast.camille, cast.house.tilleuls)
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse(name))
        assert len(seen) == number, [query["sql"][:90] for query in seen]
