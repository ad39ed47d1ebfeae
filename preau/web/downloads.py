"""Giving files: private, never kept by the browser, opened in it when they are our own PDFs."""

from __future__ import annotations

from django.http import HttpResponse

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def inline_pdf(content: bytes, name: str) -> HttpResponse:
    """One of our own PDFs, which the browser may open. `name` is plain ASCII, made by us."""
    return _file(content, PDF, f'inline; filename="{name}"')


def picture(content: bytes) -> HttpResponse:
    """A JPEG that we made ourselves, of nothing personal, shown inside a page.

    Its address changes when it does, so the browser of this person may keep it.
    """
    answer = _file(content, "image/jpeg", "inline")
    answer.headers["Cache-Control"] = "private, max-age=604800, immutable"
    return answer


def inline_picture(content: bytes) -> HttpResponse:
    """A PNG painted by us."""
    return HttpResponse(content, content_type="image/png")


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to keep. `name` is plain ASCII, made by us."""
    return _file(content, content_type, f'attachment; filename="{name}"')


def _file(content: bytes, content_type: str, disposition: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": disposition}
    )


def sent_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file that came from outside: to keep, never shown or run inside the site."""
    answer = attachment(content, content_type, name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
