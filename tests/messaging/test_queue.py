"""A mail is a row of the fact it tells: it commits with it, or not at all."""

from __future__ import annotations

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from preau.booking.enums import Status
from preau.booking.models import Booking
from preau.messaging.actions.queue import Draft, queue_mails
from preau.messaging.models import Mail, MailBatch
from tests.factories import Cast, ask, decide, lines_of, tell


def draft(key: str = "answer:1") -> Draft:
    return Draft(event_key=key, to="a@exemple.fr", subject="Une réponse", text="Bonjour")


@pytest.mark.django_db(transaction=True)
def test_a_mail_without_its_fact_cannot_be_written() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of the fact"):
        queue_mails(purpose="Essai", drafts=[draft()])
    assert not MailBatch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_fact_taken_back_takes_its_mails_and_its_task_back(committed_cast: Cast) -> None:
    cast = committed_cast
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    with transaction.atomic():
        tell(cast.camille, cast.hiver)
        assert (Mail.objects.count(), DBTaskResult.objects.count()) == (1, 1)
        transaction.set_rollback(True)
    assert (Mail.objects.count(), DBTaskResult.objects.count()) == (0, 0)
    assert set(Booking.objects.values_list("status", flat=True)) == {Status.PENDING}


@pytest.mark.django_db
def test_one_event_is_told_once_even_if_it_is_written_twice() -> None:
    with transaction.atomic():
        queue_mails(purpose="Essai", drafts=[draft()])
        batch = queue_mails(purpose="Essai", drafts=[draft(), draft("answer:2")])
    assert Mail.objects.count() == 2
    assert [mail.event_key for mail in batch.mails.all()] == ["answer:2"]


@pytest.mark.django_db
def test_writing_mails_wakes_a_worker() -> None:
    with transaction.atomic():
        queue_mails(purpose="Essai", drafts=[draft()])
    assert [task.task_path for task in DBTaskResult.objects.all()] == [
        "preau.messaging.tasks.deliver_due"
    ]
