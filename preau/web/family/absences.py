"""Absences: sending a certificate, reading the centre's answer (S20, B6)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.attendance.actions.certificates import send_certificate, withdraw_certificate
from preau.attendance.queries.papers import certificate_file
from preau.booking.queries.periods import centres_for_family
from preau.core.errors import RefusedError
from preau.core.uploads import ACCEPTED, clean_upload
from preau.families.models import Child, Family
from preau.web.downloads import sent_file
from preau.web.family.access import family_page
from preau.web.signed_in import signed_in


class _ChildField(forms.ModelChoiceField[Child]):
    def label_from_instance(self, obj: Any) -> str:
        """The first name."""
        return str(obj.first_name)


def _date_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class CertificateForm(forms.Form):
    """A child, the days of the absence, and the paper."""

    child = _ChildField(
        label=gettext_lazy("Enfant"), queryset=Child.objects.none(), empty_label=None
    )
    starts_on = _date_field(gettext_lazy("Premier jour d’absence"))
    ends_on = _date_field(gettext_lazy("Dernier jour d’absence"))
    paper = forms.FileField(
        label=gettext_lazy("Certificat médical"),
        help_text=gettext_lazy("Une photo (JPEG, PNG ou HEIC) ou un PDF, 10\u00a0Mo au plus."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        max_length=255,
        allow_empty_file=True,
    )

    def __init__(self, request: HttpRequest, family: Family) -> None:
        posted = request.method == "POST"
        super().__init__(request.POST if posted else None, request.FILES if posted else None)
        self.fields["child"].queryset = family.children.all()  # type: ignore[attr-defined]  # a ModelChoiceField
        if getattr(request, "upload_too_heavy", False):
            self.fields["paper"].error_messages["required"] = _(
                "Ce fichier dépasse 10\u00a0Mo. Envoyez une photo plus légère ou un PDF plus court."
            )


@require_http_methods(["GET", "HEAD", "POST"])
@family_page
def absences(request: HttpRequest, family: Family) -> HttpResponse:
    """What was sent with its answer, and the form to send one more."""
    form = CertificateForm(request, family)
    if form.is_valid():
        try:
            _send(request, family, form)
        except RefusedError as refusal:
            form.add_error("paper" if _about_the_file(refusal) else None, str(refusal))
        else:
            messages.success(
                request, _("Votre certificat est envoyé. Le centre vous répondra ici.")
            )
            return redirect("family:absences")
    context = {
        "family": family,
        "form": form,
        "certificates": family.certificates.select_related("child"),
        "centres": centres_for_family(family),
    }
    return render(request, "family/absences.html", context, status=422 if form.errors else 200)


def _about_the_file(refusal: RefusedError) -> bool:
    return str(refusal).startswith(("Ce fichier", "Ce PDF", "Cette image"))


def _send(request: HttpRequest, family: Family, form: CertificateForm) -> None:
    given = form.cleaned_data
    send_certificate(
        actor=signed_in(request),
        family=family,
        child=given["child"],
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
        paper=clean_upload(given["paper"]),
    )


@require_safe
@family_page
def paper(request: HttpRequest, family: Family, certificate_id: int) -> HttpResponse:
    """The file as it was kept."""
    found = get_object_or_404(family.certificates, pk=certificate_id)
    name, content = certificate_file(found)
    return sent_file(content, found.media_type, name)


@require_POST
@family_page
def withdraw(request: HttpRequest, family: Family, certificate_id: int) -> HttpResponse:
    """Take back a certificate that has no answer yet."""
    found = get_object_or_404(family.certificates, pk=certificate_id)
    try:
        withdraw_certificate(family=family, certificate=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Votre certificat est retiré."))
    return redirect("family:absences")
