"""Writing and publishing versions of a tariff."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Max

from preau.core import clock, wording
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction
from preau.core.models import User
from preau.pricing.enums import VersionStatus
from preau.pricing.models import Tariff, TariffVersion
from preau.pricing.queries.built import built
from preau.pricing.tariff import Tariff as Document
from preau.pricing.tariff import TariffError

_STALE = (
    "Ce tarif a changé depuis que vous l’avez ouvert : rien n’est enregistré. "
    "La page montre son état actuel."
)


def read_document(text: str) -> Document:
    """The tariff of a file. RefusedError: what is wrong, and where."""
    try:
        found = built(text)
    except TariffError as error:
        raise RefusedError(f"{error}.") from error
    if found.valid_from is None:
        raise RefusedError("« valid_from » : il manque le premier jour de ce tarif.")
    return found


def create_tariff(*, actor: User | None, text: str) -> TariffVersion:
    """Make a tariff whose first version is this file, unpublished. RefusedError when it cannot be
    used or when its name is taken."""
    document = read_document(text)
    with short_transaction():
        if Tariff.objects.filter(name=document.name).exists():
            raise RefusedError(f"Un tarif s’appelle déjà «\u00a0{document.name}\u00a0».")
        tariff = Tariff.objects.create(name=document.name)
        return _draft(tariff, actor, text, document)


def save_draft(
    *, actor: User | None, tariff: Tariff, text: str, seen: str | None = None
) -> TariffVersion:
    """Write the draft of a tariff; without one, a new version begins.

    `seen` is the file that was on the screen: StaleError when a colleague changed it meanwhile.
    """
    document = read_document(text)
    with short_transaction():
        held = Tariff.objects.select_for_update(no_key=True).get(pk=tariff.pk)
        if held.name != document.name:
            if Tariff.objects.filter(name=document.name).exists():
                raise RefusedError(f"Un tarif s’appelle déjà «\u00a0{document.name}\u00a0».")
            held.name = document.name
            held.save(update_fields=["name"])
        draft = held.versions.filter(status=VersionStatus.DRAFT).first()
        if draft is None:
            return _draft(held, actor, text, document)
        if seen is not None and draft.text != seen:
            raise StaleError(_STALE)
        draft.text, draft.saved_at, draft.saved_by = text, clock.now(), actor
        draft.valid_from, draft.valid_to = _first_day(document), document.valid_to
        draft.save()
        return draft


def _draft(tariff: Tariff, actor: User | None, text: str, document: Document) -> TariffVersion:
    last = tariff.versions.aggregate(last=Max("number"))["last"] or 0
    return TariffVersion.objects.create(
        tariff=tariff,
        number=last + 1,
        text=text,
        valid_from=_first_day(document),
        valid_to=document.valid_to,
        saved_at=clock.now(),
        saved_by=actor,
    )


def _first_day(document: Document) -> date:
    return document.valid_from or date.min


def publish_version(*, actor: User | None, version: TariffVersion) -> TariffVersion:
    """Publish a draft: from its first day on it prices, and the version before it ends the eve.

    RefusedError when another published version begins the same day or later.
    """
    with short_transaction():
        tariff = Tariff.objects.select_for_update(no_key=True).get(pk=version.tariff_id)
        held = TariffVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
        if not held.is_draft:
            raise RefusedError("Cette version est déjà publiée.")
        document = read_document(held.text)
        published = tariff.versions.filter(status=VersionStatus.PUBLISHED)
        later = published.filter(valid_from__gte=held.valid_from).first()
        if later is not None:
            day = wording.bare_day(later.valid_from, year=True)
            raise RefusedError(
                f"Une version publiée commence déjà le {day} : choisissez un premier jour après."
            )
        for before in published.select_for_update(no_key=True):
            if before.valid_to is None or before.valid_to >= held.valid_from:
                before.valid_to = held.valid_from - timedelta(days=1)
                before.save(update_fields=["valid_to"])
        held.status, held.published_at, held.saved_by = (
            VersionStatus.PUBLISHED,
            clock.now(),
            actor,
        )
        held.valid_to = document.valid_to
        held.save()
    return held


def remove_draft(*, tariff: Tariff) -> bool:
    """Drop what is being prepared; False when there is nothing. What is published stays."""
    with short_transaction():
        removed, _ = tariff.versions.filter(status=VersionStatus.DRAFT).delete()
    return removed > 0
