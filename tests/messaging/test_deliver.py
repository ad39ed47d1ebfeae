"""Handing mails over to a real mail server: each at most once, all sooner or later."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from preau.core import clock
from preau.messaging.actions.deliver import (
    LOST_AFTER,
    MOST_ATTEMPTS,
    deliver_due_mails,
    sweep_outbox,
)
from preau.messaging.actions.queue import Draft, queue_mails
from preau.messaging.models import Mail, MailBatch, MailState
from preau.messaging.queries.progress import progress_of_batch, troubled_mails
from tests.factories import NOW
from tests.kit.mail_server import MailServer

pytestmark = pytest.mark.django_db
EARLIER = NOW - timedelta(minutes=1)


def write(*addresses: str, subject: str = "Une réponse", text: str = "Bonjour,\n") -> MailBatch:
    with transaction.atomic():
        return queue_mails(
            purpose="Essai",
            drafts=[
                Draft(event_key=f"essai:{to}", to=to, subject=subject, text=text)
                for to in addresses
            ],
        )


def states() -> dict[str, str]:
    return dict(Mail.objects.values_list("to", "state"))


def deliver(at: datetime = NOW) -> int:
    with clock.pinned(at):
        return deliver_due_mails()


def test_a_mail_is_handed_over_as_it_was_written(by_smtp: MailServer) -> None:
    batch = write("a@exemple.fr", subject="Réponse à « Hiver »", text="Bonjour,\n\nÀ bientôt.\n")
    assert deliver() == 1
    (mail,) = by_smtp.taken
    assert mail["Subject"] == "Réponse à « Hiver »"
    assert mail["To"] == "a@exemple.fr"
    assert mail["From"] == "Préau <ne-pas-repondre@exemple.invalid>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].startswith("<preau-")
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == ["Bonjour,", "", "À bientôt."]
    row = Mail.objects.get()
    assert (row.state, row.sent_at, row.attempts, row.error) == (MailState.SENT, NOW, 1, "")
    assert progress_of_batch(batch).finished


def test_all_mails_leave_on_one_line(by_smtp: MailServer) -> None:
    write(*[f"f{number}@exemple.fr" for number in range(12)])
    assert deliver() == 12
    assert by_smtp.connections == 1
    assert by_smtp.addresses() == [f"f{number}@exemple.fr" for number in range(12)]
    assert deliver() == 0


def test_a_mail_for_later_waits(by_smtp: MailServer) -> None:
    write("a@exemple.fr")
    Mail.objects.update(due_at=NOW + timedelta(minutes=1))
    assert deliver() == 0
    assert deliver(NOW + timedelta(minutes=1)) == 1


def test_an_address_refused_for_good_fails_and_the_rest_leaves(by_smtp: MailServer) -> None:
    by_smtp.moods.refused.add("b@exemple.fr")
    batch = write("a@exemple.fr", "b@exemple.fr", "c@exemple.fr")
    assert deliver() == 2
    assert states() == {"a@exemple.fr": "sent", "b@exemple.fr": "failed", "c@exemple.fr": "sent"}
    assert [mail.to for mail in troubled_mails(batch)] == ["b@exemple.fr"]
    progress = progress_of_batch(batch)
    assert (progress.total, progress.sent, progress.waiting, progress.troubled) == (3, 2, 0, 1)
    assert progress.finished


def test_an_error_never_repeats_the_address(
    by_smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The server's sentence names the person; logs and the error column do not."""
    by_smtp.moods.refused.add("b@exemple.fr")
    by_smtp.moods.hung_up_on.add("c@exemple.fr")
    write("b@exemple.fr", "c@exemple.fr", "d@exemple.fr")
    Mail.objects.filter(to="d@exemple.fr").update(to="d d@exemple.fr", due_at=EARLIER)
    with caplog.at_level(logging.INFO):
        deliver()
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    said = " ".join([*ours, *Mail.objects.values_list("error", flat=True)])
    assert "exemple.fr" not in said
    assert "no such person" not in said
    assert Mail.objects.get(to="b@exemple.fr").error.startswith("SMTPRecipientsRefused")
    assert set(states().values()) == {"failed", "uncertain"}


def test_a_busy_mailbox_is_tried_again_later(by_smtp: MailServer) -> None:
    by_smtp.moods.not_now.add("b@exemple.fr")
    write("b@exemple.fr", "c@exemple.fr")
    assert deliver() == 1
    assert states() == {"b@exemple.fr": "queued", "c@exemple.fr": "sent"}
    assert deliver() == 0  # not at once
    by_smtp.moods.not_now.clear()
    assert deliver(NOW + timedelta(minutes=2)) == 1
    assert by_smtp.addresses() == ["c@exemple.fr", "b@exemple.fr"]


def test_a_mailbox_busy_for_days_is_given_up_and_shown(by_smtp: MailServer) -> None:
    by_smtp.moods.not_now.add("b@exemple.fr")
    write("b@exemple.fr")
    waits = []
    at = NOW
    for _ in range(MOST_ATTEMPTS):
        deliver(at)
        due = Mail.objects.get().due_at
        waits.append(due - at)
        at = due
    assert states() == {"b@exemple.fr": "failed"}
    assert waits[:-1] == sorted(waits[:-1])
    assert timedelta(seconds=30) < waits[0] < timedelta(minutes=2)
    assert waits[-2] == timedelta(hours=1)


def test_a_line_lost_while_handing_over_is_never_tried_twice(by_smtp: MailServer) -> None:
    """The server may have taken the mail: only a person may decide to send it again."""
    by_smtp.moods.hung_up_after.add("b@exemple.fr")
    write("a@exemple.fr", "b@exemple.fr", "c@exemple.fr")
    assert deliver() == 1
    assert states() == {
        "a@exemple.fr": "sent",
        "b@exemple.fr": "uncertain",
        "c@exemple.fr": "queued",
    }
    sweep_outbox()
    assert deliver() == 1
    assert by_smtp.addresses() == ["a@exemple.fr", "b@exemple.fr", "c@exemple.fr"]
    assert states()["b@exemple.fr"] == "uncertain"


def test_a_server_that_closes_after_some_mails_loses_none(by_smtp: MailServer) -> None:
    """421, "too many mails on this line": nothing was handed over, nor was the next mail."""
    by_smtp.moods.busy.add("b@exemple.fr")
    write("a@exemple.fr", "b@exemple.fr", "c@exemple.fr")
    deliver()
    assert states()["b@exemple.fr"] == "queued"
    by_smtp.moods.busy.clear()
    deliver(NOW + timedelta(minutes=2))
    assert states() == dict.fromkeys(["a@exemple.fr", "b@exemple.fr", "c@exemple.fr"], "sent")
    assert sorted(by_smtp.addresses()) == ["a@exemple.fr", "b@exemple.fr", "c@exemple.fr"]


def test_a_content_refused_does_not_hold_the_others(by_smtp: MailServer) -> None:
    by_smtp.moods.bad_content.add("a@exemple.fr")
    write("a@exemple.fr", "b@exemple.fr")
    assert deliver() == 1
    assert states() == {"a@exemple.fr": "queued", "b@exemple.fr": "sent"}


@pytest.mark.parametrize(
    "to",
    [
        "zoé exemple@",
        "a@exemple.fr\r\nBcc: pirate@exemple.fr",
        "a@exemple.fr,pirate@exemple.fr",
        "Bcc: pirate@exemple.fr",
        "a@exemple.fr\x01",
        "@",
    ],
)
def test_what_is_no_address_fails_and_the_rest_leaves(by_smtp: MailServer, to: str) -> None:
    """Nor does it write to anybody else."""
    write("a@exemple.fr", "b@exemple.fr")
    Mail.objects.filter(to="a@exemple.fr").update(to=to, due_at=EARLIER)
    assert deliver() == 1
    assert states() == {to: "failed", "b@exemple.fr": "sent"}
    assert by_smtp.addresses() == ["b@exemple.fr"]


def test_a_server_that_is_away_is_tried_again_later(by_smtp: MailServer) -> None:
    by_smtp.stop()
    write("a@exemple.fr", "b@exemple.fr")
    assert deliver() == 0
    assert set(Mail.objects.values_list("state", "due_at", "attempts")) == {
        ("queued", NOW + timedelta(minutes=1), 0)
    }
    assert deliver() == 0


def test_a_server_that_comes_back_gets_what_waited(
    mail_server: MailServer, by_smtp: MailServer, settings: Settings
) -> None:
    right = settings.MAILERS
    settings.MAILERS = {
        "default": right["default"] | {"OPTIONS": right["default"]["OPTIONS"] | {"port": 1}}
    }
    write("a@exemple.fr")
    assert deliver() == 0
    settings.MAILERS = right
    sweep_outbox()
    assert deliver(NOW + timedelta(minutes=1)) == 1
    assert mail_server.addresses() == ["a@exemple.fr"]


def test_a_name_with_newlines_adds_no_recipient(by_smtp: MailServer) -> None:
    write("a@exemple.fr", subject="Réponse\r\nBcc: pirate@exemple.fr\n\nViens")
    assert deliver() == 1
    (mail,) = by_smtp.taken
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Réponse Bcc: pirate@exemple.fr Viens"


def test_a_mail_claimed_long_ago_is_shown_rather_than_sent_twice(by_smtp: MailServer) -> None:
    batch = write("a@exemple.fr", "b@exemple.fr")
    Mail.objects.filter(to="a@exemple.fr").update(state="sending", claimed_at=NOW - LOST_AFTER)
    sweep_outbox()
    assert states()["a@exemple.fr"] == "sending"  # perhaps still being handed over
    with clock.pinned(NOW + timedelta(seconds=1)):
        sweep_outbox()
    assert states()["a@exemple.fr"] == "uncertain"
    deliver()
    assert by_smtp.addresses() == ["b@exemple.fr"]
    assert [mail.to for mail in troubled_mails(batch)] == ["a@exemple.fr"]


@pytest.mark.parametrize(("late", "woken"), [(9, False), (11, True)])
def test_a_mail_left_behind_wakes_a_worker(late: int, *, woken: bool) -> None:
    write("a@exemple.fr")
    DBTaskResult.objects.all().delete()
    with clock.pinned(NOW + timedelta(seconds=late)):
        sweep_outbox()
    assert DBTaskResult.objects.exists() == woken
