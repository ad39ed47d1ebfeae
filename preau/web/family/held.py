"""A copy of everything held about the family, and asking to be forgotten."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from preau.core import audit
from preau.core.errors import RefusedError
from preau.core.models import Act
from preau.families.models import Family
from preau.privacy.actions.erasure import ask_erasure
from preau.privacy.files import as_json, as_pdf
from preau.privacy.queries.erasure import last_erasure_of_family
from preau.privacy.queries.held import held_about
from preau.web.downloads import PDF, attachment
from preau.web.family.access import family_page
from preau.web.sessions import recently_confirmed, to_confirm
from preau.web.signed_in import signed_in

_FORMS = {"json": (as_json, "application/json"), "pdf": (as_pdf, PDF)}


class ErasureForm(forms.Form):
    """What the family adds to its request."""

    words = forms.CharField(
        label=gettext_lazy("Une précision, si vous le voulez"), max_length=300, required=False
    )


@require_safe
@family_page
def data(request: HttpRequest, family: Family) -> HttpResponse:
    """What can be asked, and where an earlier request is."""
    context = {"family": family, "last": last_erasure_of_family(family), "form": ErasureForm()}
    return render(request, "family/data.html", context)


@require_POST
@family_page
def download(request: HttpRequest, family: Family) -> HttpResponse:
    """The copy, after one's own password: it is everything at once. Traced."""
    if not recently_confirmed(request):
        return to_confirm(reverse("family:data"))
    form = request.POST.get("form", "")
    if form not in _FORMS:
        raise Http404
    user = signed_in(request)
    write, media_type = _FORMS[form]
    content = write(family, held_about(family, reader=user))
    audit.record(Act.EXPORTED, actor=user, on=family, detail=f"toutes ses données, {form}")
    return attachment(content, media_type, f"famille-{family.number}.{form}")


@require_POST
@family_page
def erase(request: HttpRequest, family: Family) -> HttpResponse:
    """Ask to be forgotten: somebody answers, nothing is erased by itself."""
    form = ErasureForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    try:
        ask_erasure(actor=signed_in(request), family=family, words=words)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Votre demande est enregistrée. Sa réponse se lira ici."))
    return redirect("family:data")
