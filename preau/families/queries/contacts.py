"""Where a family is written to."""

from __future__ import annotations

from collections.abc import Iterable

from preau.families.models import Guardianship


def contacts_of(families: Iterable[int]) -> dict[int, str]:
    """The address that receives the mails of each of these families that has one."""
    rows = Guardianship.objects.filter(family__in=list(families), is_contact=True)
    return dict(rows.exclude(guardian__email="").values_list("family", "guardian__email"))
