"""What is true of every page: its HTML, its headers, its cookies."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from preau.web.downloads import PDF, XLSX
from tests.factories import Cast, ask, lines_of, only_places, open_days, wishes_for
from tests.kit.page import Page
from tests.web.people import ROLES, Objects, both_sides, browser_of
from tests.web.rows import MATRIX
from tests.web.test_who_may_go_where import address

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}
NO_PAGE = {"healthz", "readyz", "demo:mail", "bench:nothing", "security"}
# Addresses that give a file.
FILES = {
    "family:publication",
    "family:publication_preview",
    "office:publication_file",
    "office:publication_preview",
    "family:attestation",
    "family:plan",
    "office:plan_pdf",
    "office:deposit_pdf",
    "office:reminder_letters",
    "family:certificate_paper",
    "office:certificate_paper",
    "office:register_pdf",
    "office:register_state",
    "office:trip_pdf",
    "family:paper",
    "family:receipt",
    "family:statement",
    "office:attestation",
    "office:fec",
    "office:paper_file",
    "office:receipt",
    "office:statement",
    "office:tariff_file",
}
# Pictures of nothing personal, that the browser of this person may keep: a page stays light.
KEPT = {"family:publication_preview", "office:publication_preview"}
# The one page whose form leaves the site, for the bank.
LEAVES = {"family:leave": ("form-action 'self'", "form-action 'self' http://bank.exemple")}
READABLE = sorted(
    name
    for name, rows in MATRIX.items()
    if name not in NO_PAGE | FILES and set(next(iter(rows.values())).read) & {200, 403}
)


def read_by_somebody(cast: Cast, name: str, objects: Objects) -> list[Any]:
    """The page as each role that may open it gets it."""
    row = MATRIX[name].get("Tilleuls") or MATRIX[name][""]
    path = address(name, row, objects)
    readers = [role for role, code in zip(ROLES, row.read, strict=True) if code in {200, 403}]
    answers = [browser_of(cast, role).get(path) for role in readers]
    assert answers
    return answers


@pytest.mark.parametrize("name", READABLE)
def test_a_page_is_sound_for_a_browser_and_for_a_screen_reader(cast: Cast, name: str) -> None:
    expected = ["leads away: http://bank.exemple/"] if name in LEAVES else []
    for answer in read_by_somebody(cast, name, both_sides(cast)["Tilleuls"]):
        assert Page(answer).faults() == expected


@pytest.mark.parametrize("name", READABLE)
def test_a_page_says_how_it_may_be_used(cast: Cast, name: str) -> None:
    for answer in read_by_somebody(cast, name, both_sides(cast)["Tilleuls"]):
        check_headers(answer, name)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_is_private_too(cast: Cast, name: str) -> None:
    for answer in read_by_somebody(cast, name, both_sides(cast)["Tilleuls"]):
        kind = check_headers(answer, name, of_a_page=False)
        begins = {
            PDF: b"%PDF-",
            XLSX: b"PK",
            "text/plain; charset=utf-8": b"JournalCode\t",
            "application/yaml; charset=utf-8": b"name:",
            "application/json": b"{",
            "image/jpeg": b"\xff\xd8",
        }
        assert answer.getvalue().startswith(begins[kind])


def check_headers(answer: Any, name: str = "", *, of_a_page: bool = True) -> str:
    headers = answer.headers
    policy = set(headers["Content-Security-Policy"].split("; "))
    if name in LEAVES:
        usual, leaving = LEAVES[name]
        assert leaving in policy
        policy.add(usual)
    # What somebody sent is locked up more than our own pages are.
    assert policy >= POLICY or policy >= {"default-src 'none'", "sandbox"}
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert ("private" if name in KEPT else "no-store") in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]
    assert (headers["Content-Type"] == "text/html; charset=utf-8") is of_a_page
    for cookie in answer.cookies.values():
        assert cookie["httponly"], cookie
        assert cookie["samesite"] == "Lax", cookie
    return str(headers["Content-Type"])


def test_no_two_pages_have_one_title(cast: Cast) -> None:
    objects = both_sides(cast)["Tilleuls"]
    titles = {
        name: {Page(answer).title for answer in read_by_somebody(cast, name, objects)}
        for name in READABLE
    }
    flat = [title for several in titles.values() for title in several]
    assert len(flat) == len(set(flat)), sorted(flat)
    assert all(title.endswith("· Loisirs Exemple") for title in flat)


def test_the_errors_are_pages_too(cast: Cast, client: Client) -> None:
    client.raise_request_exception = False
    answers = {
        404: client.get("/nulle-part/"),
        400: browser_of(cast, "parent of Exemple").post(
            reverse("family:book", args=[cast.hiver.pk]), {"version": "x"}
        ),
        403: Client(enforce_csrf_checks=True).post(reverse("account_login")),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert Page(answer).faults() == []
        check_headers(answer)
        assert Page(answer).words("dl").startswith("Ce qui s’est passé")


def test_a_book_of_every_kind_of_box_is_sound(cast: Cast) -> None:
    """Answered, asked, taken by the other household, too late, closed, for others only."""
    monday, tuesday, wednesday = open_days(cast.hiver)[:3]
    family = browser_of(cast, "parent of Exemple")
    both_sides(cast)
    monday.closed_because = "férié"
    monday.save()
    ask(cast.nord, cast.hiver, days=[tuesday])
    ask(cast.exemple, cast.mercredis, days=open_days(cast.mercredis)[1:2])
    pages = [
        family.get(reverse("family:book", args=[period.pk]))
        for period in (cast.hiver, cast.mercredis)
    ]
    assert cast.sud.user
    other = Client()
    other.force_login(cast.sud.user)
    pages.append(other.get(reverse("family:book", args=[cast.hiver.pk])))
    for page in pages:
        assert page.status_code == 200
        assert Page(page).faults() == []
    assert "déjà demandé, contactez le centre" in Page(pages[2]).words("main")
    assert "férié" in Page(pages[0]).words("main")
    assert wednesday.on.day == 10


def test_a_refused_form_keeps_every_tick(cast: Cast) -> None:
    """S15: a refusal loses nothing of what was typed."""
    family = browser_of(cast, "parent of Exemple")
    path = reverse("family:book", args=[cast.mercredis.pk])
    days = open_days(cast.mercredis)[:3]
    wishes = wishes_for(cast.exemple.child, days)
    picked = sorted(f"{wish.child_id}.{wish.day_id}.{wish.slot}" for wish in wishes)
    answer = family.post(path, {"pick": picked, "version": "0"})
    assert answer.status_code == 422
    page = Page(answer)
    assert "13 janvier est passée" in page.words("[role=alert]")
    ticked = sorted(box.attrs["value"] for box in page.all("input[checked]"))
    assert set(ticked) == {box for box in picked if f".{days[0].pk}." not in box}
    assert page.faults() == []


def test_the_boards_filters_are_sound(cast: Cast) -> None:
    both_sides(cast)
    ask(cast.martin, cast.hiver, outing=cast.sortie)
    only_places(cast.hiver, 1)
    director = browser_of(cast, "director of Tilleuls")
    path = reverse("office:board", args=[cast.hiver.pk])
    first = lines_of(cast.martin)[0].pk
    for query in (
        "",
        "?etat=a-traiter",
        "?etat=decidees",
        "?semaine=2027-02-15",
        "?groupe=x",
        f"?refuser={first}",
        f"?detail={first}",
        "?page=9",
    ):
        answer = director.get(path + query)
        assert answer.status_code == 200
        assert Page(answer).faults() == [], query


@pytest.mark.parametrize("name", ["office:families", "office:periods"])
def test_an_empty_list_says_so(cast: Cast, name: str) -> None:
    director = browser_of(cast, "director of Tilleuls")
    page = Page(director.get(reverse(name), {"q": "personne", "passees": "1"}))
    assert page.faults() == []
    assert page.all(".empty")


def test_the_site_is_sound_before_anything_is_in_it(db: None, client: Client) -> None:
    """The first minute of an installation: no organisation, no centre."""
    for name in ("front", "account_login"):
        page = Page(client.get(reverse(name)))
        assert page.faults() == []
        assert page.title.endswith("· Préau")
