"""Our own programs, started as in production, on the database of the test."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment(database_url: str, data: Path, **more: str) -> dict[str, str]:
    """What such a program is told: nothing of the shell that runs the tests but where Python is."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    told = {"PREAU_MODE": "test", "PREAU_DATA": str(data), "DATABASE_URL": database_url}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **told, **more}


@contextlib.contextmanager
def running(
    *arguments: str, environ: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """`preau` with these arguments until the end of the block; what it says goes to `log`."""
    with log.open("ab") as said:
        program = subprocess.Popen(
            [sys.executable, "-m", "preau", *arguments],
            cwd=ROOT,
            env=dict(environ),
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield program
    finally:
        with contextlib.suppress(ProcessLookupError):
            program.send_signal(signal.SIGTERM)
        try:
            program.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Look again until it is true. Fails when it does not become so."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)
