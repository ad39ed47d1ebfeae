"""A browser, and people in it.

The machine's own Chromium is driven: nothing is downloaded. It lives as long as a test module:
Playwright keeps an event loop, beside which Django refuses the database to the other modules.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    sync_playwright,
)

from tests.demo.portal import Portal, Prepared

PHONE, WIDE = 360, 1280
HEIGHTS = {PHONE: 780, WIDE: 900}
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = [
    "--no-sandbox",  # containers run the tests as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--no-first-run",
]


def find_chromium() -> str:
    """The browser of this machine, "" when there is none."""
    named = os.environ.get("CHROME_PATH", "")
    found = [shutil.which(name) for name in ([named] if named else _NAMES)]
    return next((path for path in found if path), "")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser, or the end of the test: skipped, or failed where a browser is required."""
    path = find_chromium()
    if not path:
        said = f"no browser: none of {', '.join(_NAMES)} found, and CHROME_PATH names none"
        if os.environ.get("PREAU_REQUIRE_BROWSER") == "1":
            pytest.fail(said)
        pytest.skip(said)
    return path


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=_QUIET)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody with a browser of their own. `troubles`: what the browser complained about."""

    portal: Portal
    context: BrowserContext
    page: Page
    troubles: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def open(self, path: str) -> Page:
        """Go to an address of the portal."""
        self.page.goto(self.portal.url + path)
        return self.page

    def listen(self) -> None:
        """Note every complaint from now on."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"{message.type}: {message.text} ({self.page.url})")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status}: {response.url}")

    def unexpected(self) -> list[str]:
        """Complaints that the test did not announce in `expected`."""
        return [said for said in self.troubles if not any(word in said for word in self.expected)]


MakePerson = Callable[..., Person]


@pytest.fixture
def person(browser: Browser, prepared: Prepared) -> Iterator[MakePerson]:
    """Give somebody a browser: `person(portal, PARENT, width=PHONE, dark=True, script=False)`.

    Nobody is signed in when no one is named. A browser that complained fails the test.
    """
    people = []

    def make(
        portal: Portal,
        who: str = "",
        *,
        width: int = WIDE,
        dark: bool = False,
        script: bool = True,
        **options: Any,
    ) -> Person:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(10_000)
        cookies = prepared.sessions[who] if who else {}
        context.add_cookies(
            [{"name": name, "value": value, "url": portal.url} for name, value in cookies.items()]
        )
        made = Person(portal, context, context.new_page())
        made.listen()
        people.append(made)
        return made

    yield make
    complaints = [said for each in people for said in each.unexpected()]
    for each in people:
        each.context.close()
    assert not complaints, complaints
