"""What a template may hold: nothing our content policy refuses, no French left untranslatable."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, templates

# Read by families, who may one day read them in another language.
FOR_FAMILIES = templates("family", "public", "parts")
SPOKEN_ATTRIBUTES = {"aria-label", "title", "alt", "placeholder"}
NAMES = {"Préau"}

TRANSLATED = re.compile(
    r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}|{%\s*translate\b.*?%}", re.DOTALL
)
LITERAL = re.compile(r"""(["'])((?:(?!\1).)*)\1""")
# The one block that holds a class and no words.
WIDTH = re.compile(r"{%\s*block (?:width|body_class)\s*%}.*?{%\s*endblock\s*%}")
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
LETTER = re.compile(r"[^\W\d_]")
# A word of the program ("office:board") has neither a space nor an accent.
SENTENCE = re.compile(r"[^\W\d_]\s+[^\W\d_]|[^\W\d_\x00-\x7f]")

FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event handler": re.compile(r"\s(?:hx-)?on[a-z:-]+\s*=", re.IGNORECASE),
    "a script of its own": re.compile(r"<script(?![^>]*\ssrc=)|<script[^>]*>\s*[^<\s]"),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
}


class Spoken(HTMLParser):
    """Collects the text that people read or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data.strip())

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [value or "" for name, value in attrs if name in SPOKEN_ATTRIBUTES]


def untranslated(source: str) -> list[str]:
    """Words of a template that no translation can replace."""
    ours = WIDTH.sub("", TRANSLATED.sub("", source))
    literals = [found[2] for tag in TAG.findall(ours) for found in LITERAL.finditer(tag)]
    reader = Spoken()
    reader.feed(TAG.sub("", ours))
    reader.close()
    said = [text for text in reader.said if LETTER.search(text)]
    said += [text for text in literals if SENTENCE.search(text)]
    return [text for text in said if text.strip("· ") not in NAMES]


@pytest.mark.parametrize("path", FOR_FAMILIES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_families_read_can_be_translated(path: Path) -> None:
    assert untranslated(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('<p>{% translate "Bonjour" %} {{ name }}</p>', []),
        ("<p>{% blocktranslate %}Bonjour {{ name }}{% endblocktranslate %}</p>", []),
        ("<p>Bonjour {{ name }}</p>", ["Bonjour"]),
        ('<a aria-label="Voir" href="/x">{{ name }}</a>', ["Voir"]),
        ('{{ name|default:"Espace famille" }}', ["Espace famille"]),
        ('{% include "parts/tag.html" with words="à traiter" only %}', ["à traiter"]),
        ("{% url 'family:home' %} · 12", []),
    ],
)
def test_the_search_for_words_finds_them(source: str, found: list[str]) -> None:
    assert untranslated(source) == found


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_asks_for_what_the_content_policy_refuses(what: str) -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in templates()
        if FORBIDDEN[what].search(path.read_text("utf-8"))
    ]
    assert found == []
