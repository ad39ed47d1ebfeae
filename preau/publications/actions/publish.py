"""Putting a paper on line, changing what is said of it, replacing its file, withdrawing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from secrets import token_hex

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from preau.core import audit, clock
from preau.core.errors import RefusedError, StaleError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.core.uploads import Cleaned
from preau.org.models import Centre
from preau.publications.models import Edition, Publication
from preau.publications.preview import glance_at


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is said of a paper: title, a few words, centres, first and last day on line."""

    title: str
    about: str
    centres: Sequence[Centre]
    from_on: date
    until_on: date | None = None


def publish(*, actor: User, notice: Notice, paper: Cleaned) -> Publication:
    """Put a cleaned PDF on line. Raises `RefusedError` for anything else, or impossible dates."""
    _check(notice)
    with _kept(paper) as edition, short_transaction():
        made = Publication.objects.create(
            title=notice.title,
            about=notice.about,
            from_on=notice.from_on,
            until_on=notice.until_on,
        )
        made.centres.set(notice.centres)
        _put(edition, made, actor)
        audit.record(Act.PUBLISHED, actor=actor, on=made, detail="mis en ligne")
    return made


def change_publication(
    *, actor: User, publication: Publication, notice: Notice, seen_version: int
) -> Publication:
    """Change what is said of a paper. Raises `StaleError` when a colleague did meanwhile."""
    _check(notice)
    with short_transaction():
        held = _held(publication, seen_version)
        held.title, held.about = notice.title, notice.about
        held.from_on, held.until_on = notice.from_on, notice.until_on
        _next(held, "title", "about", "from_on", "until_on")
        held.centres.set(notice.centres)
        audit.record(Act.PUBLISHED, actor=actor, on=held, detail="modifié")
    return held


def replace_file(
    *, actor: User, publication: Publication, paper: Cleaned, seen_version: int
) -> Edition:
    """Give a paper a new file; the one before is kept, and families read it as new again."""
    with _kept(paper) as edition, short_transaction():
        held = _held(publication, seen_version)
        _next(held)
        _put(edition, held, actor)
        audit.record(Act.PUBLISHED, actor=actor, on=held, detail="fichier remplacé")
    return edition


def withdraw(*, actor: User, publication: Publication, seen_version: int) -> Publication:
    """Hide a paper from families, at once."""
    with short_transaction():
        held = _held(publication, seen_version)
        if held.withdrawn_at is None:
            held.withdrawn_at, held.withdrawn_by = clock.now(), actor
            _next(held, "withdrawn_at", "withdrawn_by")
            audit.record(Act.PUBLISHED, actor=actor, on=held, detail="retiré")
    return held


def put_back(*, actor: User, publication: Publication, seen_version: int) -> Publication:
    """Undo `withdraw`."""
    with short_transaction():
        held = _held(publication, seen_version)
        if held.withdrawn_at is not None:
            held.withdrawn_at = held.withdrawn_by = None
            _next(held, "withdrawn_at", "withdrawn_by")
            audit.record(Act.PUBLISHED, actor=actor, on=held, detail="remis en ligne")
    return held


def _check(notice: Notice) -> None:
    if not notice.centres:
        raise RefusedError("Choisissez au moins un centre.")
    if notice.until_on and notice.until_on < notice.from_on:
        raise RefusedError("Le dernier jour en ligne vient après le premier.")


def _held(publication: Publication, seen_version: int) -> Publication:
    held = Publication.objects.select_for_update(no_key=True).get(pk=publication.pk)
    if held.version != seen_version:
        raise StaleError(
            "Un collègue a changé cet imprimé entre-temps. Rien n’est enregistré\u00a0: relisez-le."
        )
    return held


def _next(held: Publication, *fields: str) -> None:
    held.version += 1
    held.save(update_fields=[*fields, "version"])


@contextmanager
def _kept(paper: Cleaned) -> Iterator[Edition]:
    """The edition of a file that is kept, and thrown away again if it comes to nothing."""
    if paper.extension != ".pdf":
        raise RefusedError("Un imprimé est un PDF\u00a0: enregistrez votre document en PDF.")
    seen = glance_at(paper.content)
    stem = f"imprimes/{clock.today():%Y}/{token_hex(16)}"
    names = []
    try:
        for ending, content in ((".pdf", paper.content), (".jpg", seen.picture)):
            names.append(default_storage.save(stem + ending, ContentFile(content)))
        yield Edition(file=names[0], preview=names[1], weight=len(paper.content), pages=seen.pages)
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise


def _put(edition: Edition, publication: Publication, actor: User) -> None:
    edition.publication, edition.put_at, edition.put_by = publication, clock.now(), actor
    edition.save()
