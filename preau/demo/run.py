"""`preau demo`: from nothing to a running portal, in one command, and clean away again."""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

from preau.config.embedded_postgres import EmbeddedPostgresError, running, start

_MARK = "demo.json"
_LOCK = ".verrou"
# Everything a demonstration writes in its folder: `--fresh` erases these names and no other.
_OURS = {
    _MARK,
    _LOCK,
    "acces.json",
    "banque.sqlite",
    "courriels",
    "files",
    "postgres",
    "secret_key",
    "static",
}
_PATIENCE = 60.0  # seconds granted to the server and the worker to be ready
_PR_SET_PDEATHSIG = 1


class DemoError(RuntimeError):
    """The demonstration cannot start. The message is one French sentence."""


def main(arguments: list[str]) -> int:
    """Prepare and run the demonstration until Ctrl-C. Returns the exit code."""
    options = _options(arguments)
    data = Path(options.data).absolute()
    # SIGINT too: a shell script ignores it for what it puts in the background.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _stop)
    try:
        _check_port(options.port)
        _check_writable(data)
        with ExitStack() as stack:
            stack.enter_context(_alone_in(data))
            if options.fresh:
                _wipe(data)
            if not os.environ.get("DATABASE_URL"):
                _say("Démarrage de la base de données")
                server = stack.enter_context(running(data / "postgres"))
                os.environ["DATABASE_URL"] = server.url
            return _run(stack, data, options.port)
    except (DemoError, EmbeddedPostgresError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="preau demo", description="Démonstration de Préau.")
    parser.add_argument("--port", type=int, default=8000, help="port de la démonstration")
    parser.add_argument("--data", default="./var", help="dossier de tout ce qui est écrit")
    parser.add_argument("--fresh", action="store_true", help="repartir de zéro")
    return parser.parse_args(arguments)


def _run(stack: ExitStack, data: Path, port: int) -> int:
    url = f"http://127.0.0.1:{port}"
    os.environ |= {"PREAU_MODE": "demo", "PREAU_DATA": str(data), "PREAU_URL": url}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.config.settings")
    from preau.demo.prepare import prepare

    sign_ins = prepare(_say)
    _say("Démarrage du serveur et des tâches de fond")
    children = [_child("serve", "--port", str(port)), _child("worker")]
    stack.callback(_end, children)
    _wait_until_ready(f"{url}/readyz", children)
    bank = {"url": f"{url}/demo/banque/", "site": "12345678", "mode": "TEST"}
    (data / _MARK).write_text(json.dumps({"url": f"{url}/", **sign_ins, "bank": bank}, indent=1))
    _announce(url, sign_ins, data)
    while all(child.poll() is None for child in children):
        time.sleep(0.3)
    raise DemoError("Un des programmes de la démonstration s’est arrêté seul.")


def _announce(url: str, sign_ins: dict[str, list[dict[str, str]]], data: Path) -> None:
    # Programs look for this line: its spaces are plain ones.
    lines = [f"Préau est prêt : {url}/", ""]
    shown = [("familles", sign_ins["families"][:3]), ("direction", sign_ins["staff"])]
    for title, people in shown:
        for person in people:
            who = person.get("name") or person["role"]
            lines.append(f"  {title} : {person['identifier']} / {person['password']} ({who})")
    lines += ["", f"Courriels envoyés : {url}/demo/courriels/", f"Tous les accès : {data / _MARK}"]
    lines.append("Ctrl-C arrête tout.")
    print("\n".join(lines), flush=True)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise DemoError(
                f"Le port {port} est déjà pris ou interdit : choisissez-en un autre, "
                f"par exemple « preau demo --port {port % 60000 + 1} »."
            ) from None


def _check_writable(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / ".ecriture"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DemoError(
            f"Le dossier {data} n’est pas accessible en écriture ({error.strerror}) : "
            "choisissez-en un autre avec --data."
        ) from None


@contextmanager
def _alone_in(data: Path) -> Iterator[None]:
    """Hold the folder: two demonstrations in one would mix their families."""
    with (data / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(
                f"Une démonstration tourne déjà dans le dossier {data} : arrêtez-la, ou "
                "choisissez un autre dossier avec --data."
            ) from None
        yield


def _wipe(data: Path) -> None:
    """Empty a folder that holds a demonstration and nothing else."""
    inside = {path.name for path in data.iterdir()}
    if inside - _OURS:
        raise DemoError(
            f"Le dossier {data} contient autre chose qu’une démonstration : il n’est pas effacé."
        )
    if "postgres" in inside:
        # After a kill -9 the server may still be there, holding what is about to go.
        with suppress(EmbeddedPostgresError):
            start(data / "postgres").stop()
    for name in inside - {_LOCK}:
        path = data / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _die_with_parent() -> None:
    """Ask Linux to end this process when the one that started it ends, even by kill -9."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _child(*arguments: str) -> subprocess.Popen[bytes]:
    """A program of ours in a session of its own, which dies with this one whatever happens."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "preau", *arguments],
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads yet
    )


def _wait_until_ready(url: str, children: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if any(child.poll() is not None for child in children):
            raise DemoError("Le serveur ou les tâches de fond n’ont pas pu démarrer.")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    raise DemoError(f"Le site n’a pas répondu en {_PATIENCE:.0f} secondes.")


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _stop(_signum: int, _frame: FrameType | None) -> None:
    # Asked again while all is being stopped (`uv run` repeats the signal), nothing must be skipped.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _say(line: str) -> None:
    print(f"  {line}…", flush=True)
