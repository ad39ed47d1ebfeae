"""A program killed in the middle of an act: nothing is lost, nothing is done twice.

A real program is stopped inside its transaction, where the database writes a given table, and
ended with SIGKILL. What it had begun must be gone; doing it again must do it once.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from preau.activities.enums import Slot
from preau.activities.models import Period
from preau.booking.actions.tell import readiness_of_period
from preau.booking.enums import OFFERED, Decision, Status
from preau.booking.models import Booking, BookingEvent, Sending
from preau.messaging.models import Mail, MailBatch
from tests.factories import Cast, Household, ask, decide, lines_of, only_places, open_days, tell
from tests.factories.house import NOW
from tests.kit import programs
from tests.kit.database import TestDatabase

pytestmark = pytest.mark.django_db(transaction=True)

KEY = 20260112
BARRIER = """
CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock({key}); RETURN NULL; END $$;
CREATE TRIGGER wait_for_the_test AFTER INSERT ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION wait_for_the_test();
"""
NO_BARRIER = "DROP FUNCTION wait_for_the_test CASCADE"
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
"""

# The tables that each act writes, in the order in which it does.
TELLING = ("booking_bookingevent", "messaging_mailbatch", "messaging_mail", "booking_sending")
OFFERING = ("booking_bookingevent", "messaging_mailbatch", "messaging_mail")


@dataclass(frozen=True)
class Programs:
    """Programs that act on the database of the test, on the morning of the story."""

    database: TestDatabase
    folder: Path

    def start(self, act: str) -> subprocess.Popen[bytes]:
        """Begin to do `act`, a line of Python, in a process of its own."""
        lines = (
            "import datetime",
            "from preau.core import clock",
            f"morning = clock.pinned(datetime.datetime.fromisoformat({NOW.isoformat()!r}))",
            "morning.__enter__()",
            act,
        )
        return subprocess.Popen(
            [sys.executable, "-m", "preau", "shell", "--no-imports", "--command", "\n".join(lines)],
            cwd=programs.ROOT,
            env=programs.environment(self.database.url, self.folder),
            stderr=subprocess.PIPE,
        )

    def finish(self, act: str) -> str:
        """Do it, with nobody in the way. Returns what went wrong, "" when nothing did."""
        _, said = self.start(act).communicate(timeout=60)
        return said.decode()

    def kill_at(self, table: str, act: str) -> None:
        """Begin `act`, and kill the program when it has written `table` and not committed."""
        with self._barrier(table) as watcher:
            program = self.start(act)
            try:
                programs.wait_until(lambda: program.poll() is not None or _count(watcher, WAITING))
                assert program.poll() is None, f"it never wrote {table}"
            finally:
                program.kill()
                program.communicate(timeout=10)

    @contextmanager
    def _barrier(self, table: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.database.url, autocommit=True) as watcher:
            names = {"key": sql.Literal(KEY), "table": sql.Identifier(table)}
            watcher.execute(sql.SQL(BARRIER).format(**names))
            watcher.execute("SELECT pg_advisory_lock(%s)", [KEY])
            try:
                yield watcher
            finally:
                watcher.execute("SELECT pg_advisory_unlock(%s)", [KEY])
                # The server of the killed program wakes, finds nobody to answer, and undoes all.
                programs.wait_until(lambda: not _count(watcher, OTHERS))
                watcher.execute(NO_BARRIER)


def _count(watcher: psycopg.Connection, query: LiteralString) -> int:
    row = watcher.execute(query).fetchone()
    return int(row[0]) if row else 0


@pytest.fixture
def acting(test_database: TestDatabase, tmp_path: Path) -> Programs:
    """Who acts, and may be killed."""
    return Programs(test_database, tmp_path)


def everything() -> dict[str, object]:
    """All that an act could have changed: what it leaves half done shows here."""
    fields = ("pk", "status", "draft", "version", "offered_until", "passed_over", "told_at")
    return {
        "lines": list(Booking.objects.order_by("pk").values_list(*fields)),
        "rows": [model.objects.count() for model in (BookingEvent, Mail, MailBatch, Sending)],
    }


def mails_by_family() -> Counter[str]:
    """How many mails were written to each address."""
    return Counter(Mail.objects.values_list("to", flat=True))


def test_telling_the_families_survives_kill_9(committed_cast: Cast, acting: Programs) -> None:
    cast = committed_cast
    for household in (cast.exemple, cast.martin, cast.nord):
        ask(household, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    decide(cast.camille, cast.hiver, lines_of(cast.martin), Decision.REFUSED, reason="complet")
    decide(cast.camille, cast.hiver, lines_of(cast.nord), Decision.WAITLISTED)
    before = everything()
    shown = readiness_of_period(cast.hiver).fingerprint
    act = (
        "from preau.booking.actions.tell import *\n"
        f"validate_decisions(actor=User.objects.get(pk={cast.camille.pk}), "
        f"period=Period.objects.get(pk={cast.hiver.pk}), fingerprint={shown!r})"
    )
    for table in TELLING:
        acting.kill_at(table, act)
        assert everything() == before, f"killed at {table}"
    assert acting.finish(act) == ""
    assert "StaleError" in acting.finish(act), "told twice"
    assert Counter(Booking.objects.values_list("status", flat=True)) == {
        Status.ACCEPTED: 3,
        Status.REFUSED: 3,
        Status.WAITLISTED: 3,
    }
    assert mails_by_family() == {f"famille{n}@exemple.fr": 1 for n in (1, 2, 3)}
    assert BookingEvent.objects.filter(move="tell").count() == 9
    assert Sending.objects.get().families == 3


def one_place_and_two_who_wait(cast: Cast) -> tuple[Household, Household, Household]:
    """The only place of a morning is taken; two families wait, in this order."""
    Period.objects.filter(pk=cast.hiver.pk).update(offers_places=True)
    cast.hiver.refresh_from_db()
    only_places(cast.hiver, 1)
    has, first, second = cast.martin, cast.nord, cast.sans_mail
    for household in (has, first, second):
        ask(household, cast.hiver, days=open_days(cast.hiver)[:1], slots=[Slot.MORNING])
    decide(cast.camille, cast.hiver, lines_of(has))
    decide(cast.camille, cast.hiver, lines_of(first) + lines_of(second), Decision.WAITLISTED)
    tell(cast.camille, cast.hiver)
    return has, first, second


def offered() -> list[int]:
    """The families to whom a place is offered now."""
    lines = Booking.objects.filter(draft=OFFERED)
    return list(lines.values_list("request__family__number", flat=True))


def test_a_place_freed_and_offered_by_itself_survives_kill_9(
    committed_cast: Cast, acting: Programs
) -> None:
    """Cancelling and offering are one transaction: both, or neither."""
    cast = committed_cast
    has, first, _ = one_place_and_two_who_wait(cast)
    before, mails = everything(), Mail.objects.count()
    line = lines_of(has)[0]
    act = (
        "from preau.booking.actions.correct import *\n"
        f"cancel_lines(actor=User.objects.get(pk={cast.camille.pk}), "
        f"period=Period.objects.get(pk={cast.hiver.pk}), seen={{{line.pk}: {line.version}}}, "
        "kind=CancelKind.BY_FAMILY, reason='à la demande de la famille')"
    )
    for table in OFFERING:
        acting.kill_at(table, act)
        assert everything() == before, f"killed at {table}"
    for _again in range(2):
        assert acting.finish(act) == ""
    assert offered() == [first.family.number]
    assert BookingEvent.objects.filter(move="offer").count() == 1
    assert Mail.objects.count() == mails + 2  # the one who cancelled, the one who is offered


def test_an_offer_that_ends_and_passes_on_survives_kill_9(
    committed_cast: Cast, acting: Programs
) -> None:
    cast = committed_cast
    has, first, second = one_place_and_two_who_wait(cast)
    line = lines_of(has)[0]
    Booking.objects.filter(pk=line.pk).update(status=Status.CANCELLED, cancelled_as="by_family")
    Booking.objects.filter(pk=lines_of(first)[0].pk).update(draft=OFFERED, offered_until=NOW)
    before = everything()
    act = "from preau.booking.actions.offer import *\nexpire_offers()"
    for table in OFFERING[:2]:
        acting.kill_at(table, act)
        assert everything() == before, f"killed at {table}"
    for _again in range(2):
        assert acting.finish(act) == ""
    assert offered() == [second.family.number]
    assert BookingEvent.objects.filter(move="expire").count() == 1
    assert BookingEvent.objects.filter(move="offer").count() == 1
