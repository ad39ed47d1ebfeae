"""A picture of the first page of a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from threading import Lock

import pypdfium2

from preau.core.errors import RefusedError

WIDTH = 280
"""Pixels: sharp at the size of a thumb on a telephone, light to fetch."""

# PDFium keeps global state: two threads of one process must not be in it together.
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, kw_only=True)
class Glance:
    """The first page as a JPEG, and the number of pages."""

    picture: bytes
    pages: int


def glance_at(content: bytes) -> Glance:
    """Look at a PDF. Raises `RefusedError` when it cannot be drawn."""
    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(content)
            page = document[0]
            image = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB")
            pages = len(document)
            document.close()
        except (pypdfium2.PdfiumError, ZeroDivisionError, IndexError, ValueError) as error:
            raise RefusedError(
                "La première page de ce PDF ne peut pas être affichée. Enregistrez-le à nouveau "
                "depuis votre traitement de texte, puis recommencez."
            ) from error
    # A page in the proportions of a till receipt would make a picture without end.
    image = image.crop((0, 0, image.width, min(image.height, WIDTH * 2)))
    out = BytesIO()
    image.save(out, "JPEG", quality=60, progressive=True, optimize=True)
    return Glance(picture=out.getvalue(), pages=pages)
