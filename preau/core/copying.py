"""Writing many rows at once, by PostgreSQL's COPY: for what a run writes by hundreds of thousands.

Triggers and constraints hold as for any insert; nothing of Django's models is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection, models
from psycopg import sql


def copy_in(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Insert these rows in this transaction; every other column takes the database's default.

    Raises Django's errors, IntegrityError among them.
    """
    table = sql.Identifier(model._meta.db_table)  # noqa: SLF001 - Django's own public name
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)
    # What `copy` raises does not pass through Django's cursor by itself.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)
