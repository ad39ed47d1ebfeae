"""Who writes to whom, as it is today: what a paper freezes when it is issued."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from preau.billing.models import BillingSettings
from preau.families.models import Family, Guardianship
from preau.org.models import Organisation


def billing_settings() -> BillingSettings:
    """What the organisation decided about money; the defaults until it did."""
    return BillingSettings.objects.first() or BillingSettings(pk=1)


def letterhead() -> dict[str, Any]:
    """The organisation as the top and the foot of a paper print it."""
    organisation, chosen = Organisation.objects.get(), billing_settings()
    contact = [organisation.contact_email, organisation.contact_phone]
    siret = f"SIRET {chosen.siret}" if chosen.siret else ""
    mentions = [siret, chosen.vat_mention, chosen.mentions]
    return {
        "name": organisation.name,
        "logo": chosen.logo,
        "lines": [line for line in [*chosen.address.splitlines(), *contact] if line],
        "mentions": " · ".join(part for part in mentions if part),
    }


def addressee(family: Family, *, declaring: bool = False) -> list[str]:
    """The family in the window of an envelope. `declaring`: by the guardian who declares the
    children, where the family chose one."""
    if declaring and family.declaring_guardian:
        return [line for line in (str(family.declaring_guardian), str(family), family.town) if line]
    return addressees([family])[family.pk]


def addressees(families: Collection[Family]) -> dict[int, list[str]]:
    """Each of these families in the window of an envelope, by its contact, in one query."""
    people = Guardianship.objects.in_force().filter(family__in=families).select_related("guardian")
    contact: dict[int, str] = {}
    for each in people.order_by("-is_contact", "pk"):
        contact.setdefault(each.family_id, str(each.guardian))
    return {
        family.pk: [line for line in (str(family), contact.get(family.pk, ""), family.town) if line]
        for family in families
    }
