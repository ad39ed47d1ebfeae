"""A browser without a screen, over real HTTP, that follows every link and keeps every form."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler

TOKEN = "c" * 32  # any one will do, when the cookie and the form agree
_CSRF = "csrfmiddlewaretoken"


@contextmanager
def serving() -> Iterator[int]:
    """The site at a port of this machine, for as long as the block lasts."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form that receives something: where it goes, and what it holds as it is shown."""

    action: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the site answered."""

    status: int
    kind: str
    location: str
    content: bytes

    @property
    def text(self) -> str:
        """A page or a table, as text."""
        return self.content.decode("utf-8", "replace")


class _Reader(HTMLParser):
    """The addresses and forms of a page."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._open: tuple[str, str, list[tuple[str, str]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Links, pictures, and what a form would send if it were sent as it is."""
        has = {name: value or "" for name, value in attrs}
        for name in ("href", "src"):
            if name in has:
                self._link(has[name])
        if tag == "form":
            action = urljoin(self.at, has.get("action", "") or self.at)
            self._open = (has.get("method", "get").lower(), action, [])
        elif self._open and has.get("name") and has["name"] != _CSRF:
            self._open[2].append((has["name"], has.get("value", "1")))

    def handle_endtag(self, tag: str) -> None:
        """The end of a form."""
        if tag != "form" or not self._open:
            return
        method, action, fields = self._open
        if method == "get":
            self._link(f"{urlsplit(action).path}?{urlencode(fields)}")
        elif not urlsplit(action).netloc:
            self.forms.append(Form(action=_local(action), fields=tuple(fields)))
        self._open = None

    def _link(self, target: str) -> None:
        whole = urljoin(self.at, target)
        if not urlsplit(target).scheme and not whole.startswith("/static/"):
            self.links.append(_local(whole))


def _local(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@dataclass
class Visitor:
    """Somebody at a browser of their own. What they saw is kept, by address."""

    port: int
    pages: dict[str, Answer] = field(default_factory=dict)
    forms: dict[tuple[str, tuple[str, ...]], Form] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self._cookies = {"csrftoken": TOKEN}

    def close(self) -> None:
        """Leave."""
        self._line.close()

    def ask(
        self, method: str, path: str, fields: Iterable[tuple[str, object]] | None = None
    ) -> Answer:
        """Send one request; what is sent carries the key of our own forms."""
        headers = {"Cookie": "; ".join(f"{name}={text}" for name, text in self._cookies.items())}
        body = None
        if method not in {"GET", "HEAD", "OPTIONS"}:
            body = urlencode([*(fields or ()), (_CSRF, TOKEN)])
            headers["X-CSRFToken"] = TOKEN
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._line.request(method, path, body=body, headers=headers)
        answer = self._line.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, text = cookie.split(";")[0].partition("=")
            if name != "csrftoken":
                self._cookies[name] = text
        location = answer.headers.get("Location", "")
        return Answer(
            status=answer.status,
            kind=answer.headers.get("Content-Type", ""),
            location=_local(location) if location else "",
            content=content,
        )

    def sign_in(self, name: str, password: str) -> None:
        """By the sign-in page."""
        answer = self.ask("POST", "/connexion/", [("login", name), ("password", password)])
        assert answer.status == 302, answer.text[:500]

    def crawl(self, *starts: str, most: int = 400) -> None:
        """Follow every link from there, each address once."""
        waiting = list(starts)
        while waiting and len(self.pages) < most:
            path = waiting.pop(0)
            if path in self.pages:
                continue
            answer = self.pages[path] = self.ask("GET", path)
            waiting.append(answer.location or path)
            if answer.status == 200 and answer.kind.startswith("text/html"):
                waiting += self._read(path, answer)

    def _read(self, path: str, answer: Answer) -> list[str]:
        reader = _Reader(path)
        reader.feed(answer.text)
        for form in reader.forms:
            self.forms.setdefault((form.action, tuple(name for name, _ in form.fields)), form)
        return reader.links
