"""Papers on line for a family, and those of the office."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.files.storage import default_storage
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from preau.core import clock
from preau.core.models import User
from preau.org.models import Centre
from preau.publications.models import Edition, Publication, Reading

NEW_FOR = timedelta(days=30)
"""How long a paper that this person has not opened is called new."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper as somebody finds it. `is_new`: put on line lately, and never opened by them."""

    publication: Publication
    edition: Edition
    centres: list[Centre]
    is_new: bool


def publications_on_line(centres: QuerySet[Centre], today: date) -> QuerySet[Publication]:
    """What the families of these centres find on line today."""
    of_centres = Publication.centres.through.objects.filter(centre__in=centres.values("pk"))
    return Publication.objects.filter(
        Q(until_on=None) | Q(until_on__gte=today),
        from_on__lte=today,
        withdrawn_at=None,
        pk__in=of_centres.values("publication"),
    )


def papers_for_reader(centres: QuerySet[Centre], reader: User) -> list[Paper]:
    """The papers on line of these centres, the newest first, in four queries."""
    found = publications_on_line(centres, clock.today())
    own = Prefetch("centres", centres, to_attr="own_centres")
    publications = {each.pk: each for each in found.prefetch_related(own)}
    read = Reading.objects.filter(edition=OuterRef("pk"), reader=reader)
    editions = current_editions(publications).annotate(was_read=Exists(read))
    since = clock.now() - NEW_FOR
    papers = [
        Paper(
            publication=publications[edition.publication_id],
            edition=edition,
            centres=publications[edition.publication_id].own_centres,
            is_new=edition.put_at >= since and not edition.was_read,
        )
        for edition in editions
    ]
    return sorted(papers, key=lambda paper: paper.edition.put_at, reverse=True)


def current_editions(publications: Collection[int]) -> QuerySet[Edition]:
    """The latest edition of each of these publications."""
    later = Edition.objects.filter(publication=OuterRef("publication"), pk__gt=OuterRef("pk"))
    return Edition.objects.filter(~Exists(later), publication__in=publications)


def publications_for_staff(centres: QuerySet[Centre]) -> QuerySet[Publication]:
    """Papers of these centres, with what the office's list prints.

    `readers`: people who opened the present edition. `elsewhere`: it is also another centre's,
    so that only somebody who works on all of them changes it.
    """
    ours = Publication.centres.through.objects.filter(centre__in=centres.values("pk"))
    others = Publication.centres.through.objects.filter(publication=OuterRef("pk")).exclude(
        centre__in=centres.values("pk")
    )
    latest = Edition.objects.filter(publication=OuterRef("pk")).order_by("-pk")
    readers = (
        Reading.objects.filter(edition=OuterRef("latest"))
        .order_by()
        .values("edition")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return (
        Publication.objects.filter(pk__in=ours.values("publication"))
        .annotate(
            elsewhere=Exists(others),
            latest=Subquery(latest.values("pk")[:1]),
            put_at=Subquery(latest.values("put_at")[:1]),
            weight=Subquery(latest.values("weight")[:1]),
            pages=Subquery(latest.values("pages")[:1]),
            readers=Subquery(readers),
        )
        .prefetch_related("centres")
        .order_by(F("withdrawn_at").desc(nulls_first=True), "-put_at", "-pk")
    )


def file_of(name: str) -> bytes:
    """The content of a kept file: `Edition.file` or `Edition.preview`."""
    with default_storage.open(name) as stored:
        content: bytes = stored.read()
    return content
