"""The environment of a test process, set before anything reads a setting.

The first process of a run makes a private folder; the workers of xdist inherit its name. Whatever
the shell says of Préau is forgotten, except a database of one's own (`DATABASE_URL`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from preau.config import embedded_postgres

_FOLDER = "PREAU_TESTS_FOLDER"
_PREFIX = "preau-tests-"
_KEPT = {_FOLDER, "PREAU_REQUIRE_BROWSER"}

owns_the_run = False


def prepare() -> None:
    """Point this process at test settings and at a folder of its own, then load Django."""
    global owns_the_run  # noqa: PLW0603 - said once, when the process begins
    for name in [name for name in os.environ if name.startswith("PREAU_")]:
        if name not in _KEPT:
            del os.environ[name]
    if _FOLDER not in os.environ:
        owns_the_run = True
        _end_dead_runs()
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
    data = folder() / "data" / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    (data / "static").mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "preau.config.settings",
        "PREAU_MODE": "test",
        "PREAU_DATA": str(data),
        "TZ": "Europe/Paris",
    }
    time.tzset()

    import django

    django.setup()


def folder() -> Path:
    """The private folder of this run, shared by its workers."""
    return Path(os.environ[_FOLDER])


def server_folder() -> Path:
    """Where the embedded PostgreSQL of this run keeps its data."""
    return folder() / "postgres"


def finish() -> None:
    """End the run: what its workers left running, then its folder."""
    if owns_the_run:
        _erase(folder())


def _end_dead_runs() -> None:
    """A run that was killed leaves a server and a folder behind: the next one ends them."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        with suppress(ValueError, PermissionError):
            try:
                os.kill(int(left.name.removeprefix(_PREFIX).partition("-")[0]), 0)
            except ProcessLookupError:
                _erase(left)


def _erase(run: Path) -> None:
    with suppress(OSError):
        if server := embedded_postgres._declared(run / "postgres"):
            server.stop()
    shutil.rmtree(run, ignore_errors=True)
