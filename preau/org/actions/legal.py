"""Changing what the law asks the site to say, and how long things are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preau.core.locks import short_transaction
from preau.core.models import User
from preau.core.trace import write_changes
from preau.org.models import LegalSettings

LEGAL_FIELDS = (
    *("legal_form", "publisher", "privacy_name", "privacy_email", "accessibility", "audited_on"),
    *("children_years", "accounts_years", "log_months", "accounting_years"),
)


def change_legal_settings(*, actor: User, values: Mapping[str, Any]) -> list[str]:
    """Write `values` (names among `LEGAL_FIELDS`), each change traced; returns them in words."""
    with short_transaction():
        LegalSettings.objects.get_or_create(pk=1)
        held = LegalSettings.objects.select_for_update(no_key=True).get(pk=1)
        wanted = {name: value for name, value in values.items() if name in LEGAL_FIELDS}
        return write_changes(actor=actor, row=held, values=wanted)
