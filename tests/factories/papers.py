"""Small real PDFs, and papers put on line."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pikepdf

from preau.core.models import User
from preau.core.uploads import Cleaned
from preau.org.models import Centre
from preau.publications.actions.publish import Notice, publish
from preau.publications.models import Publication

TODAY = date(2027, 1, 12)


def pdf(pages: int = 1) -> bytes:
    """A PDF of empty pages."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def cleaned(content: bytes | None = None) -> Cleaned:
    """A PDF as it comes out of the cleaning."""
    return Cleaned(
        content=pdf() if content is None else content,
        extension=".pdf",
        media_type="application/pdf",
    )


def notice(
    *centres: Centre,
    title: str = "Programme",
    from_on: date = TODAY,
    until_on: date | None = None,
) -> Notice:
    """What is said of a paper."""
    return Notice(
        title=title, about="Pour tous.", centres=centres, from_on=from_on, until_on=until_on
    )


def put_on_line(actor: User, *centres: Centre, title: str = "Programme") -> Publication:
    """A paper that families of these centres read."""
    return publish(actor=actor, notice=notice(*centres, title=title), paper=cleaned())
