"""What operators copy to a server: it names commands and settings that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
GUIDE = ROOT / "docs" / "exploitation.md"


def written() -> str:
    return "\n".join(
        path.read_text("utf-8") for path in [GUIDE, *DEPLOY.iterdir()] if path.is_file()
    )


def test_every_command_exists() -> None:
    """A service that never starts is found at night."""
    named = set(re.findall(r"(?:bin/|`|^)preau ([a-z_]+)", written(), re.MULTILINE))
    assert {"serve", "worker", "backup", "migrate", "open_organisation"} <= named
    assert named - set(get_commands()) == set()


def test_every_setting_is_read() -> None:
    """A variable with a wrong name is silently another one's default."""
    named = set(re.findall(r"\bPREAU_[A-Z_]+\b", written()))
    read = (ROOT / "preau" / "config" / "environment.py").read_text("utf-8")
    assert {name for name in named if f'"{name}"' not in read} == set()


def test_every_file_of_the_guide_is_there() -> None:
    named = set(re.findall(r"deploy/([\w-]+(?:\.\w+)+)", GUIDE.read_text("utf-8")))
    assert {name for name in named if not (DEPLOY / name).is_file()} == set()


def test_the_waiting_page_needs_nothing_of_the_site() -> None:
    """It is shown when the site does not answer."""
    page = (DEPLOY / "attendre.html").read_text("utf-8")
    links: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            links.extend(f"{tag} {name}" for name, _ in attrs if name in {"src", "href"})

    Links().feed(page)
    assert links == []
    assert 'lang="fr"' in page


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed here")
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    """With a certificate made for the occasion, since the real one is the server's."""
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    files = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run(
        [*certificate, *files, "-subj", "/CN=famille.exemple.fr"], check=True, capture_output=True
    )
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    site = site.replace("/etc/letsencrypt/live/famille.exemple.fr", str(tmp_path))
    site = site.replace("/var/log/nginx", str(tmp_path))
    whole = f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    done = subprocess.run(
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
