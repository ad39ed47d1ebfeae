"""The sessions of one person, as they read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import HASH_SESSION_KEY
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from preau.accounts.browsers import program_and_system
from preau.core.models import Session, User
from preau.core.sessions import STAFF, contents_of, outlived


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """A browser where this person is signed in.

    `mark` names it in a form and opens nothing. `program` and `system` are empty when the browser
    does not say. `here` is the one that reads.
    """

    mark: str
    program: str
    system: str
    address: str | None
    opened_at: datetime | None
    seen_at: datetime | None
    here: bool


def sessions_of(user: User) -> QuerySet[Session]:
    """Every row of this person, those that open nothing any more included."""
    return Session.objects.filter(user=user)


def mark_of(key: str) -> str:
    """What names a session in a page: its key never leaves the cookie."""
    return salted_hmac("preau.session", key, algorithm="sha256").hexdigest()[:24]


def open_sessions(user: User, *, here: str | None) -> list[OpenSession]:
    """The browsers where this person is signed in; first the one whose key is `here`, then the
    ones seen last. One query."""
    rows = sessions_of(user).filter(expire_date__gt=timezone.now()).order_by("-seen_at")
    found = [_read(row, here) for row in rows if _opens(row, user)]
    return sorted(found, key=lambda each: not each.here)


def _opens(row: Session, user: User) -> bool:
    """Whether it still lets somebody in: not left alone, and signed by the present password."""
    data = contents_of(row)
    signed = constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    over = outlived(staff=bool(data.get(STAFF)), opened=row.opened_at, seen=row.seen_at)
    return signed and not over


def _read(row: Session, here: str | None) -> OpenSession:
    program, system = program_and_system(row.browser)
    return OpenSession(
        mark=mark_of(row.session_key),
        program=program,
        system=system,
        address=row.address,
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        here=row.session_key == here,
    )
