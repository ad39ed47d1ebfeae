"""Keeping the PDF of each paper: rendered once, stored outside the database."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from preau.billing.models import Paper, PaperFile
from preau.billing.printing import paper_pdf
from preau.core import clock

_A_ROUND = 500


def keep_missing_files() -> int:
    """Render and keep the PDF of papers that have none, the oldest first. Returns how many.

    Two workers at once render the same bytes under the same name: one row stays.
    """
    number, last = 0, 0
    while papers := Paper.objects.filter(file=None, pk__gt=last).order_by("pk")[:_A_ROUND]:
        for paper in papers:
            keep_file(paper)
            number, last = number + 1, paper.pk
    return number


def keep_file(paper: Paper) -> None:
    """Render the PDF of one paper and keep it, named by its number and its content."""
    content = paper_pdf(paper)
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"pieces/{paper.year}/{paper.number}-{sha256[:12]}.pdf"
    if not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(content))
    PaperFile.objects.bulk_create(
        [PaperFile(paper=paper, name=name, sha256=sha256, size=len(content), made_at=clock.now())],
        ignore_conflicts=True,
    )
