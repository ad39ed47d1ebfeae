"""Where the mails of the demonstration go: one file each, readable at `/demo/courriels/`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from preau.core import clock


class MailboxBackend(BaseEmailBackend):
    """Writes the bytes that would have gone to a mail server, one file a message."""

    def __init__(self, folder: str, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message under a name made of its identity: twice the same is one file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            parsed = message.message()
            identity = hashlib.sha256(str(parsed["Message-ID"]).encode()).hexdigest()[:24]
            aside = self.folder / f".{identity}"
            aside.write_bytes(parsed.as_bytes())
            aside.rename(self.folder / f"{identity}.eml")
        return len(email_messages)


@dataclass(frozen=True, kw_only=True)
class ReadMail:
    """A mail as its reader sees it."""

    name: str
    subject: str
    sender: str
    to: str
    text: str
    sent_at: datetime


def mails_in(folder: Path) -> list[Path]:
    """Mail files, newest first."""
    return sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)


def read_mail(path: Path) -> ReadMail:
    """Parse one mail file as a mail program would."""
    parsed = message_from_bytes(path.read_bytes(), _class=ParsedMessage, policy=policy.default)
    body = parsed.get_body(preferencelist=("plain",))
    return ReadMail(
        name=path.stem,
        subject=str(parsed["Subject"]),
        sender=str(parsed["From"]),
        to=str(parsed["To"]),
        text=body.get_content() if body else "",
        sent_at=datetime.fromtimestamp(path.stat().st_mtime, tz=clock.PARIS),
    )
