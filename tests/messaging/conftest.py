"""The post office of the tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.kit.mail_server import MailServer


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that listens, unused yet."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def by_smtp(mail_server: MailServer, settings: Settings) -> MailServer:
    """Our mails are handed over to this server."""
    options = {"host": "127.0.0.1", "port": mail_server.port, "timeout": 5}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    return mail_server
