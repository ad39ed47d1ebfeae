"""Changing what the organisation says of itself and decides for all its centres."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.core.trace import write_changes
from preau.org.models import Organisation

FIELDS = (
    *("name", "contact_name", "contact_email", "contact_phone", "school_zone"),
    *("blocks_booking", "quotient_grace_months", "public_simulator"),
)


def change_organisation(*, actor: User, values: Mapping[str, Any]) -> list[str]:
    """Write `values` (names among `FIELDS`), each change traced; returns them in words.

    Raises `RefusedError` before the organisation exists.
    """
    with short_transaction():
        held = Organisation.objects.select_for_update(no_key=True).first()
        if held is None:
            raise RefusedError("L’organisation n’existe pas encore.")
        wanted = {name: value for name, value in values.items() if name in FIELDS}
        return write_changes(actor=actor, row=held, values=wanted)
