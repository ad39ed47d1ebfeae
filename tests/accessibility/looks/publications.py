"""Pages of printed forms on line."""

from __future__ import annotations

from tests.accessibility.site import Look, at, linked
from tests.demo.portal import DIRECTOR, PARENT

NOT_PAGES = {
    "family:publication": "a PDF",
    "family:publication_preview": "a picture",
    "office:publication_file": "a PDF",
    "office:publication_preview": "a picture",
}
"""Routes that answer no page to a browser, and why."""

LOOKS = [
    Look("publications", "family:publications", PARENT, at("/famille/imprimes/")),
    Look("office publications", "office:publications", DIRECTOR, at("/direction/imprimes/")),
    Look("new publication", "office:new_publication", DIRECTOR, at("/direction/imprimes/nouveau/")),
    Look(
        "publication",
        "office:publication",
        DIRECTOR,
        linked(DIRECTOR, "/direction/imprimes/", r"/direction/imprimes/\d+/"),
    ),
]
