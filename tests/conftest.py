"""The kit of every test: see docs/testing.md."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest
from pytest_django import DjangoDbBlocker, Settings

from tests.kit import database, process

if TYPE_CHECKING:
    from tests.factories import Cast

# Before pytest imports anything that needs a setting or a model.
process.prepare()

# Machines differ in speed, so no example has a deadline; CI always tries the same ones.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_unconfigure() -> None:
    database.drop_template()
    process.finish()


@pytest.fixture(scope="session")
def test_database(django_db_blocker: DjangoDbBlocker) -> Iterator[database.TestDatabase]:
    """The database of this worker, cloned from one that was migrated once for the whole run."""
    with database.server_url() as server, django_db_blocker.unblock():
        made = database.TestDatabase(server)
        made.make()
        database.renew_instead_of_flushing(made)
        with django_db_blocker.block():
            yield made
        made.drop()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, test_database: database.TestDatabase) -> None:
    """pytest-django's way in, which every test with a database goes through."""


@pytest.fixture(scope="session", autouse=True)
def undefined_variables_fail(django_test_environment: None) -> None:
    """A template that prints what nobody gave fails the test."""
    from tests.kit import undefined

    undefined.install()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords(django_test_environment: None) -> None:
    """Argon2 costs 50 ms on purpose; tests of passwords take it back with `real_passwords`."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def story_morning(request: pytest.FixtureRequest) -> Iterator[None]:
    """It is the morning of the story, but for tests marked `real_time`."""
    if request.node.get_closest_marker("real_time"):
        yield
        return
    from preau.core import clock
    from tests.factories import NOW

    with clock.pinned(NOW):
        yield


@pytest.fixture
def real_passwords(settings: Settings) -> None:
    """Passwords cost what they cost in production: for tests whose subject they are."""
    from preau.config import settings as ours

    settings.PASSWORD_HASHERS = ours.PASSWORD_HASHERS


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, in a database that forgets them after the test."""
    from tests.factories import make_cast

    return make_cast()


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """Everybody, committed: other connections and other programs see them."""
    from tests.factories import make_cast

    return make_cast()
