"""One server for the run, one migration, one cloned database for each worker."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from preau.config.embedded_postgres import running
from tests.kit import process

if TYPE_CHECKING:
    from django.test import TransactionTestCase


class TestDatabase:
    """The database of this process. `url` is what a program started by a test is told."""

    __test__ = False  # not a test, whatever its name

    def __init__(self, server: str) -> None:
        run = process.folder().name.replace("-", "_")
        self._server = server
        self._template = f"{run}_template"
        self.name = f"{run}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
        self.url = with_database(server, self.name)

    def make(self) -> None:
        """Clone the template, which the first worker here migrates while the others wait."""
        self._point(self.name)
        with (process.folder() / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._exists(self._template):
                self._migrate_template()
        self.renew()

    def renew(self) -> None:
        """Come back to the state of a fresh installation, whoever still uses the database."""
        from django.db import connections

        connections.close_all()
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
        self._do("CREATE DATABASE {} TEMPLATE {}", self.name, self._template)

    def drop(self) -> None:
        """Leave nothing behind, on a server that outlives us."""
        from django.db import connections

        connections.close_all()
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)

    def _migrate_template(self) -> None:
        from django.core.management import call_command
        from django.db import connection

        # Under another name until complete: a worker that dies here leaves no half-made template.
        making = f"{self._template}_new"
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", making)
        self._do("CREATE DATABASE {}", making)
        self._point(making)
        call_command("migrate", verbosity=0)
        connection.close()
        self._point(self.name)
        self._do("ALTER DATABASE {} RENAME TO {}", making, self._template)

    def _point(self, name: str) -> None:
        """Django's connection goes to this database from now on."""
        from django.db import connections

        from preau.config.environment import read

        wanted = read({"DATABASE_URL": with_database(self._server, name), "PREAU_MODE": "test"})
        named = {key: value for key, value in wanted.database.items() if key != "OPTIONS"}
        connections.settings["default"].update(named)
        connections["default"].settings_dict.update(named)

    def _exists(self, name: str) -> bool:
        with psycopg.connect(self._server) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            return connection.execute(query, [name]).fetchone() is not None

    def _do(self, order: str, *names: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            # Not a LiteralString for the type checker, though it is one for the reader.
            text: Any = order
            connection.execute(sql.SQL(text).format(*map(sql.Identifier, names)))


@contextlib.contextmanager
def server_url() -> Iterator[str]:
    """A server for the run: the one named by `DATABASE_URL`, else an embedded one.

    The first worker starts the embedded server, the last to leave stops it.
    """
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with running(process.server_folder(), durable=False) as server:
        yield server.url


def drop_template() -> None:
    """On a server of somebody's own, the end of the run drops what the workers shared."""
    if process.owns_the_run and (url := os.environ.get("DATABASE_URL")):
        shared = TestDatabase(url)
        shared._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", shared._template)


def with_database(url: str, name: str) -> str:
    """The same address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name, safe='')}"))


def renew_instead_of_flushing(database: TestDatabase) -> None:
    """After a test with real transactions, clone again rather than empty the tables.

    As quick, exact (rows of migrations come back, sequences too), and nothing has to get round the
    triggers that keep history append-only.
    """
    from django.test import TransactionTestCase

    def teardown(self: TransactionTestCase) -> None:
        database.renew()

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
