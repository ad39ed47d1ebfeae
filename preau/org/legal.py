"""What the law asks the site to say, as it is now."""

from __future__ import annotations

from preau.org.models import LegalSettings


def legal_settings() -> LegalSettings:
    """What the administrator wrote; the defaults until they did."""
    return LegalSettings.objects.first() or LegalSettings(pk=1)
