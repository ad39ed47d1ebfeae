"""Whatever a browser sends: an answer of ours in French, nothing written, never a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import NOW, Cast, ask, boxes, lines_of, open_days, wishes_for
from tests.kit.page import Page
from tests.kit.written import everything_written
from tests.web.people import Objects, both_sides, browser_of
from tests.web.rows import MATRIX
from tests.web.test_who_may_go_where import address

HUGE = "9" * 30
NUMBERS = [
    "0",
    HUGE,
    "9223372036854775808",
    "1" * 5000,
    "-1",
    "1.5",
    "١٢",
    "%00",
    "1%00",
    "é",
    "'--",
]
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"


@pytest.fixture
def family(cast: Cast) -> Client:
    client = browser_of(cast, "parent of Exemple")
    client.raise_request_exception = False
    return client


@pytest.fixture
def director(cast: Cast) -> Client:
    client = browser_of(cast, "director of Tilleuls")
    client.raise_request_exception = False
    return client


def refused(answer: Any, *codes: int) -> None:
    """A refusal is a page of ours, that says in French what happened and what to do."""
    assert answer.status_code in codes, answer.status_code
    page = Page(answer)
    assert page.faults() == []
    assert page.words("html")
    assert page.all("html[lang=fr]")
    assert len(page.words("main")) > 40


def posted_to(cast: Cast) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every form of the site, honestly filled in: who sends it, where to, and what."""
    yield (
        "parent of Exemple",
        reverse("family:book", args=[cast.hiver.pk]),
        {**boxes(wishes_for(cast.exemple.child, open_days(cast.hiver)[:1]))},
    )
    yield "parent of Exemple", reverse("family:switch"), {"family": cast.exemple.family.pk}
    lines = ",".join(f"{line.pk}.{line.version}" for line in lines_of(cast.martin))
    yield (
        "director of Tilleuls",
        reverse("office:decide", args=[cast.hiver.pk]),
        {"do": f"accepted:{lines}", "reason": "complet", "here": "/"},
    )
    yield (
        "director of Tilleuls",
        reverse("office:validate", args=[cast.hiver.pk]),
        {"fingerprint": "0" * 32},
    )
    password = {"oldpassword": "x", "password1": "y", "password2": "z"}
    yield "parent of Exemple", reverse("account_change_password"), password
    yield "nobody", reverse("account_login"), {"login": "camille", "password": "x", "next": "/"}


def numbered(objects: Objects) -> list[str]:
    """Addresses that carry a number, each with its number replaced by a mark."""
    found = []
    for name, rows in MATRIX.items():
        row = rows.get("Tilleuls")
        if row and row.number:
            numbers = row.number(objects)
            several = numbers if isinstance(numbers, tuple) else (numbers,)
            own = [str(each) for each in several if isinstance(each, int)]
            if own:
                found.append(address(name, row, objects).replace(f"/{own[-1]}/", "/{}/"))
    return found


def test_an_unknown_number_in_an_address_is_not_found(cast: Cast) -> None:
    objects = both_sides(cast)["Tilleuls"]
    before = everything_written()
    for path in numbered(objects):
        role = "parent of Exemple" if path.startswith("/famille") else "director of Tilleuls"
        client = browser_of(cast, role)
        for number in NUMBERS:
            for method in (client.get, client.post):
                answer = method(path.format(number))
                assert answer.status_code in {404, 405}, (path, number)
                if answer.status_code == 404:
                    refused(answer, 404)
    assert len(numbered(objects)) >= 8
    assert everything_written() == before | {"core_user": everything_written()["core_user"]}


def test_a_nul_byte_is_refused_in_every_field(cast: Cast) -> None:
    ask(cast.martin, cast.hiver)
    for role, path, fields in posted_to(cast):
        client = browser_of(cast, role)
        client.raise_request_exception = False
        before = everything_written()
        for name in (*fields, "other\0"):
            values = fields.get(name, ["x"])
            first = values[0] if isinstance(values, list) and values else values
            refused(client.post(path, {**fields, name: f"{first}\0"}), 400)
        assert everything_written() == before


def test_a_nul_byte_is_refused_in_every_address(cast: Cast) -> None:
    objects = both_sides(cast)["Tilleuls"]
    for name, rows in MATRIX.items():
        row = rows.get("Tilleuls") or rows[""]
        path = address(name, row, objects)
        for role in ("parent of Exemple", "director of Tilleuls", "nobody"):
            client = browser_of(cast, role)
            client.raise_request_exception = False
            refused(client.get(f"{path}?q=%00"), 400)
            refused(client.get(f"{path}?%00=q"), 400)
            refused(client.get(f"{path}%00"), 404)


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "messages", "other"])
@pytest.mark.parametrize("value", ["x" * 4000, '"\\377\\200"', "", "aaaaaaaaaaaaaaaaaaaa"])
def test_a_spoilt_cookie_is_a_stranger(cast: Cast, cookie: str, value: str) -> None:
    client = Client(headers={"cookie": f"{cookie}={value}"})
    for name in ("front", "account_login"):
        assert client.get(reverse(name)).status_code == 200
    assert client.get(reverse("family:home")).status_code == 302
    assert client.post(reverse("account_login"), {"login": "x"}).status_code == 200


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "messages", "other"])
def test_a_nul_byte_is_refused_in_a_cookie(cast: Cast, cookie: str) -> None:
    client = Client(headers={"cookie": f'{cookie}="aaaaaaaaaaaa\\000aaaa"'})
    for name in ("front", "account_login", "family:home"):
        refused(client.get(reverse(name)), 400)


MALFORMED = [
    "1.1", "1.1.1.1", "a.b.morning", "-1.1.morning", "1.1.night", "1.1.outing-", "1.1.outing-x",
    "1.1.outing--1", f"{HUGE}.1.morning", "1.1.", "..", "", " ", "١.١.morning", "1.1.MORNING",
    "<script>", "1.1.morning\n", "1.1.outing-1.5", "1e3.1.morning",
]  # fmt: skip


@pytest.mark.parametrize("box", MALFORMED)
@pytest.mark.parametrize("field", ["pick", "outing"])
def test_a_malformed_box_is_refused(cast: Cast, family: Client, box: str, field: str) -> None:
    path = reverse("family:book", args=[cast.hiver.pk])
    honest = boxes(wishes_for(cast.exemple.child, open_days(cast.hiver)[:1]))
    before = everything_written()
    refused(family.post(path, {**honest, field: [*honest[field], box]}), 400)
    assert everything_written() == before


@pytest.mark.parametrize("version", [None, "", "x", "-1", "1.0", HUGE, "١", " 0", "0x0"])
def test_a_malformed_version_is_refused(cast: Cast, family: Client, version: str | None) -> None:
    path = reverse("family:book", args=[cast.hiver.pk])
    fields = boxes(wishes_for(cast.exemple.child, open_days(cast.hiver)[:1]))
    fields["version"] = [] if version is None else [version]
    refused(family.post(path, fields), 400)
    assert lines_of(cast.exemple) == []


def test_what_the_page_never_offered_is_refused(cast: Cast, family: Client) -> None:
    path = reverse("family:book", args=[cast.hiver.pk])
    before = everything_written()
    for child, day in (
        (cast.martin.child, open_days(cast.hiver)[0]),
        (cast.exemple.child, open_days(cast.hiver_platanes)[0]),
    ):
        answer = family.post(path, boxes(wishes_for(child, [day])))
        refused(answer, 400)
        assert "que le centre ne propose pas" in Page(answer).words("main")
    assert everything_written() == before


def test_a_closed_period_is_refused_with_the_reason(cast: Cast, family: Client) -> None:
    cast.hiver.closes_at = NOW
    cast.hiver.save()
    path = reverse("family:book", args=[cast.hiver.pk])
    answer = family.post(path, boxes(wishes_for(cast.exemple.child, open_days(cast.hiver)[:1])))
    refused(answer, 422)
    assert "contactez Camille Exemple" in Page(answer).words("[role=alert]")
    assert lines_of(cast.exemple) == []


def test_a_doubled_post_has_one_effect(cast: Cast, family: Client) -> None:
    path = reverse("family:book", args=[cast.hiver.pk])
    fields = boxes(wishes_for(cast.exemple.child, open_days(cast.hiver)[:1]))
    assert family.post(path, fields).status_code == 302
    once = everything_written()
    assert family.post(path, fields).status_code == 302
    assert everything_written() == once


def test_a_doubled_parameter_is_one(cast: Cast, family: Client) -> None:
    path = reverse("family:book", args=[cast.hiver.pk])
    fields = boxes(wishes_for(cast.exemple.child, open_days(cast.hiver)[:1]))
    doubled = {**fields, "pick": fields["pick"] * 3, "version": ["x", "0"]}
    assert family.post(path, doubled).status_code == 302
    assert len(lines_of(cast.exemple)) == 3


DECISIONS = [
    {}, {"do": ""}, {"do": "explode"}, {"do": "accepted:x"}, {"do": "accepted:1"},
    {"do": "accepted:1.x"}, {"do": f"accepted:{HUGE}.1"}, {"do": f"accepted:1.{HUGE}"},
    {"do": "accepted:1.1,"+"2.2,"*20_000+"x"}, {"do": "accepted:-1.1"}, {"do": "Accepted:1.1"},
    {"do": "accepted", "lines": ["1.1", "x"]}, {"do": "pending:1.1"}, {"do": "cancelled:1.1"},
    {"do": "accepted:" + ",".join(f"{n}.1" for n in range(20_001))},
]  # fmt: skip


@pytest.mark.parametrize("fields", DECISIONS, ids=range(len(DECISIONS)))
def test_a_malformed_decision_is_refused(cast: Cast, director: Client, fields: Any) -> None:
    ask(cast.exemple, cast.hiver)
    before = everything_written()
    refused(director.post(reverse("office:decide", args=[cast.hiver.pk]), fields), 400)
    assert everything_written() == before


def test_lines_of_another_centre_are_not_decided(cast: Cast, director: Client) -> None:
    ask(cast.ailleurs, cast.hiver_platanes)
    before = everything_written()
    lines = ",".join(f"{line.pk}.{line.version}" for line in lines_of(cast.ailleurs))
    path = reverse("office:decide", args=[cast.hiver.pk])
    assert director.post(path, {"do": f"accepted:{lines}"}).status_code == 302
    assert everything_written() == before


@pytest.mark.parametrize(
    "query",
    [f"page={HUGE}", "page=-1", "page=x", "page=%FF", "groupe=x", f"groupe={HUGE}", "semaine=x",
     "semaine=2027-02-31", "etat=x", "detail=%F0", f"refuser={HUGE}", "q=%FF%FE", "q=" + "é" * 9000,
     "q=" + "a+" * 400, "passees=x", "q=1&q=2", "page=1&page=x"],
)  # fmt: skip
def test_an_odd_query_shows_an_ordinary_page(cast: Cast, director: Client, query: str) -> None:
    ask(cast.exemple, cast.hiver)
    board = reverse("office:board", args=[cast.hiver.pk])
    for path in (board, reverse("office:families"), reverse("office:periods")):
        answer = director.get(f"{path}?{query}")
        assert answer.status_code == 200
        assert Page(answer).faults() == []


def test_ten_thousand_fields_are_refused(cast: Cast, family: Client, director: Client) -> None:
    fields = {f"f{n}": "x" for n in range(10_000)}
    many = "&".join(f"pick=1.{n}.morning" for n in range(10_000))
    path = reverse("family:book", args=[cast.hiver.pk])
    refused(family.post(path, fields), 400)
    refused(family.post(path, many, content_type=FORM), 400)
    refused(director.post(reverse("office:decide", args=[cast.hiver.pk]), fields), 400)
    refused(Client().post(reverse("account_login"), fields), 400)
    refused(Client().post(reverse("account_login"), many, content_type=FORM), 400)
    assert lines_of(cast.exemple) == []


def test_a_body_of_five_megabytes_is_refused(cast: Cast, family: Client) -> None:
    path = reverse("family:book", args=[cast.hiver.pk])
    big = "pick=" + "1" * 5_000_000
    for client in (family, Client()):
        for where in (path, reverse("account_login")):
            refused(client.post(where, big, content_type=FORM), 400)
            refused(client.post(where, {"pick": big}), 400)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"pick=%ff%fe&version=\xff", FORM),
        (b"version=0", f"{FORM}; charset=latin1"),
        (b"version=0", f"{FORM}; charset=nonsense"),
        (b"not a form at all", "multipart/form-data; boundary=x"),
        (b"not a form at all", "multipart/form-data"),
        (
            b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (b'{"version": 0}', "application/json"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"", ""),
    ],
    ids=range(9),
)
def test_a_body_that_is_no_form_is_refused(
    cast: Cast, family: Client, body: bytes, kind: str
) -> None:
    before = everything_written()
    path = reverse("family:book", args=[cast.hiver.pk])
    refused(family.generic("POST", path, body, content_type=kind), 400, 422)
    assert everything_written() == before


def test_a_wrong_method_is_refused_everywhere(cast: Cast) -> None:
    objects = both_sides(cast)["Tilleuls"]
    for name, rows in MATRIX.items():
        row = rows.get("Tilleuls") or rows[""]
        path = address(name, row, objects)
        for role in ("parent of Exemple", "director of Tilleuls", "nobody"):
            client = browser_of(cast, role)
            before = everything_written()
            for method in ("put", "patch", "delete", "options", "trace"):
                answer = getattr(client, method)(path)
                assert answer.status_code == 405, (name, method)
                refused(answer, 405)
                assert answer.headers["Allow"]
            assert everything_written() == before


@pytest.mark.parametrize("host", ["ailleurs.fr", "a b", "127.0.0.1:x", "[::1", "testserver\\@x"])
def test_another_host_is_refused(db: None, host: str) -> None:
    client = Client(headers={"host": host})
    refused(client.get("/"), 400)


@pytest.mark.parametrize(
    "path", ["/%ff", "/é", "/famille//", "/../../etc/passwd", "/%2e%2e/", "/static/../x",
             "/static/nulle-part.css", "/demo/courriels/../x/", "/favicon.ico", "/" + "a" * 8000]
)  # fmt: skip
def test_a_strange_address_is_not_found(db: None, path: str) -> None:
    client = Client()
    client.raise_request_exception = False
    refused(client.get(path), 404)


@pytest.mark.parametrize("back", [
    "https://ailleurs.fr/", "//ailleurs.fr/", "/\\ailleurs.fr", "javascript:alert(1)", "/famille/",
    "{board}@ailleurs.fr", "https://ailleurs.fr{board}", "{board}\r\nX-Evil: 1",
    "/direction/demandes/9999/", "http:{board}", "\t//ailleurs.fr", "",
])  # fmt: skip
def test_the_board_leads_back_to_itself_only(cast: Cast, director: Client, back: str) -> None:
    board = reverse("office:board", args=[cast.hiver.pk])
    path = reverse("office:decide", args=[cast.hiver.pk])
    answer = director.post(path, {"do": "accepted:1.1", "here": back.format(board=board)})
    assert answer.status_code == 302
    assert answer.headers["Location"] == board


def test_the_board_keeps_its_filters(cast: Cast, director: Client) -> None:
    board = reverse("office:board", args=[cast.hiver.pk])
    path = reverse("office:decide", args=[cast.hiver.pk])
    here = f"{board}?etat=a-traiter&semaine=2027-02-15&q={quote('é&\r\nX: 1')}"
    answer = director.post(path, {"do": "accepted:1.1", "here": here})
    assert answer.headers["Location"] == here
