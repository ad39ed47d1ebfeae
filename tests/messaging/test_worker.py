"""The background worker as it runs in production: a program of its own, that may be killed."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

import pytest
from django.db import transaction

from preau.core import clock
from preau.core.models import WorkerHeartbeat
from preau.demo.mailbox import mails_in, read_mail
from preau.messaging.actions.queue import Draft, queue_mails
from preau.messaging.models import Mail, MailState
from tests.factories import Cast, ask, decide, lines_of, tell
from tests.factories.house import NOW
from tests.kit import programs
from tests.kit.database import TestDatabase
from tests.kit.mail_server import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_time]

Worker = Callable[..., AbstractContextManager[Popen[bytes]]]


@pytest.fixture
def worker(test_database: TestDatabase, tmp_path: Path) -> Iterator[Worker]:
    """Start a worker on the database of the test: `with worker(PREAU_EMAIL_URL=...):`."""
    log = tmp_path / "worker.log"

    def start(**more: str) -> AbstractContextManager[Popen[bytes]]:
        environ = programs.environment(test_database.url, tmp_path, **more)
        return programs.running("worker", "--interval", "0.05", environ=environ, log=log)

    yield start
    sys.stdout.write(log.read_text() if log.exists() else "no worker ran")


def write(number: int, *, minutes_ago: int = 0) -> None:
    with transaction.atomic(), clock.pinned(clock.now() - timedelta(minutes=minutes_ago)):
        queue_mails(
            purpose="Essai",
            drafts=[
                Draft(event_key=f"essai:{n}", to=f"f{n}@exemple.fr", subject="Essai", text="Oui")
                for n in range(number)
            ],
        )


def states() -> Counter[str]:
    return Counter(Mail.objects.values_list("state", flat=True))


def test_an_answer_reaches_the_mailbox_as_a_mail_program_reads_it(
    committed_cast: Cast, worker: Worker, tmp_path: Path
) -> None:
    cast = committed_cast
    with clock.pinned(NOW):
        ask(cast.martin, cast.hiver)
        decide(cast.camille, cast.hiver, lines_of(cast.martin))
    with worker():
        tell(cast.camille, cast.hiver)
        programs.wait_until(lambda: states() == {MailState.SENT: 1})
    (path,) = mails_in(tmp_path / "courriels")
    mail = read_mail(path)
    assert mail.to == "famille2@exemple.fr"
    assert mail.subject == "Votre demande de réservation a reçu une réponse"
    assert "« Hiver 2027 »" in mail.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Léa" not in path.read_text()


def test_a_worker_shows_that_it_lives_and_leaves_properly(worker: Worker) -> None:
    with worker() as program:
        programs.wait_until(WorkerHeartbeat.objects.exists)
        beat = WorkerHeartbeat.objects.get()
        assert abs(clock.now() - beat.beat_at) < timedelta(seconds=20)
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0
    assert not WorkerHeartbeat.objects.exists()


def test_a_worker_killed_in_the_middle_loses_no_mail_and_doubles_none(
    worker: Worker, mail_server: MailServer
) -> None:
    """At most the one mail in its hands is left for a person to look at."""
    mail_server.moods.slowness = 0.02
    write(80, minutes_ago=1)
    with worker(PREAU_EMAIL_URL=mail_server.url) as first:
        programs.wait_until(lambda: len(mail_server.taken) >= 20)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    in_hand = states()[MailState.SENDING]
    assert in_hand <= 1
    assert states()[MailState.QUEUED] > 20
    with worker(PREAU_EMAIL_URL=mail_server.url):
        programs.wait_until(lambda: states()[MailState.QUEUED] == 0)
        programs.wait_until(lambda: states()[MailState.SENDING] == in_hand)
    times = Counter(mail_server.addresses())
    assert set(times.values()) == {1}
    sent = set(Mail.objects.filter(state=MailState.SENT).values_list("to", flat=True))
    assert len(sent) == 80 - in_hand
    assert sent <= set(times)


def test_two_workers_share_the_work_and_double_nothing(
    worker: Worker, mail_server: MailServer
) -> None:
    mail_server.moods.slowness = 0.01
    with ExitStack() as both:
        for _ in range(2):
            both.enter_context(worker(PREAU_EMAIL_URL=mail_server.url))
        programs.wait_until(lambda: WorkerHeartbeat.objects.count() == 2)
        write(20, minutes_ago=1)
        write_again = [f"g{n}@exemple.fr" for n in range(20)]
        with transaction.atomic():
            queue_mails(
                purpose="Essai",
                drafts=[
                    Draft(event_key=f"autre:{to}", to=to, subject="Essai", text="Oui")
                    for to in write_again
                ],
            )
        programs.wait_until(lambda: states() == {MailState.SENT: 40})
    assert set(Counter(mail_server.addresses()).values()) == {1}


def test_a_mail_that_nobody_was_woken_for_leaves_all_the_same(
    worker: Worker, mail_server: MailServer
) -> None:
    """The row is the truth: the task that should have carried it was lost."""
    from django_tasks_db.models import DBTaskResult

    write(1, minutes_ago=1)
    DBTaskResult.objects.all().delete()
    with worker(PREAU_EMAIL_URL=mail_server.url):
        programs.wait_until(lambda: states() == {MailState.SENT: 1})


def test_a_worker_outlives_a_cut_of_the_database(worker: Worker, mail_server: MailServer) -> None:
    with worker(PREAU_EMAIL_URL=mail_server.url) as program:
        programs.wait_until(WorkerHeartbeat.objects.exists)
        for _ in range(3):
            cut_every_other_connection()
        write(1)
        programs.wait_until(lambda: states() == {MailState.SENT: 1})
        assert program.poll() is None


def cut_every_other_connection() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
