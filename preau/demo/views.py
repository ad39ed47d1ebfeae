"""The demonstration's mailbox. These addresses do not exist in production."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.demo.mailbox import mails_in, read_mail


def _folder() -> Path:
    return Path(settings.DATA) / "courriels"


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail the portal has sent, newest first."""
    page = Paginator(mails_in(_folder()), 50).get_page(request.GET.get("page"))
    mails = [read_mail(path) for path in page]
    return render(request, "demo/mailbox.html", {"mails": mails, "page": page})


@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, as its reader sees it."""
    path = _folder() / f"{name}.eml"
    if not path.is_file():
        raise Http404
    return render(request, "demo/mail.html", {"mail": read_mail(path)})
