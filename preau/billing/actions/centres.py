"""Saying which centres a tariff prices."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from preau.billing.models import CentreTariff
from preau.core.locks import short_transaction
from preau.org.models import Centre
from preau.pricing.models import Tariff


def set_centres(
    *, tariff: Tariff, among: QuerySet[Centre], chosen: Collection[Centre]
) -> list[Centre]:
    """Make `tariff` price exactly `chosen` of the centres `among`; the others are left alone."""
    with short_transaction():
        held = Tariff.objects.select_for_update(no_key=True).get(pk=tariff.pk)
        wanted = {centre.pk for centre in chosen}
        links = held.centres.filter(centre__in=among.values("pk"))
        known = set(links.values_list("centre_id", flat=True))
        links.exclude(centre__in=wanted).delete()
        CentreTariff.objects.bulk_create(
            CentreTariff(tariff=held, centre=centre) for centre in chosen if centre.pk not in known
        )
    return list(chosen)
