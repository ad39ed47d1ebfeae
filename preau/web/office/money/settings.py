"""What the organisation decides about money: for whoever keeps the money of all its centres."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from preau.billing.actions.settings import FIELDS, change_billing_settings
from preau.billing.identity import billing_settings
from preau.core.errors import RefusedError
from preau.core.uploads import clean_upload
from preau.org.models import Centre
from preau.web.downloads import inline_picture
from preau.web.office.money.accounts import money_page, works_everywhere
from preau.web.office.money.forms import SettingsForm
from preau.web.signed_in import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@money_page
def settings(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Read them; posting changes them, each change traced."""
    _everywhere_or_404(centres)
    row, status = billing_settings(), 200
    form = SettingsForm.of(row)
    if request.method == "POST":
        form = SettingsForm(request.POST, request.FILES)
        if _saved(request, form):
            return redirect("office:money_settings")
        status = 422
    context = {"form": form, "logo": row.logo}
    return render(request, "office/money/settings.html", context, status=status)


def _saved(request: HttpRequest, form: SettingsForm) -> bool:
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        changed = change_billing_settings(
            actor=signed_in(request),
            values={name: data[name] for name in FIELDS},
            logo=clean_upload(data["logo"]) if data["logo"] else None,
            without_logo=data["without_logo"],
        )
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return False
    said = "C’est enregistré. Les pièces déjà émises ne changent pas."
    messages.success(request, said if changed else "Rien n’a changé.")
    return True


@require_safe
@money_page
def logo(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """The logo as papers print it."""
    _everywhere_or_404(centres)
    name = billing_settings().logo
    if not name:
        raise Http404
    with default_storage.open(name) as stored:
        return inline_picture(stored.read())


def _everywhere_or_404(centres: QuerySet[Centre]) -> None:
    if not works_everywhere(centres):
        raise Http404
