"""Reading a PDF back, as somebody who receives it would."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pypdf import PdfReader


def words_of(content: bytes) -> str:
    """Its text, the spaces of French typography made plain."""
    reader = PdfReader(BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ").split())


def is_accessible(content: bytes) -> bool:
    """Tagged, in a language, and claiming PDF/UA-1, which Typst checks while it writes."""
    root: Any = PdfReader(BytesIO(content)).trailer["/Root"]
    claims = root["/Metadata"].get_data()
    return bool(root["/MarkInfo"]["/Marked"] and root["/Lang"] and b"pdfuaid:part>1<" in claims)
