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


def tags_of(content: bytes) -> list[str]:
    """The names of its tags in the order of reading ("H1", "Table", "TH"...), as a screen reader
    walks them."""
    found: list[str] = []
    root: Any = PdfReader(BytesIO(content)).trailer["/Root"]
    _walk(root["/StructTreeRoot"], found)
    return found


def _walk(node: Any, found: list[str]) -> None:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for each in node:
            _walk(each, found)
    elif isinstance(node, dict):
        if "/S" in node:
            found.append(str(node["/S"])[1:])
        if "/K" in node:
            _walk(node["/K"], found)


def title_of(content: bytes) -> str:
    """The title that a reader's window shows, where the file asks for it to be shown."""
    reader = PdfReader(BytesIO(content))
    root: Any = reader.trailer["/Root"]
    shown = root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")
    title = str(reader.metadata.title or "") if reader.metadata and shown else ""
    return " ".join(title.replace("\N{NO-BREAK SPACE}", " ").split())


def language_of(content: bytes) -> str:
    """The language that it is read aloud in."""
    root: Any = PdfReader(BytesIO(content)).trailer["/Root"]
    return str(root["/Lang"])
