"""Who may import whom is written in pyproject.toml and holds."""

import subprocess
import sys

from tests.architecture.source import ROOT


def test_imports_follow_the_directions_of_the_house() -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout
