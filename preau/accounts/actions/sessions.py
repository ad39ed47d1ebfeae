"""Ending one's own sessions (trust.md: "sessions listed and ended by the person")."""

from __future__ import annotations

from preau.accounts.queries.sessions import mark_of, sessions_of
from preau.core import audit
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User


def end_session(*, user: User, mark: str, here: str | None) -> None:
    """End one other session of this person, named by its mark: its next page asks to sign in.

    Raises `RefusedError` when it is over already, is somebody else's, or is the one that asks
    (whose key is `here`): signing out ends that one.
    """
    with short_transaction():
        keys = [key for key in _others(user, here) if mark_of(key) == mark]
        if not keys:
            raise RefusedError("Cette session est déjà fermée.")
        _end(user, keys)


def end_other_sessions(*, user: User, here: str | None) -> int:
    """End every session of this person but the one that asks. Returns how many."""
    with short_transaction():
        keys = _others(user, here)
        if keys:
            _end(user, keys)
    return len(keys)


def _others(user: User, here: str | None) -> list[str]:
    return [key for key in sessions_of(user).values_list("pk", flat=True) if key != here]


def _end(user: User, keys: list[str]) -> None:
    sessions_of(user).filter(pk__in=keys).delete()
    told = "une autre session" if len(keys) == 1 else f"{len(keys)} autres sessions"
    audit.record(Act.SESSIONS_ENDED, actor=user, on=user, detail=f"{told}, par la personne")
