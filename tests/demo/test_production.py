"""What the demonstration has besides does not exist in production."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from preau.config.embedded_postgres import running
from tests.demo.fixtures import MakePortal
from tests.demo.portal import REPOSITORY, clean_environment, wait_for

HOST = "famille.exemple.fr"


@pytest.fixture
def port(make_portal: MakePortal) -> Iterator[int]:
    """The port of a server in production mode, on a copy of the demonstration's database."""
    portal = make_portal()
    with running(portal.data / "postgres") as database:
        settings = {
            "PREAU_MODE": "production",
            "PREAU_DATA": str(portal.data),
            "DATABASE_URL": database.url,
            "PREAU_SECRET_KEY": "a key of fifty characters at least, as for real use",
            "PREAU_HOSTS": HOST,
            "PREAU_EMAIL_URL": "smtp://127.0.0.1:9",
            "PREAU_PROXIES": "1",
        }
        server = subprocess.Popen(
            [sys.executable, "-m", "preau", "serve", "--port", str(portal.port), "--workers", "1"],
            cwd=REPOSITORY,
            env={**clean_environment(), **settings},
        )
        try:
            assert wait_for(lambda: _answers(portal.port), seconds=60)
            yield portal.port
        finally:
            server.terminate()
            server.wait(30)


def _get(port: int, path: str) -> tuple[int, str]:
    """Ask as the proxy in front of a real site does. Returns the status and the page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def _answers(port: int) -> bool:
    with suppress(OSError):
        return _get(port, "/healthz")[0] == 200
    return False


def test_production_has_no_mailbox_and_no_note(port: int) -> None:
    """A page that shows every mail would hand out everybody's links."""
    for path in ("/demo/", "/demo/courriels/", "/demo/courriels/" + "0" * 24 + "/"):
        status, text = _get(port, path)
        assert status == 404, path
        assert "Cette page n’existe pas" in text
    status, text = _get(port, "/connexion/")
    assert status == 200
    assert "Démonstration" not in text
    assert "/demo/" not in text
