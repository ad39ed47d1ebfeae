"""What the database itself refuses, and whether every such rule has its test."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from psycopg import Error


@contextlib.contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    """What happens within is refused by the constraint of that name and leaves no trace."""
    try:
        with transaction.atomic():
            yield
            connection.check_constraints()
    except IntegrityError as refusal:
        cause = refusal.__cause__
        assert isinstance(cause, Error)
        assert cause.diag.constraint_name == constraint
    else:
        pytest.fail(f"{constraint} let it pass")


def constraints_of(app: str) -> set[str]:
    """Names of the constraints that models or migrations of `app` declare on purpose."""
    models = list(apps.get_app_config(app).get_models())
    declared = {rule.name for model in models for rule in model._meta.constraints}
    with connection.cursor() as cursor:
        cursor.execute(
            # Django ends the names of its own keys to other tables with "_fk_" and theirs.
            "SELECT conname FROM pg_constraint WHERE conrelid = ANY(%s::text[]::regclass[]) "
            "AND contype = 'f' AND conname !~ '_fk_'",
            [[model._meta.db_table for model in models]],
        )
        return declared | {name for (name,) in cursor.fetchall()}
