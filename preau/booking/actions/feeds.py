"""Opening and stopping the private calendar of a family (B9)."""

from __future__ import annotations

import secrets

from preau.booking.feed_keys import digest_of
from preau.booking.models import CalendarFeed
from preau.core import clock
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.families.models import Family


def open_feed(*, actor: User, family: Family) -> str:
    """Make a new private address; the one before stops. Returns its key, told this once."""
    key = secrets.token_urlsafe(32)
    with short_transaction():
        Family.objects.select_for_update(no_key=True).get(pk=family.pk)
        _stop(actor, family)
        CalendarFeed.objects.create(
            family=family, user=actor, digest=digest_of(key), made_at=clock.now()
        )
    return key


def stop_feed(*, actor: User, family: Family) -> bool:
    """Stop this person's private address of the family, at once. Whether there was one."""
    with short_transaction():
        return _stop(actor, family) > 0


def _stop(actor: User, family: Family) -> int:
    alive = CalendarFeed.objects.filter(family=family, user=actor, revoked_at=None)
    return alive.update(revoked_at=clock.now())
