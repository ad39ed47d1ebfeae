"""What the legal pages say, gathered from where it is written, and what is missing of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Warning as Warned
from django.db import DatabaseError

from preau.billing.identity import billing_settings
from preau.org.legal import legal_settings
from preau.org.models import LegalSettings
from preau.org.ours import organisation

HOSTING = "l’hébergeur du site (PREAU_HOSTING)"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Who publishes the site. Empty where nobody wrote it yet: the pages say so."""

    name: str
    address: str
    siret: str
    email: str
    phone: str
    contact: str
    hosting: str
    settings: LegalSettings

    @property
    def privacy_email(self) -> str:
        """Where to write about personal data: the organisation's own address by default."""
        return self.settings.privacy_email or self.email

    def missing(self) -> Iterator[str]:
        """What the law asks for and nobody wrote, in words."""
        asked = {
            "le nom de l’organisation": self.name,
            "son adresse (réglages de facturation)": self.address,
            "son SIRET (réglages de facturation)": self.siret,
            "sa forme juridique": self.settings.legal_form,
            "le ou la responsable de la publication": self.settings.publisher,
            "qui répond au sujet des données personnelles": self.settings.privacy_name,
            HOSTING: self.hosting,
        }
        return (words for words, value in asked.items() if not value)


def notice() -> Notice:
    """What is written today, in three queries."""
    ours, billing = organisation(), billing_settings()
    return Notice(
        name=ours.name if ours else "",
        email=ours.contact_email if ours else "",
        phone=ours.contact_phone if ours else "",
        contact=ours.contact_name if ours else "",
        address=billing.address,
        siret=billing.siret,
        hosting=settings.HOSTING,
        settings=legal_settings(),
    )


def check_notice(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn whoever puts the site on line that its legal pages are not complete."""
    try:
        missing = list(notice().missing())
    except DatabaseError:
        # No database yet: only the environment can be looked at.
        missing = [] if settings.HOSTING else [HOSTING]
    return [
        Warned(
            f"Mentions légales incomplètes : il manque {words}.",
            hint="Réglages, Mentions légales ; l’hébergeur est une variable d’environnement.",
            id="preau.W001",
        )
        for words in missing
    ]
