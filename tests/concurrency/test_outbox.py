"""Several workers on one outbox: each mail once."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core import mail as django_mail
from django.db import transaction
from django.db.models import QuerySet

from preau.messaging.actions.deliver import deliver_due_mails
from preau.messaging.actions.queue import Draft, queue_mails
from preau.messaging.models import Mail
from tests.kit.together import Meeting, together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


def write(number: int) -> None:
    with transaction.atomic():
        queue_mails(
            purpose="Essai",
            drafts=[
                Draft(event_key=f"essai:{n}", to=f"f{n}@exemple.fr", subject="Essai", text="Oui")
                for n in range(number)
            ],
        )


def handed_over() -> Counter[str]:
    return Counter(message.to[0] for message in django_mail.outbox)


def test_three_workers_hand_each_mail_over_once() -> None:
    write(40)
    sent = together(*[deliver_due_mails] * 3)
    assert sum(sent) == 40
    assert handed_over() == {f"f{n}@exemple.fr": 1 for n in range(40)}
    assert set(Mail.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_without_the_claim_a_family_would_get_two_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The race is real: this is what the claim prevents."""
    write(1)
    without_locks(monkeypatch, Mail)
    meeting = Meeting(seconds=10)
    first = QuerySet.first

    def first_then_meet(self: QuerySet[Mail]) -> Mail | None:
        found = first(self)
        meeting.wait()
        return found

    monkeypatch.setattr(QuerySet, "first", first_then_meet)
    together(*[deliver_due_mails] * 2)
    assert meeting.met
    assert handed_over() == {"f0@exemple.fr": 2}
