"""If the kit were careless, every other test would prove nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.template import engines

from preau.booking.models import BookingEvent
from preau.core import clock
from preau.org.models import Organisation
from tests.factories import NOW, Cast, ask
from tests.kit import process
from tests.kit.undefined import UndefinedVariableError


def render(text: str, **context: object) -> str:
    return engines["django"].from_string(text).render(context)


@pytest.mark.parametrize(
    "text",
    [
        "{{ nobody }}",
        "{{ nobody.name }}",
        "{{ somebody.nothing }}",
        "{{ nobody|capfirst }}",
        "{{ nobody|date:'d' }}",
        "{{ nobody|length }}",
        "{{ nobody|cut:' ' }}",
        "{% autoescape off %}{{ nobody }}{% endautoescape %}",
        "{% with name=nobody %}{{ name }}{% endwith %}",
        "{% blocktranslate %}{{ nobody }}{% endblocktranslate %}",
        "{% blocktranslate with name=nobody %}{{ name }}{% endblocktranslate %}",
        "{% translate nobody %}",
        "{% include 'parts/tag.html' with status=nobody words=nobody only %}",
    ],
)
def test_a_template_that_prints_what_nobody_gave_fails(text: str) -> None:
    with pytest.raises(UndefinedVariableError):
        render(text, somebody={"name": "Zoé"})


def test_the_failure_names_the_variable() -> None:
    with pytest.raises(UndefinedVariableError, match=r"nobody\.name"):
        render("<p>{{ nobody.name }}</p>")


def test_a_template_may_ask_whether_something_is_there() -> None:
    assert render("{% if nobody %}a{% else %}b{% endif %}") == "b"
    assert render("{% if nobody == 'x' %}a{% elif not nobody.name %}b{% endif %}") == "b"
    assert render("{{ nobody|default:'somebody' }}") == "somebody"
    assert render("{% with x=nobody|default:'y' %}{{ x }}{% endwith %}") == "y"
    assert render("{% for each in nobody %}a{% empty %}b{% endfor %}") == "b"
    assert render("{{ somebody|default:'x' }}{{ nothing }}", somebody="", nothing=None) == "xNone"


@pytest.mark.django_db
def test_a_test_without_transactions_leaves_nothing_behind(cast: Cast) -> None:
    assert Organisation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_with_real_transactions_leaves_nothing_behind(
    committed_cast: Cast, turn: int
) -> None:
    """History cannot be deleted, so the database is made anew."""
    assert not BookingEvent.objects.exists()
    ask(committed_cast.exemple, committed_cast.hiver)
    assert transaction.get_autocommit()
    assert BookingEvent.objects.exists()


@pytest.mark.django_db
def test_what_a_migration_wrote_is_in_every_database() -> None:
    assert "core_cache" in connection.introspection.table_names()


def test_it_is_the_morning_of_the_story_in_paris() -> None:
    assert clock.now() == NOW
    assert time.tzname[0] == "CET"


@pytest.mark.real_time
def test_a_test_may_live_in_the_present() -> None:
    assert abs(clock.now().timestamp() - time.time()) < 5


def test_nothing_is_written_in_the_working_copy() -> None:
    assert settings.DATA.is_relative_to(process.folder())
    assert settings.MODE == "test"


@pytest.mark.django_db
def test_a_database_of_ones_own_is_used_and_left_clean(tmp_path: Path) -> None:
    """With `DATABASE_URL`, on this very server: only databases of the run are made, and dropped."""
    (tmp_path / "test_small.py").write_text(
        "import pytest\n@pytest.mark.django_db\ndef test_small():\n"
        "    from preau.core.models import User\n    assert not User.objects.exists()\n"
    )
    before = _databases()
    url = os.environ.get("DATABASE_URL") or _maintenance_url()
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "VIRTUAL_ENV") if key in os.environ}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "tests.conftest"]
    done = subprocess.run(
        [*command, "--rootdir", str(Path.cwd()), "-c", "pyproject.toml", str(tmp_path)],
        env={**kept, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert _databases() == before


def _databases() -> list[str]:
    with connection.cursor() as cursor:
        run = f"{process.folder().name.replace('-', '_')}%"
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname NOT LIKE %s ORDER BY 1", [run]
        )
        return [name for (name,) in cursor.fetchall()]


def _maintenance_url() -> str:
    named = connection.settings_dict
    return f"postgresql://{named['USER']}@:{named['PORT']}/preau?host={named['HOST']}"
