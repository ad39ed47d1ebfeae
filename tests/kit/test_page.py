"""The eyes of the page tests see what they should."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from tests.kit.page import Page

GOOD = """<!doctype html><html lang="fr"><head><title>Une page</title></head><body><main>
<h1>Une page</h1><h2 id="a">Une partie</h2><section aria-labelledby="a">
<form method="post" action="/ici/"><label for="b">Nom</label><input id="b" name="b">
<label><input type="checkbox" name="c">Oui</label><button>Envoyer</button></form>
<a href="/ailleurs/">Ailleurs</a></section></main></body></html>"""


def faults(old: str = "", new: str = "") -> list[str]:
    assert old in GOOD
    return Page(HttpResponse(GOOD.replace(old, new, 1) if old else GOOD)).faults()


def test_a_sound_page_has_no_fault() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' lang="fr"', ""),
        ("<h1>Une page</h1>", "<p>Une page</p>"),
        ("<h2", "<h1>Deux</h1><h2"),
        ("<h2", "<h3>Trop bas</h3><h2"),
        ("</section>", "</div>"),
        ('id="b"', 'id="a"'),
        ('<label for="b">Nom</label>', "Nom"),
        ('aria-labelledby="a"', 'aria-labelledby="z"'),
        (">Ailleurs<", '><svg aria-hidden="true"></svg><'),
        (">Envoyer<", "><"),
        ("<h1", '<img src="/a.png"><h1'),
        ("<h1", '<h1 style="color:red"'),
        ("<h1", '<h1 onclick="x()"'),
        ("<h1", "<script>x()</script><h1"),
        ("<h1", '<script src="https://ailleurs.fr/x.js"></script><h1'),
        ('href="/ailleurs/"', 'href="https://ailleurs.fr"'),
        ('href="/ailleurs/"', 'href="//ailleurs.fr"'),
        ('href="/ailleurs/"', 'href="javascript:x()"'),
    ],
)
def test_a_fault_is_seen(old: str, new: str) -> None:
    assert faults(old, new) != []
