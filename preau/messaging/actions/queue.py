"""Writing a mail down, in the transaction of the fact it tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from preau.core import clock
from preau.core.sealing import seal
from preau.messaging.models import Mail, MailBatch
from preau.messaging.tasks import deliver_due


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A mail to write down. `event_key` names what it tells, and is used once for ever.

    `secret`: its text holds a password or a code, which the database must not be able to read.
    """

    event_key: str
    to: str
    subject: str
    text: str
    secret: bool = False


SEALED_FOR = "mail"


def queue_mails(
    *, purpose: str, drafts: Iterable[Draft], batch: MailBatch | None = None
) -> MailBatch:
    """Write mails down as one batch, and wake the worker once they are committed.

    With `batch`, they join one that was begun before.

    Must be called inside the transaction of the fact. A draft whose `event_key` was already
    written is left out: one event, one mail. Returns the batch, even if it is empty.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a mail is written in the transaction of the fact it tells")
    now = clock.now()
    batch = batch or MailBatch.objects.create(purpose=purpose, created_at=now)
    Mail.objects.bulk_create(
        [
            Mail(
                event_key=draft.event_key,
                batch=batch,
                to=draft.to,
                subject=" ".join(draft.subject.split()),
                text=seal(draft.text, purpose=SEALED_FOR) if draft.secret else draft.text,
                secret=draft.secret,
                created_at=now,
                due_at=now,
            )
            for draft in drafts
        ],
        ignore_conflicts=True,
    )
    # The task is a row too: it commits with the mails, or not at all.
    deliver_due.enqueue()
    return batch
