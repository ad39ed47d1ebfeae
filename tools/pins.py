"""Pin every package, direct or not.

The lock file stays out of git, because it names a registry. What is committed instead:

* `constraint-dependencies` in pyproject.toml: the exact version of every package, so that each
  clone resolves to the same lock;
* `requirements.txt`: the packages of production with the hashes of their files.

    uv run tools/pins.py            write both from the present lock
    uv run tools/pins.py --upgrade  resolve again without the pins, then write both
    uv run tools/pins.py --check    fail, with a sentence, when they disagree

Standard library only.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "uv.lock"
REQUIREMENTS = ROOT / "requirements.txt"
EXPORT = ("export", "--frozen", "--no-dev", "--no-emit-project", "--no-header", "--no-annotate")
BLOCK = re.compile(r"^constraint-dependencies = \[.*?^\]$", re.DOTALL | re.MULTILINE)
EXACT = re.compile(r"([a-z0-9][a-z0-9-]*)==([^\s;\\]+)")
HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


class PinsError(Exception):
    """The pins cannot be read, or disagree. The message is one sentence."""


class Package(NamedTuple):
    """One line of `requirements.txt`: version, marker, and the hashes of its files."""

    version: str
    marker: str
    hashes: frozenset[str]


def main(arguments: list[str]) -> int:
    """Do what the command line asks. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="pins.py", description="Pin every package.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="fail when the pins disagree")
    choice.add_argument("--upgrade", action="store_true", help="resolve again without the pins")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            check()
        else:
            write(upgrade=options.upgrade)
    except PinsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def write(*, upgrade: bool) -> None:
    """Rewrite the constraints and `requirements.txt` from the lock, made again first."""
    if upgrade:
        _write_constraints({})
    _uv("lock", *(["--upgrade"] if upgrade else []))
    _write_constraints(locked_versions())
    _uv("lock")
    REQUIREMENTS.write_text(_uv(*EXPORT), "utf-8")


def check() -> None:
    """Raise `PinsError` unless the constraints, `requirements.txt` and the lock agree.

    A registry may gain a file for a version after it was pinned: more hashes in the lock than in
    `requirements.txt` is no disagreement, the reverse is.
    """
    constraints, locked = constrained_versions(), locked_versions()
    _compare("the constraints in pyproject.toml", constraints, "uv.lock", locked)
    committed, wanted = requirements(REQUIREMENTS.read_text("utf-8")), requirements(_uv(*EXPORT))
    _compare("requirements.txt", _marked(committed), "uv.lock", _marked(wanted))
    for name, package in committed.items():
        if not package.hashes:
            raise PinsError(f"requirements.txt gives no hash for {name}: run tools/pins.py.")
        if package.hashes - wanted[name].hashes:
            raise PinsError(f"requirements.txt has a hash of {name} that uv.lock does not know.")
        if constraints[name] != package.version:
            raise PinsError(f"requirements.txt and pyproject.toml pin {name} differently.")


def constrained_versions() -> dict[str, str]:
    """Name and version of every constraint. Raises `PinsError` for one that is not exact."""
    project = tomllib.loads(PROJECT.read_text("utf-8"))
    found = {}
    for entry in project["tool"]["uv"].get("constraint-dependencies", []):
        exact = EXACT.fullmatch(entry)
        if exact is None:
            raise PinsError(f"pyproject.toml: “{entry}” does not pin one exact version with ==.")
        found[exact[1]] = exact[2]
    return found


def locked_versions() -> dict[str, str]:
    """Name and version of every package of the lock, the project itself apart."""
    if not LOCK.exists():
        raise PinsError("There is no uv.lock yet: run uv sync first.")
    packages = tomllib.loads(LOCK.read_text("utf-8"))["package"]
    ours = {"editable", "virtual", "directory"}
    found = {}
    for package in packages:
        if ours & package["source"].keys():
            continue
        if package["name"] in found:
            raise PinsError(f"uv.lock holds two versions of {package['name']}: allow only one.")
        found[package["name"]] = package["version"]
    return found


def requirements(text: str) -> dict[str, Package]:
    """Every package of a `requirements.txt`. Raises `PinsError` for anything else."""
    found = {}
    for entry in text.replace("\\\n", " ").splitlines():
        line, _, hashes = entry.partition("--hash=")
        exact = EXACT.match(line)
        if exact is None:
            raise PinsError(f"requirements.txt: “{line.strip()}” is not an exact version with ==.")
        marker = line.partition(";")[2].strip()
        known = frozenset(HASH.findall(f"--hash={hashes}"))
        found[exact[1]] = Package(exact[2], marker, known)
    return found


def _marked(packages: dict[str, Package]) -> dict[str, str]:
    return {name: f"{each.version} {each.marker}".strip() for name, each in packages.items()}


def _compare(here: str, ours: dict[str, str], there: str, theirs: dict[str, str]) -> None:
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            said = (
                f"{ours.get(name, 'nothing')} in {here}, {theirs.get(name, 'nothing')} in {there}"
            )
            raise PinsError(f"{name}: {said}. Run uv sync, then tools/pins.py.")


def _write_constraints(versions: dict[str, str]) -> None:
    lines = [f'    "{name}=={version}",' for name, version in sorted(versions.items())]
    block = "\n".join(["constraint-dependencies = [", *lines, "]"])
    text = PROJECT.read_text("utf-8")
    if not BLOCK.search(text):
        raise PinsError("pyproject.toml has no [tool.uv] constraint-dependencies to write into.")
    PROJECT.write_text(BLOCK.sub(lambda _: block, text), "utf-8")


def _uv(*arguments: str) -> str:
    # `uv run` says where uv is, should it not be on the path.
    command = [os.environ.get("UV", "uv"), *arguments, "--quiet"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False, text=True)  # noqa: S603 - our own command
    if done.returncode:
        raise PinsError(f"“uv {' '.join(arguments)}” failed: see above.")
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
