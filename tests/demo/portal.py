"""The real portal, started as a person starts it: `preau demo` in a process of its own.

Preparing a demonstration takes twenty seconds, starting a prepared one three. So a run of the tests
prepares one folder once, and every test that needs a portal works on a copy of it.
"""

from __future__ import annotations

import ctypes
import fcntl
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
READY = "Préau est prêt : "
PATIENCE = 120.0  # seconds; a machine that runs other tests at the same time is slow

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1

# The people whose sessions are opened once for the whole run.
PARENT, OTHER_PARENT = "famille.exemple", "famille.2"
DIRECTOR, ADMINISTRATOR = "direction.tilleuls", "administration"
PEOPLE = (PARENT, OTHER_PARENT, DIRECTOR, ADMINISTRATOR)
STRANGER = "sans.espace"  # may sign in, and has no family and no centre; made by these tests


def free_port() -> int:
    """A port that nobody listens on, chosen by the system."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """The environment of a person at a shell: nothing of the tests' own settings."""
    ours = ("PREAU_", "DJANGO_", "DATABASE_URL", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def processes_of(data: Path) -> dict[int, str]:
    """Every live process that works in `data` or was told of it: its number and command line."""
    found = {}
    told = re.compile(re.escape(str(data)) + r"(?![\w.-])")  # not data2, nor data.log
    for folder in Path("/proc").glob("[0-9]*"):
        said = []
        for name in ("cmdline", "environ"):
            with suppress(OSError):
                said.append((folder / name).read_bytes().decode(errors="replace"))
        with suppress(OSError):
            said.append(str((folder / "cwd").readlink()))
        # A process that has ended and waits for its parent has no command line any more.
        if said and said[0] and any(map(told.search, said)):
            found[int(folder.name)] = said[0].replace("\0", " ").strip()
    return found


def wait_for(condition: Any, seconds: float = 10) -> bool:
    """Whether `condition()` became true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


def processor_share() -> float:
    """How much of a processor this machine leaves us: 1 when quiet, 0.5 when it does much else."""
    wall, own = time.perf_counter(), time.process_time()
    while time.process_time() - own < 0.2:
        pass
    return 0.2 / (time.perf_counter() - wall)


@dataclass
class Portal:
    """One demonstration in one folder."""

    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0

    @property
    def url(self) -> str:
        """The address, without a final slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def _log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    @property
    def output(self) -> str:
        """Everything it printed so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def launch(self, *options: str) -> Portal:
        """Start it, and return at once."""
        self.started_at = time.monotonic()
        command = [sys.executable, "-m", "preau", "demo", "--port", str(self.port)]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--data", str(self.data), *options],
                cwd=REPOSITORY,
                env=clean_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A run of tests that is killed leaves no portal behind.
                preexec_fn=lambda: _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM),  # noqa: PLW1509
            )
        return self

    def wait_until_ready(self) -> float:
        """Wait for its word. Returns the seconds since it was launched."""
        assert self.process
        while READY not in self.output:
            if self.process.poll() is not None or self._age() > PATIENCE:
                self.kill()
                raise AssertionError(f"the demonstration did not start:\n{self.output}")
            time.sleep(0.02)
        return self._age()

    def _age(self) -> float:
        return time.monotonic() - self.started_at

    def stop(self) -> int:
        """Stop it as Ctrl-C does. Returns its exit code."""
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return self.process.returncode

    def kill(self) -> None:
        """End everything that works in this folder, without ceremony."""
        for pid in processes_of(self.data):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process:
            self.process.wait()

    def told(self) -> Any:
        """What `demo.json` says."""
        return json.loads((self.data / "demo.json").read_text())

    def password_of(self, identifier: str) -> str:
        """The password that `demo.json` gives for a sign-in."""
        told = self.told()
        people = {each["identifier"]: each for each in told["families"] + told["staff"]}
        return str(people[identifier]["password"])


class Visitor:
    """A person without a browser: follows links and sends forms, keeps cookies."""

    def __init__(self, portal: Portal) -> None:
        self.url = portal.url
        self.jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self.jar)
        self._opener = urllib.request.build_opener(cookies)

    def get(self, path: str) -> str:
        """The text of a page."""
        with self._opener.open(self.url + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, fields: list[tuple[str, str]], *, form: str) -> str:
        """Send `fields` with the hidden ones of `form`, the page that has the form."""
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
        body = urllib.parse.urlencode([*dict(hidden).items(), *fields]).encode()
        with self._opener.open(self.url + path, data=body, timeout=30) as answer:
            return str(answer.read().decode())

    def sign_in(self, identifier: str, password: str) -> None:
        """Sign in as the form does."""
        page = self.get("/connexion/")
        fields = [("login", identifier), ("password", password)]
        page = self.post("/connexion/", fields, form=page)
        assert "Se déconnecter" in page, f"{identifier} could not sign in"

    def use(self, cookies: dict[str, str]) -> None:
        """Go on reading with a session that was opened before."""
        said = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._opener.addheaders = [("Cookie", said)]

    def cookies(self) -> dict[str, str]:
        """What a browser would keep of this visit."""
        return {cookie.name: cookie.value or "" for cookie in self.jar}


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A demonstration that was prepared once from an empty folder, and stopped.

    `output`: all it printed; `seconds`: until it was ready; `told`: its `demo.json`; `sessions`:
    the cookies of each of `PEOPLE`, good for every copy of `data`.
    """

    data: Path
    output: str
    port: int
    seconds: float
    exit_code: int
    told: dict[str, Any]
    sessions: dict[str, dict[str, str]]

    def copy_to(self, data: Path) -> Path:
        """A copy of the folder, for a portal of one's own."""
        shutil.copytree(self.data, data, symlinks=True)
        return data


def prepare_once(root: Path) -> Prepared:
    """The prepared demonstration of this run, made by whichever test process comes first."""
    root.mkdir(parents=True, exist_ok=True)
    record = root / "prepared.json"
    with _locked(root / "prepared.lock"):
        if not record.exists():
            record.write_text(json.dumps(_prepare(root / "prepared")))
        said = json.loads(record.read_text())
    return Prepared(data=root / "prepared", **said)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _add_stranger(portal: Portal) -> None:
    """Somebody whose family or centre is not recorded yet: the demonstration has nobody such."""
    program = (
        "from django.contrib.auth import get_user_model as model;"
        f"them = model()(username={STRANGER!r}, name='Dani Exemple');"
        f"them.set_password({portal.password_of(PARENT)!r}); them.save()"
    )
    settings = {"PREAU_MODE": "demo", "PREAU_DATA": str(portal.data)}
    subprocess.run(
        [sys.executable, "-m", "preau", "shell", "--command", program],
        cwd=REPOSITORY,
        env={**clean_environment(), **settings},
        capture_output=True,
        check=True,
    )


def _prepare(data: Path) -> dict[str, Any]:
    portal = Portal(data).launch("--fresh")
    try:
        seconds = portal.wait_until_ready()
        told = portal.told()
        _add_stranger(portal)
        sessions = {}
        for identifier in (*PEOPLE, STRANGER):
            visitor = Visitor(portal)
            visitor.sign_in(identifier, portal.password_of(PARENT))
            sessions[identifier] = visitor.cookies()
        exit_code = portal.stop()
    finally:
        portal.kill()
    return {
        "output": portal.output,
        "port": portal.port,
        "seconds": seconds,
        "exit_code": exit_code,
        "told": told,
        "sessions": sessions,
    }
