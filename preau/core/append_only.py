"""Tables in which a row is written once and for ever: the database refuses anything else."""

from __future__ import annotations

import pgtrigger


def append_only(table: str) -> list[pgtrigger.Trigger]:
    """Triggers that refuse changing, deleting and emptying; `table` begins their names.

    TRUNCATE fires no row trigger, hence a second one.
    """
    return [
        pgtrigger.Protect(
            name=f"{table}_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
        ),
        pgtrigger.Trigger(
            name=f"{table}_is_never_emptied",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
        ),
    ]
