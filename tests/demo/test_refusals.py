"""When the demonstration cannot start it says why in one French sentence."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.demo.fixtures import MakePortal
from tests.demo.portal import REPOSITORY, Portal, clean_environment, free_port, processes_of


def _refusal(*options: str) -> str:
    """What `preau demo` writes on its standard error when it refuses; exit code 1."""
    done = subprocess.run(
        [sys.executable, "-m", "preau", "demo", *options],
        cwd=REPOSITORY,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.strip().endswith((".", "»."))
    return done.stderr


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    """Port 8000 is taken on many machines: a trace would end the first try of Préau."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = _refusal("--port", str(port), "--data", str(tmp_path / "data"))
    assert f"Le port {port} est déjà pris" in said
    assert "--port" in said
    assert not (tmp_path / "data").exists()


def test_an_impossible_port_is_said(tmp_path: Path) -> None:
    said = _refusal("--port", "99999", "--data", str(tmp_path / "data"))
    assert "Le port 99999" in said


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A path below a file: not even root can write there."""
    (tmp_path / "file").touch()
    said = _refusal("--port", str(free_port()), "--data", str(tmp_path / "file" / "data"))
    assert "n’est pas accessible en écriture" in said
    assert "--data" in said


def test_a_read_only_folder_is_said(tmp_path: Path) -> None:
    """What a user who is not root meets; root writes everywhere, so it meets /proc instead."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    wanted = Path("/proc/preau") if os.geteuid() == 0 else folder / "data"
    said = _refusal("--port", str(free_port()), "--data", str(wanted))
    assert "n’est pas accessible en écriture" in said


def test_two_demonstrations_in_one_folder_are_refused(own_portal: Portal) -> None:
    """They would mix their families; the first one goes on undisturbed."""
    said = _refusal("--port", str(free_port()), "--data", str(own_portal.data))
    assert "tourne déjà" in said
    said = _refusal("--port", str(free_port()), "--data", str(own_portal.data), "--fresh")
    assert "tourne déjà" in said
    assert own_portal.process
    assert own_portal.process.poll() is None
    assert own_portal.stop() == 0


def test_fresh_refuses_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    """`--fresh --data ~` must not erase a home."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mother.txt").write_text("dear")
    said = _refusal("--port", str(free_port()), "--data", str(tmp_path), "--fresh")
    assert "n’est pas effacé" in said
    assert (tmp_path / "letters" / "mother.txt").read_text() == "dear"


def test_fresh_refuses_a_folder_that_only_looks_like_ours(tmp_path: Path) -> None:
    """A project folder may well have a `postgres` of its own beside its other files."""
    (tmp_path / "postgres").mkdir()
    (tmp_path / "thesis.txt").write_text("years")
    said = _refusal("--port", str(free_port()), "--data", str(tmp_path), "--fresh")
    assert "n’est pas effacé" in said
    assert (tmp_path / "thesis.txt").read_text() == "years"


def test_nothing_runs_after_a_refusal(make_portal: MakePortal) -> None:
    portal = make_portal()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", portal.port))
        taken.listen()
        _refusal("--port", str(portal.port), "--data", str(portal.data))
    assert processes_of(portal.data) == {}
