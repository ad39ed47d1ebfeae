"""A small real mail server, with the moods of real ones."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Moods:
    """What the server does with each address; the rest is taken, after `slowness` seconds."""

    refused: set[str] = field(default_factory=set)
    not_now: set[str] = field(default_factory=set)
    hung_up_on: set[str] = field(default_factory=set)
    hung_up_after: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    bad_content: set[str] = field(default_factory=set)
    slowness: float = 0.0


class MailServer:
    """Listens on a free port of this machine. `taken` are the mails it kept."""

    def __init__(self) -> None:
        self.moods = Moods()
        self.taken: list[EmailMessage] = []
        self.connections = 0
        self.port = 0
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._in_loop(self._listen())

    def stop(self) -> None:
        """Hang up on everybody. Done twice, it changes nothing."""
        if self._loop.is_closed():
            return
        self._in_loop(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _in_loop(self, work: Coroutine[object, object, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            lambda: SMTP(self, enable_SMTPUTF8=True, loop=self._loop), "127.0.0.1", 0
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        self._server.abort_clients()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    @property
    def url(self) -> str:
        """As `PREAU_EMAIL_URL` names it."""
        return f"smtp://127.0.0.1:{self.port}"

    def addresses(self) -> list[str]:
        """Who was written to, each time."""
        with self._lock:
            return [str(mail["To"]) for mail in self.taken]

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return answers

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.moods.refused:
            return f"550 5.1.1 <{address}> no such person here"
        if address in self.moods.not_now:
            return f"450 4.2.1 <{address}> mailbox busy"
        if address in self.moods.busy:
            return "421 4.7.0 too many mails on this line"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.moods.slowness)
        addresses = set(envelope.rcpt_tos)
        if addresses & self.moods.hung_up_on:
            return self._hang_up(server)
        if addresses & self.moods.bad_content:
            return "554 5.6.0 looks like an advertisement"
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        with self._lock:
            self.taken.append(mail)
        if addresses & self.moods.hung_up_after:
            return self._hang_up(server)
        return "250 OK"

    @staticmethod
    def _hang_up(server: SMTP) -> str:
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
        return "250 nobody hears this"
