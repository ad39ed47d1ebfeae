"""The checks find what they look for: a check that never blames anybody protects nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.accessibility.checks import (
    axe_in_every_dress,
    big_text,
    moving_parts,
    narrow,
    right_to_left,
    small_targets,
)

_PAGE = """<!doctype html><html lang="fr"><head><meta name="color-scheme" content="light dark">
<title>Essai</title><style>
:root {{ color-scheme: light dark }} body {{ margin: 0; color: light-dark(#111, #eee);
  background: light-dark(#fff, #111) }}
main::before {{ content: ""; display: block; height: 6px; background: gold }} {style}
</style></head><body><main><h1>Essai</h1>{body}</main></body></html>"""


@pytest.mark.parametrize(
    ("check", "style", "body", "said"),
    [
        (axe_in_every_dress, "", "<input>", "label"),
        (axe_in_every_dress, "p { color: #999 }", "<p>pâle</p>", "light, 1280 px: color-contrast"),
        (
            axe_in_every_dress,
            "p { color: light-dark(#000, #444); background: light-dark(#fff, #222) }",
            "<p>pâle la nuit</p>",
            "dark, 360 px: color-contrast",
        ),
        (small_targets, "", "<button>petit</button>", "petit"),
        (small_targets, "", "<label><input type=checkbox> petite case</label>", "petite case"),
        (narrow, "p { width: 330px }", "<p>large</p>", "wide"),
        (big_text, "p { width: 25rem; max-width: 360px }", "<p>x</p>", ""),
        (
            big_text,
            "button { width: 90px; height: 44px; overflow: hidden; font-size: 1rem }",
            "<button>Recommencer</button>",
            "cut: « Recommencer »",
        ),
        (
            right_to_left,
            "p { position: absolute; left: -30px; right: auto } [dir=ltr] p { left: 0 }",
            "<p>sorti</p>",
            "beside the page",
        ),
        (moving_parts, "p { transition: color 1s }", "<p>bouge</p>", "bouge"),
    ],
)
def test_a_check_finds_what_it_looks_for(
    browser: Browser, check: Callable[[Page], list[str]], style: str, body: str, said: str
) -> None:
    """Each flaw is found, and a page without it is not blamed for it."""
    context = browser.new_context()
    page = context.new_page()
    page.set_content(_PAGE.format(style=style, body=body))
    found = check(page)
    assert any(said in each for each in found) if said else not found, found
    page.set_content(_PAGE.format(style="", body="<p>Rien.</p>"))
    assert check(page) == []
    context.close()
