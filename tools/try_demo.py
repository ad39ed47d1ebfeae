"""Run the demonstration once as a newcomer would, and check what it promises.

    python3 tools/try_demo.py COMMAND...     COMMAND being what runs `preau`

It must say that it is ready, answer `/readyz`, write `demo.json`, and leave nothing running after
one SIGINT. Standard library only.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

READY = "Préau est prêt"
START = 180.0  # seconds granted to a first start
STOP = 30.0  # seconds granted to a stop
PEOPLE = {
    "families": {"identifier", "password", "name"},
    "staff": {"identifier", "password", "role"},
}


class DemoError(Exception):
    """The demonstration breaks a promise. The message is one sentence."""


def main(command: list[str]) -> int:
    """Try the demonstration. Returns the exit code."""
    # A script that was itself put in the background ignores SIGINT, and so would its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="preau-demo-") as folder:
        data, port = Path(folder) / "var", _free_port()
        arguments = [*command, "demo", "--port", str(port), "--data", str(data)]
        log = Path(folder) / "demo.log"
        with log.open("wb") as output:
            demo = subprocess.Popen(  # noqa: S603 - our own program
                arguments, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            _look(demo, log, data, f"http://127.0.0.1:{port}/")
            _stop(demo, folder, port)
        except DemoError as error:
            sys.stderr.write(f"{log.read_text('utf-8', 'replace')}\n{error}\n")
            return 1
        finally:
            for pid in _left_running(folder):
                os.kill(pid, signal.SIGKILL)
    return 0


def _look(demo: subprocess.Popen[bytes], log: Path, data: Path, url: str) -> None:
    def ready() -> bool:
        if demo.poll() is not None:
            raise DemoError(f"The demonstration ended by itself (exit code {demo.returncode}).")
        return f"{READY} : {url}" in log.read_text("utf-8", "replace")

    _wait(ready, START, f"It did not say “{READY}” in {START:.0f} seconds.")
    with urllib.request.urlopen(f"{url}readyz", timeout=10) as answer:  # noqa: S310 - our own address
        state = json.load(answer)
    if not all(state.get(part) for part in ("database", "migrations", "worker")):
        raise DemoError(f"/readyz says {state}.")
    told = json.loads((data / "demo.json").read_text("utf-8"))
    if told.get("url") != url:
        raise DemoError(f"demo.json gives {told.get('url')} as its address, not {url}.")
    for group, keys in PEOPLE.items():
        people = told.get(group)
        if not people or not all(keys <= person.keys() for person in people):
            raise DemoError(f"demo.json does not give {', '.join(sorted(keys))} for its {group}.")


def _stop(demo: subprocess.Popen[bytes], folder: str, port: int) -> None:
    # To the whole group, as a terminal does for Ctrl-C.
    os.killpg(demo.pid, signal.SIGINT)
    _wait(lambda: demo.poll() is not None, STOP, f"Ctrl-C did not stop it in {STOP:.0f} seconds.")
    if demo.returncode != 0:
        raise DemoError(f"Stopped by Ctrl-C, its exit code is {demo.returncode}, not 0.")
    _wait(lambda: not _left_running(folder), 5, "It left processes running.")
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise DemoError(f"Something still answers on port {port}.")


def _wait(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise DemoError(otherwise)
        time.sleep(0.1)


def _left_running(folder: str) -> list[int]:
    """Processes that work in the folder, or were started with its name."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            inside = str((process / "cwd").readlink()).startswith(folder)
            named = any(
                os.fsencode(folder) in (process / part).read_bytes()
                for part in ("cmdline", "environ")
            )
        except OSError:
            continue  # it ended meanwhile, or is another person's
        if inside or named:
            found.append(int(process.name))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
