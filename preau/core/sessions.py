"""Sessions in the database, each with its owner; settings name this module as their engine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import Q, QuerySet
from django.utils import timezone

from preau.core import clock
from preau.core.compiled import compiled_once
from preau.core.models import Session, User

OPENED, SEEN, ADDRESS, BROWSER = "opened_at", "seen_at", "address", "browser"
STAFF = "staff"
# Idle and absolute lifetimes.
OF_STAFF = (timedelta(minutes=30), timedelta(hours=12))
OF_PARENTS = (timedelta(hours=2), timedelta(days=14))


class SessionStore(DatabaseStore):
    """Django's own, whose rows say whose they are."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table of sessions."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """As Django's, which asks the database the same each time."""
        found = _going_on(self.session_key, timezone.now()) if self.session_key else []
        if not found:
            self._session_key = None
        return found[0] if found else None

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of a session, with what its owner may read of it."""
        row = cast(Session, super().create_model_instance(data))
        owner = data.get(SESSION_KEY)
        row.user_id = int(owner) if owner else None
        row.opened_at, row.seen_at = _instant(data.get(OPENED)), _instant(data.get(SEEN))
        row.address = data.get(ADDRESS)
        row.browser = str(data.get(BROWSER, ""))[:200]
        return row


def contents_of(row: Session) -> dict[str, Any]:
    """What a session says; nothing for a row that was tampered with."""
    return dict(SessionStore().decode(row.session_data))


def outlived(*, staff: bool, opened: datetime | None, seen: datetime | None) -> bool:
    """Whether a session was left alone, or has lasted, for too long."""
    idle, absolute = OF_STAFF if staff else OF_PARENTS
    now = clock.now()
    return (seen is not None and now - seen > idle) or (
        opened is not None and now - opened > absolute
    )


def end_sessions_of(user: User) -> int:
    """End every session of a person, at once. Returns how many rows there were."""
    return Session.objects.filter(user=user).delete()[0]


def drop_outlived() -> int:
    """Delete the rows of sessions that open nothing any more. Returns how many."""
    now = clock.now()
    idle, absolute = OF_PARENTS  # the longest
    over = Q(expire_date__lt=timezone.now()) | Q(seen_at__lt=now - idle)
    return Session.objects.filter(over | Q(opened_at__lt=now - absolute)).delete()[0]


@compiled_once
def _going_on(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
