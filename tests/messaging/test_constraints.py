"""What the database refuses about mails, whoever writes."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import ProgrammingError, transaction

from preau.messaging.models import STATE_CHANGES, Mail, MailState
from tests.factories import NOW
from tests.kit.constraints import constraints_of, refused_by


def mail(state: MailState = MailState.QUEUED, **changes: object) -> Mail:
    fields = {
        "event_key": "answer:1",
        "to": "famille1@exemple.fr",
        "subject": "Une réponse",
        "text": "Bonjour",
        "state": state,
        "created_at": NOW,
        "due_at": NOW,
        "sent_at": NOW if state == MailState.SENT else None,
    }
    return Mail.objects.create(**(fields | changes))


def test_one_event_is_told_by_one_mail(db: None) -> None:
    mail()
    with refused_by("messaging_mail_event_key_key"):
        mail()


@pytest.mark.parametrize(
    ("state", "sent_at"), [(MailState.SENT, None), (MailState.QUEUED, NOW)], ids=str
)
def test_a_mail_is_sent_exactly_when_it_has_its_time(
    db: None, state: MailState, sent_at: object
) -> None:
    with refused_by("mail_sent_has_its_time"):
        mail(state, sent_at=sent_at)


def test_every_constraint_has_its_test(db: None) -> None:
    assert constraints_of("messaging") == {
        "mail_sent_has_its_time",
        "mail_secret_kept_only_until_it_leaves",
    }


@pytest.mark.parametrize(("before", "after"), [*product(MailState, MailState)], ids=str)
def test_a_mail_moves_by_the_table_only(db: None, before: MailState, after: MailState) -> None:
    """A mail that left, or may have left, is never queued again."""
    row = mail(before)
    row.state, row.sent_at = after, NOW if after == MailState.SENT else None
    if before == after or (before.value, after.value) in STATE_CHANGES:
        row.save()
        return
    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        row.save()
    row.refresh_from_db()
    assert row.state == before


def test_the_table_lets_nothing_leave_twice() -> None:
    final = {MailState.SENT, MailState.FAILED, MailState.UNCERTAIN}
    assert not [change for change in STATE_CHANGES if change[0] in final]
    assert (MailState.QUEUED, MailState.SENT) not in STATE_CHANGES
