"""What the organisation decides about money; every change leaves its trace."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from stdnum.fr import siret as siret_numbers

from preau.billing.models import BillingSettings
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.core.trace import write_changes
from preau.core.uploads import Cleaned

FIELDS = (
    *("siret", "address", "vat_mention", "mentions", "means", "days_to_pay", "online_minimum"),
    *("signatory", "attestation_month", "attestation_day"),
    *("morning_hours", "midday_hours", "afternoon_hours"),
)
LOGO_PIXELS = (700, 280)
"""Twice what a paper prints: sharp, and light in every PDF."""


def change_billing_settings(
    *,
    actor: User,
    values: Mapping[str, Any],
    logo: Cleaned | None = None,
    without_logo: bool = False,
) -> list[str]:
    """Write `values` (names among `FIELDS`) and the logo; papers already issued keep theirs.

    Returns what changed, in words, which the trace keeps too. Raises `RefusedError` for a SIRET
    whose check digit is wrong, or a logo that is no picture.
    """
    siret = "".join(str(values.get("siret", "")).split())
    if siret and not siret_numbers.is_valid(siret):
        raise RefusedError("Ce SIRET n’est pas valable : vérifiez ses 14 chiffres.")
    kept = _keep_logo(logo) if logo else None
    with short_transaction():
        BillingSettings.objects.get_or_create(pk=1)
        row = BillingSettings.objects.select_for_update().get(pk=1)
        wanted = {name: value for name, value in values.items() if name in FIELDS}
        wanted["siret"] = siret
        if kept or without_logo:
            wanted["logo"] = kept or ""
        return write_changes(actor=actor, row=row, values=wanted)


def _keep_logo(cleaned: Cleaned) -> str:
    """Keep the picture under the name of its content: an issued paper names it for ever."""
    if cleaned.extension == ".pdf":
        raise RefusedError("Le logo est une image PNG ou JPEG.")
    image = Image.open(BytesIO(cleaned.content))
    image.thumbnail(LOGO_PIXELS)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    name = f"logos/{hashlib.sha256(out.getvalue()).hexdigest()[:32]}.png"
    if not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(out.getvalue()))
    return name
