"""The legal notice and how long things are kept, as an administrator writes them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from preau.org.actions.legal import LEGAL_FIELDS, change_legal_settings
from preau.org.legal import legal_settings
from preau.org.models import Conformity
from preau.web.legal import notice
from preau.web.office.organisation.access import settings_page
from preau.web.office.organisation.forms import as_initial
from preau.web.office.organisation.views import SAME, SAVED
from preau.web.office.planning.forms import DayInput
from preau.web.signed_in import signed_in


def _years(label: str, least: int, most: int, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=hint)


class LegalForm(forms.Form):
    """What the public pages say, then how long things are kept."""

    legal_form = forms.CharField(
        label="Forme juridique",
        max_length=120,
        required=False,
        help_text="Par exemple\N{NO-BREAK SPACE}: association loi 1901, commune, syndicat.",
    )
    publisher = forms.CharField(
        label="Responsable de la publication", max_length=160, required=False
    )
    privacy_name = forms.CharField(
        label="Qui répond au sujet des données personnelles",
        max_length=160,
        required=False,
        help_text="La ou le délégué à la protection des données, ou la personne qui s’en occupe.",
    )
    privacy_email = forms.EmailField(label="Son courriel", max_length=254, required=False)
    accessibility = forms.ChoiceField(
        label="Accessibilité (RGAA)",
        choices=Conformity,
        help_text="Sans audit, la loi demande de l’écrire non conforme.",
    )
    audited_on = forms.DateField(label="Date de l’audit", widget=DayInput, required=False)
    children_years = _years("Dossiers d’enfants, années après leur départ", 1, 30)
    accounts_years = _years("Accès sans connexion, en années", 1, 10)
    log_months = _years("Trace et connexions, en mois", 6, 36)
    accounting_years = _years(
        "Comptes, en années", 10, 30, "La loi en demande dix au moins. Ils sont gardés sans nom."
    )

    def clean(self) -> dict[str, object]:
        """An audit is what lets a site say more than "non conforme"."""
        data = super().clean() or self.cleaned_data
        if data.get("accessibility") != Conformity.NONE and not data.get("audited_on"):
            self.add_error("audited_on", "Écrivez la date de l’audit qui le dit.")
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@settings_page
def legal(request: HttpRequest) -> HttpResponse:
    """Read what is missing, write it."""
    form = LegalForm(request.POST or None, initial=as_initial(legal_settings(), LEGAL_FIELDS))
    if request.method == "POST" and form.is_valid():
        changed = change_legal_settings(actor=signed_in(request), values=form.cleaned_data)
        messages.success(request, SAVED if changed else SAME)
        return redirect("office:legal")
    context = {"form": form, "missing": list(notice().missing())}
    status = 422 if request.method == "POST" else 200
    return render(request, "office/organisation/legal.html", context, status=status)
