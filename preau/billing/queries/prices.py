"""Which tariff prices a centre's day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from preau.core.compiled import compiled_once
from preau.org.models import Centre
from preau.pricing.enums import VersionStatus
from preau.pricing.models import Tariff, TariffVersion
from preau.pricing.queries.built import built
from preau.pricing.tariff import Tariff as Document


def tariffs_of_staff(centres: QuerySet[Centre]) -> QuerySet[Tariff]:
    """Tariffs of these centres, and those that no centre uses yet."""
    mine = Q(centres__centre__in=centres.values("pk")) | Q(centres__isnull=True)
    return Tariff.objects.filter(mine).distinct()


def published_versions(centre: Centre) -> list[TariffVersion]:
    """Published versions that price this centre, the latest first."""
    return _published(centre.pk)


@compiled_once
def _published(centre: int) -> QuerySet[TariffVersion]:
    versions = TariffVersion.objects.filter(
        status=VersionStatus.PUBLISHED, tariff__centres__centre=centre
    )
    return versions.order_by("-valid_from", "pk")


def versions_for_centres(centres: QuerySet[Any, Any], day: date) -> list[TariffVersion]:
    """Published versions in force on a day at these centres (their ids), one a tariff."""
    return list(
        TariffVersion.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
            status=VersionStatus.PUBLISHED,
            valid_from__lte=day,
            tariff__centres__centre__in=centres,
        )
        .select_related("tariff")
        .distinct()
        .order_by("tariff__name")
    )


def document_for(
    versions: Iterable[TariffVersion], kind: str, day: date
) -> tuple[TariffVersion, Document] | None:
    """The version that prices a day of care of this kind ("wednesdays", "holidays"), and its
    tariff ready to price; None when there is no price yet."""
    for version in versions:
        if version.valid_from <= day and (version.valid_to is None or day <= version.valid_to):
            document = built(version.text)
            if not document.day_kinds or kind in document.day_kinds:
                return version, document
    return None
