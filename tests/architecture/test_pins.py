"""Every package is pinned, and the places that pin it agree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

PINNED = ("pyproject.toml", "requirements.txt", "uv.lock", "tools/pins.py")
UV = os.environ.get("UV") or shutil.which("uv")
REGISTRY = re.compile(r"pypi\.org|pythonhosted|--index-url|--find-links")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that pin, in a folder where they may be spoilt."""
    if UV is None or not (ROOT / "uv.lock").exists():
        pytest.skip("these tests need uv and its lock: start them with uv run")
    for name in PINNED:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def check(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(folder / "tools" / "pins.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "UV": UV or ""},
    )
    return done.returncode, done.stderr


def change(file: Path, pattern: str, by: str) -> None:
    text, times = re.subn(pattern, by, file.read_text("utf-8"), count=1, flags=re.MULTILINE)
    assert times == 1
    file.write_text(text, "utf-8")


def test_the_pins_agree(copy: Path) -> None:
    assert check(copy) == (0, "")


@pytest.mark.parametrize(
    ("file", "pattern", "by", "said"),
    [
        ("requirements.txt", r"^django==\S+", "django==6.1.0", "django: 6.1.0 in requirements.txt"),
        (
            "pyproject.toml",
            r'^    "django==\S+',
            '    "django==6.1.0",',
            "django: 6.1.0 in the con",
        ),
        ("pyproject.toml", r'^    "sqlparse==\S+\n', "", "sqlparse: nothing in the constraints"),
        ("pyproject.toml", r'"sqlparse==', '"sqlparse>=', "does not pin one exact version"),
        ("requirements.txt", r"sha256:[0-9a-f]{64}", "sha256:" + "0" * 64, "that uv.lock does not"),
        (
            "requirements.txt",
            r"^sqlparse==(\S+) .*$",
            r"sqlparse==\1 ; python_version > '3' \\",
            "sqlparse: ",
        ),
    ],
)
def test_a_pin_that_differs_is_named(
    copy: Path, file: str, pattern: str, by: str, said: str
) -> None:
    change(copy / file, pattern, by)
    code, sentence = check(copy)
    assert code == 1
    assert said in sentence


def test_no_committed_file_names_a_registry() -> None:
    places = [
        ROOT / name for name in ("pyproject.toml", "requirements.txt", "README.md", ".ci/run")
    ]
    places += [path for folder in ("docs", "tools") for path in (ROOT / folder).rglob("*.*")]
    naming = [p for p in places if p.is_file() and REGISTRY.search(p.read_text("utf-8", "replace"))]
    assert naming == []
