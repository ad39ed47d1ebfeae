"""The crowd: as many connections as wanted, kept open, one request at a time on each.

Plain asyncio on sockets: the crowd shares two processors with what it measures, and must cost
little.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

from preau.bench.rush.town import ASKED, Visitor

TOKEN = "c" * 32  # any one will do, when the cookie and the form agree
SLOTS = ("morning", "midday", "afternoon")


class Answer(NamedTuple):
    """What came back: the status, the bytes of its body, the seconds it took."""

    status: int
    weight: int
    seconds: float


@dataclass
class Heard:
    """Everything that came back, by step."""

    by_step: dict[str, list[Answer]] = field(default_factory=dict)
    began: float = 0
    ended: float = 0

    def note(self, step: str, answer: Answer) -> None:
        """Write one answer down."""
        self.by_step.setdefault(step, []).append(answer)

    @property
    def seconds(self) -> float:
        """How long the whole took."""
        return self.ended - self.began


def home(_: Visitor) -> tuple[str, str]:
    """The family's first page."""
    return "/famille/", ""


def booking(visitor: Visitor) -> tuple[str, str]:
    """The booking page: two children, six weeks."""
    return f"/famille/reservations/{visitor.period}/", ""


def submission(visitor: Visitor) -> tuple[str, str]:
    """Five whole days for both: thirty lines. Families do not all want the same days."""
    shift = visitor.children[0] * 7 % (len(visitor.days) - ASKED)
    days = visitor.days[shift : shift + ASKED]
    picks = [
        ("pick", f"{child}.{day}.{slot}")
        for child in visitor.children
        for day in days
        for slot in SLOTS
    ]
    fields = [*picks, ("version", "0"), ("csrfmiddlewaretoken", TOKEN)]
    return f"/famille/reservations/{visitor.period}/", urlencode(fields)


def status(_: Visitor) -> tuple[str, str]:
    """What became of the request."""
    return "/famille/demandes/", ""


def nothing(_: Visitor) -> tuple[str, str]:
    """The floor: a page that says one word to somebody signed in."""
    return "/bench/vide/", ""


Asking = Callable[[Visitor], tuple[str, str]]
JOURNEY: tuple[tuple[str, Asking], ...] = (
    ("home", home),
    ("booking", booking),
    ("submission", submission),
    ("status", status),
)


class _Line:
    """One connection, opened again when the server closes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, visitor: Visitor, asking: Asking) -> Answer:
        path, body = asking(visitor)
        head = (
            f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: sessionid={visitor.session}; csrftoken={TOKEN}\r\n"
            "Accept-Encoding: gzip\r\n"
        )
        if body:
            head += (
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n"
            )
        began = time.perf_counter()
        code, weight = await self._exchange(f"{head}\r\n{body}".encode())
        return Answer(code, weight, time.perf_counter() - began)

    async def _exchange(self, message: bytes) -> tuple[int, int]:
        for _ in range(2):
            try:
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", self._port)
                reader, writer = self._streams
                writer.write(message)
                head = await reader.readuntil(b"\r\n\r\n")
                length = _length(head)
                await reader.readexactly(length)
            except (OSError, asyncio.IncompleteReadError):
                self._streams = None
            else:
                return int(head[9:12]), length
        return 0, 0

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def closed_loop(
    port: int, people: Sequence[Visitor], steps: Iterable[tuple[str, Asking]], *, connections: int
) -> Heard:
    """Each connection takes the next person, goes through all the steps, then the next."""
    return asyncio.run(_closed(port, people, tuple(steps), connections))


async def _closed(
    port: int, people: Sequence[Visitor], steps: tuple[tuple[str, Asking], ...], connections: int
) -> Heard:
    heard, waiting = Heard(), iter(people)

    async def work() -> None:
        line = _Line(port)
        for visitor in waiting:
            for name, asking in steps:
                heard.note(name, await line.ask(visitor, asking))
        line.close()

    heard.began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(connections)))
    heard.ended = time.perf_counter()
    return heard


def open_loop(
    port: int, people: Sequence[Visitor], steps: Iterable[tuple[str, Asking]], *, a_second: float
) -> Heard:
    """People arrive at a steady pace whatever the server does, each on a connection of its own."""
    return asyncio.run(_open(port, people, tuple(steps), a_second))


async def _open(
    port: int, people: Sequence[Visitor], steps: tuple[tuple[str, Asking], ...], a_second: float
) -> Heard:
    heard = Heard()

    async def arrive(rank: int, visitor: Visitor) -> None:
        await asyncio.sleep(rank / a_second)
        line = _Line(port)
        for name, asking in steps:
            heard.note(name, await line.ask(visitor, asking))
        line.close()

    heard.began = time.perf_counter()
    await asyncio.gather(*(arrive(rank, person) for rank, person in enumerate(people)))
    heard.ended = time.perf_counter()
    return heard
