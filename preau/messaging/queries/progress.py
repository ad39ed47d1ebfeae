"""How far a batch of mails is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from preau.messaging.models import Mail, MailBatch, MailState


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Mails of one batch by what became of them."""

    total: int
    sent: int
    waiting: int
    troubled: int

    @property
    def finished(self) -> bool:
        """Nothing is left to wait for."""
        return self.waiting == 0


def progress_of_batch(batch: MailBatch) -> Progress:
    """Count the mails of `batch`, in one query."""
    counted = Mail.objects.filter(batch=batch).values_list("state").annotate(n=Count("pk"))
    counts: dict[str, int] = dict(counted.order_by())
    waiting = counts.get(MailState.QUEUED, 0) + counts.get(MailState.SENDING, 0)
    sent = counts.get(MailState.SENT, 0)
    total = sum(counts.values())
    return Progress(total=total, sent=sent, waiting=waiting, troubled=total - sent - waiting)


def troubled_mails(batch: MailBatch) -> QuerySet[Mail]:
    """Mails of `batch` that were refused, or may have left: a person must look after them."""
    return Mail.objects.filter(batch=batch, state__in=[MailState.FAILED, MailState.UNCERTAIN])
