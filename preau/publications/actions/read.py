"""Noting that somebody opened a paper."""

from __future__ import annotations

from preau.core import clock
from preau.core.models import User
from preau.publications.models import Edition, Reading


def note_reading(*, reader: User, edition: Edition) -> None:
    """Count this person among the readers of an edition, once."""
    Reading.objects.bulk_create(
        [Reading(edition=edition, reader=reader, at=clock.now())], ignore_conflicts=True
    )
