"""A backup that cannot be restored is no backup: both, on real databases, with real files."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.test.utils import override_settings

from preau.billing.actions.payments import record_payment
from preau.billing.enums import Means
from preau.billing.queries.account import balance_of_family
from preau.core import backup, clock
from preau.core.backup import BackupError, back_up
from preau.families.models import Family
from preau.publications.models import Edition
from tests.factories import make_cast
from tests.factories.papers import put_on_line
from tests.kit.database import TestDatabase, with_database
from tests.kit.programs import ROOT, environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    """A family in credit by 12.34 and a printed form, as files of this folder."""
    folder = tmp_path / "here" / "files"
    with override_settings(MEDIA_ROOT=folder):
        cast = make_cast()
        put_on_line(cast.camille, cast.house.tilleuls)
        record_payment(
            actor=cast.house.charlie,
            family=cast.exemple.family,
            means=Means.CASH,
            amount=Decimal("12.34"),
            paid_on=clock.today(),
            form_key=uuid4(),
        )
        yield folder


@pytest.fixture
def elsewhere(test_database: TestDatabase) -> Iterator[str]:
    """An empty database on the same server."""
    name = f"{test_database.name}_elsewhere"
    with psycopg.connect(test_database.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        yield with_database(test_database.url, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def restored(file: Path, url: str, place: Path) -> subprocess.CompletedProcess[str]:
    """`preau restore`, as an operator runs it."""
    return subprocess.run(
        [sys.executable, "-m", "preau", "restore", str(file)],
        cwd=ROOT,
        env=environment(url, place),
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_comes_back_elsewhere(kept: Path, elsewhere: str, tmp_path: Path) -> None:
    """Rows, sums, files and what protects them: the triggers come back too."""
    file = tmp_path / "preau.tar"
    saved = back_up(file)
    assert saved.files == 2
    assert saved.counts["billing_payment"] == 1
    assert saved.sums["billing_ledgerentry.credit"] == "12.34"
    place = tmp_path / "there"
    done = restored(file, elsewhere, place)
    assert done.returncode == 0, done.stderr
    assert "2 fichiers rétablis" in done.stdout
    for path in kept.rglob("*.*"):
        assert (place / "files" / path.relative_to(kept)).read_bytes() == path.read_bytes()
    with psycopg.connect(elsewhere) as there:
        edition = Edition.objects.get()
        assert there.execute("SELECT file FROM publications_edition").fetchall() == [
            (edition.file,)
        ]
        assert balance_of_family(Family.objects.get(number=1)) == Decimal("-12.34")
        said = there.execute("SELECT sum(debit - credit) FROM billing_ledgerentry").fetchone()
        assert said == (Decimal("-12.34"),)
        with pytest.raises(psycopg.Error, match="Cannot update or delete"):
            there.execute("UPDATE billing_ledgerentry SET credit = 1")


def test_it_is_for_the_eyes_of_its_owner_and_written_once(kept: Path, tmp_path: Path) -> None:
    file = tmp_path / "preau.tar"
    back_up(file)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupError, match="existe déjà"):
        back_up(file)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["preau.tar"]


def test_a_place_that_holds_something_is_left_alone(
    kept: Path, elsewhere: str, tmp_path: Path, test_database: TestDatabase
) -> None:
    file = tmp_path / "preau.tar"
    back_up(file)
    done = restored(file, test_database.url, tmp_path / "there")
    assert done.returncode == 1
    assert "contient déjà des tables" in done.stderr
    (tmp_path / "full/files").mkdir(parents=True)
    (tmp_path / "full/files/one").touch()
    done = restored(file, elsewhere, tmp_path / "full")
    assert "contient déjà des fichiers" in done.stderr
    with psycopg.connect(elsewhere) as there:
        found = there.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert found == []


def rewritten(change: Callable[[str, bytes], bytes | None]) -> Callable[[Path], None]:
    """The same archive with some parts changed, or left out."""

    def rewrite(file: Path) -> None:
        with tarfile.open(file) as old:
            parts = [
                (member, extracted.read())
                for member in old.getmembers()
                if (extracted := old.extractfile(member))
            ]
        with tarfile.open(file, "w") as new:
            for member, content in parts:
                changed = change(member.name, content)
                if changed is not None:
                    member.size = len(changed)
                    new.addfile(member, BytesIO(changed))

    return rewrite


def cut(file: Path) -> None:
    """As when the disk was full."""
    file.write_bytes(file.read_bytes()[:-30_000])


def _wrong_count(name: str, content: bytes) -> bytes:
    if name != "manifest.json":
        return content
    manifest = json.loads(content)
    manifest["database"]["counts"]["billing_payment"] = 2
    return json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut, "pas une sauvegarde entière"),
        (rewritten(lambda n, c: c + b"x" if n == "database.dump" else c), "pas une sauvegarde"),
        (rewritten(lambda n, c: None if n.endswith(".pdf") else c), "pas une sauvegarde entière"),
        (rewritten(lambda n, c: None if n == "manifest.json" else c), "pas une sauvegarde"),
        (rewritten(_wrong_count), "ne compte pas comme"),
    ],
    ids=["cut", "another dump", "a file lacks", "no manifest", "a payment lacks"],
)
def test_a_damaged_backup_is_never_taken_for_a_whole_one(
    kept: Path, elsewhere: str, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    file = tmp_path / "preau.tar"
    back_up(file)
    damage(file)
    done = restored(file, elsewhere, tmp_path / "there")
    assert done.returncode == 1
    assert said in done.stderr.replace("\N{NO-BREAK SPACE}", " ")


def test_the_site_goes_on_while_it_is_saved(
    kept: Path, tmp_path: Path, test_database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written between the measure and the dump is in neither."""
    run = backup._run

    def late(program: str, *arguments: str) -> None:
        with psycopg.connect(test_database.url) as other:
            other.execute(
                "INSERT INTO core_numberseries (series, year, last, last_on)"
                " VALUES ('LATE', 2027, 1, '2027-01-12')"
            )
        run(program, *arguments)

    monkeypatch.setattr(backup, "_run", late)
    saved = back_up(tmp_path / "preau.tar")
    with tarfile.open(tmp_path / "preau.tar") as archive:
        archive.extract("database.dump", tmp_path, filter="data")
    program = backup._program("pg_restore")
    command = [program, "--data-only", "--table=core_numberseries", "--file=-"]
    text = subprocess.run(
        [*command, str(tmp_path / "database.dump")], capture_output=True, check=True, text=True
    ).stdout
    assert "LATE" not in text
    assert saved.counts["core_numberseries"] == 1
