"""Finding one's way on a portal as a person does, and how a page to look at is written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.error import HTTPError

from playwright.sync_api import Page

from tests.demo.portal import (
    DIRECTOR,
    REPOSITORY,
    Portal,
    Prepared,
    Visitor,
    clean_environment,
)

_ROUTES = """
import django, json
django.setup()
from django.urls import URLResolver, get_resolver
def names(patterns, space=""):
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns, f"{each.namespace}:" if each.namespace else space)
        else:
            yield f"{space}{each.name}"
print(json.dumps(sorted(names(get_resolver().url_patterns))))
"""


def routes() -> set[str]:
    """The names of all routes of the demonstration's URLconf."""
    return set(run_django(_ROUTES))


def run_django(program: str, **environment: str) -> Any:
    """What a program prints that has the portal's settings. It needs no database."""
    settings = {
        "PREAU_MODE": "demo",
        "PREAU_SECRET_KEY": "for a program that signs nothing",
        "DJANGO_SETTINGS_MODULE": "preau.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env={**clean_environment(), **settings, **environment},
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


class Site:
    """Finds addresses on a portal as a person does: by the links of other pages."""

    def __init__(self, portal: Portal, prepared: Prepared) -> None:
        self._portal = portal
        self._prepared = prepared
        self.page = cache(self._page)

    def _page(self, who: str, path: str) -> str:
        visitor = Visitor(self._portal)
        if who:
            visitor.use(self._prepared.sessions[who])
        return visitor.get(path)

    def first(self, who: str, paths: Iterable[str], words: str) -> str:
        """The first of `paths` that this person may see and that says `words`."""
        for path in paths:
            with suppress(HTTPError):
                if words in self.page(who, path):
                    return path
        raise AssertionError(f"no page says {words}")

    def link(self, who: str, page: str, pattern: str) -> str:
        """The first address on `page` that matches `pattern` whole."""
        found = re.findall(rf'href="({pattern})"', self.page(who, page))
        assert found, f"no link {pattern} on {page}"
        return str(found[0])


Find = Callable[[Site], str]


def at(path: str) -> Find:
    """A page whose address is known."""
    return lambda _: path


def linked(who: str, page: str, pattern: str) -> Find:
    """A page that another one leads to."""
    return lambda site: site.link(who, page, pattern)


def linked_from(find: Find, pattern: str) -> Find:
    return lambda site: site.link(DIRECTOR, find(site), pattern)


def unfold(page: Page) -> None:
    closed = page.locator("main details:not([open]) > summary")
    while closed.count():
        closed.first.click()


def of_family(pattern: str) -> Find:
    """A page that the first family's file leads to."""
    return lambda site: site.link(
        DIRECTOR,
        site.link(DIRECTOR, "/direction/familles/", r"/direction/familles/\d+/"),
        f"/direction/{pattern}",
    )


@dataclass(frozen=True)
class Look:
    """One page in one state. `expected`: what the browser may say of it in its console."""

    name: str
    route: str
    who: str
    find: Find
    do: Callable[[Page], None] | None = None
    expected: tuple[str, ...] = ()


S404, S403, S400, S422 = (f"status of {number}" for number in (404, 403, 400, 422))
