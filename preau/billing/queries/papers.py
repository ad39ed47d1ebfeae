"""Papers as files: what was kept, or the same bytes made again."""

from __future__ import annotations

import hashlib

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from preau.billing.models import Paper
from preau.billing.printing import paper_pdf
from preau.families.models import Family


class DamagedFileError(RuntimeError):
    """A kept PDF is no longer what was issued: its SHA-256 differs."""


def papers_of_families(families: QuerySet[Family]) -> QuerySet[Paper]:
    """Papers of these families, with what their pages print."""
    found = Paper.objects.filter(family__in=families.values("pk"))
    return found.select_related("family", "file")


def pdf_of_paper(paper: Paper) -> bytes:
    """The PDF that was kept; until the worker has kept it, the same one made here.

    Raises `DamagedFileError` when the file is not the one that was issued.
    """
    kept = getattr(paper, "file", None)
    if kept is None:
        return paper_pdf(paper)
    with default_storage.open(kept.name) as stored:
        content: bytes = stored.read()
    if hashlib.sha256(content).hexdigest() != kept.sha256:
        raise DamagedFileError(f"{kept.name} is not the paper that was issued")
    return content
