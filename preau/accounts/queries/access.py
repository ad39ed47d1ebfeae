"""Where a person is with their sign-in, as the office reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from preau.accounts.models import AccessMail
from preau.core import clock
from preau.core.models import User
from preau.messaging.models import MailState


@dataclass(frozen=True, kw_only=True)
class Access:
    """`state`: none, closed, own, waiting, sent, refused, uncertain or expired.

    `at` is the instant the sentence speaks of: sent, chosen, or the end of the temporary password.
    """

    user: User | None
    state: str
    at: datetime | None = None
    until: datetime | None = None

    @property
    def can_be_sent(self) -> bool:
        """Whether a new temporary password may leave: its owner never chose their own."""
        return self.user is not None and self.user.temporary_until is not None


_BY_MAIL = {
    MailState.QUEUED: "waiting",
    MailState.SENDING: "waiting",
    MailState.SENT: "sent",
    MailState.FAILED: "refused",
    MailState.UNCERTAIN: "uncertain",
}


def access_of_people(users: Iterable[User | None]) -> dict[int, Access]:
    """How far each of these people is, in one query. Nobody (None) is left out."""
    people = [user for user in users if user]
    newest: dict[int, AccessMail] = {}
    mails = AccessMail.objects.filter(user__in=people).select_related("mail").order_by("pk")
    for each in mails:
        newest[each.user_id] = each
    return {user.pk: _access(user, newest.get(user.pk)) for user in people}


def _access(user: User, last: AccessMail | None) -> Access:
    if not user.is_active:
        return Access(user=user, state="closed")
    if user.temporary_until is None or last is None:
        return Access(user=user, state="own", at=last.used_at if last else None)
    state = _BY_MAIL[MailState(last.mail.state)]
    if state in {"sent", "uncertain"} and user.temporary_until <= clock.now():
        state = "expired"
    return Access(
        user=user,
        state=state,
        at=last.mail.sent_at or last.issued_at,
        until=user.temporary_until,
    )


NO_ACCESS = Access(user=None, state="none")
