"""Forms of payments by card."""

from __future__ import annotations

from typing import Any

from django import forms

from preau.payments.actions.shops import ShopSettings
from preau.payments.enums import Mode
from preau.payments.gateways.catalog import PROVIDERS
from preau.payments.models import CardShop

_SECRET = {"autocomplete": "off", "spellcheck": "false"}


class ShopForm(forms.Form):
    """The organisation's account at a provider."""

    gateway = forms.ChoiceField(
        label="Prestataire", choices=[(each.code, each.name) for each in PROVIDERS if each.ready]
    )
    site = forms.RegexField(
        label="Identifiant de boutique",
        regex=r"^[0-9]{8}$",
        help_text="Huit chiffres, donnés par la banque.",
        error_messages={"invalid": "Écrivez les huit chiffres donnés par la banque."},
    )
    mode = forms.ChoiceField(label="Mode", choices=Mode.choices)
    key = forms.CharField(
        label="Clé de ce mode",
        max_length=100,
        required=False,
        widget=forms.PasswordInput(attrs=_SECRET),
        help_text="Vide\u00a0: la clé gardée ne change pas. Une clé n’est jamais réaffichée.",
    )
    api_url = forms.URLField(
        label="Adresse de l’API",
        required=False,
        assume_scheme="https",
        help_text="Pour demander à la banque ce que devient un paiement, et rembourser.",
    )
    api_password = forms.CharField(
        label="Mot de passe de l’API",
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs=_SECRET),
        help_text="Vide\u00a0: celui qui est gardé ne change pas.",
    )
    is_open = forms.BooleanField(label="Les familles peuvent payer par carte", required=False)

    def clean_api_url(self) -> str:
        """The password goes there: never in clear over a network."""
        url = str(self.cleaned_data["api_url"])
        if url and url != self.initial.get("api_url") and not url.startswith("https://"):
            raise forms.ValidationError("L’adresse de l’API commence par https://.")
        return url

    def settings_of(self, shop: CardShop | None) -> ShopSettings:
        """What was written, once valid. The address of payment is the provider's own."""
        data: dict[str, Any] = dict(self.cleaned_data)
        same = shop is not None and (shop.gateway, shop.site) == (data["gateway"], data["site"])
        service_url = shop.service_url if shop and same else ""
        return ShopSettings(**data | {"mode": Mode(data["mode"])}, service_url=service_url)


def as_shop(shop: CardShop) -> dict[str, Any]:
    """What `ShopForm` begins with: no secret."""
    names = ("gateway", "site", "mode", "api_url", "is_open")
    return {name: getattr(shop, name) for name in names}
