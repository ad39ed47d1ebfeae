"""Forms about money."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django import forms

from preau.billing.actions.payments import MOST, OFFICE_MEANS
from preau.billing.actions.settings import FIELDS
from preau.billing.enums import Nature
from preau.billing.models import BillingSettings, PaperLine
from preau.core import clock, wording


class AmountField(forms.DecimalField):
    """Euros and cents, with a comma or a point; spaces and "€" are taken too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_digits=8,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
            error_messages={
                "invalid": "Écrivez un montant comme 36,07.",
                "max_decimal_places": "Deux chiffres au plus après la virgule.",
            },
            **options,
        )

    def to_python(self, value: Any) -> Any:
        """What was typed as a Decimal, None when nothing was. Raises `ValidationError`."""
        if isinstance(value, str):
            value = "".join(value.replace("€", "").split()).replace(",", ".")
        return super().to_python(value)


class PaymentForm(forms.Form):
    """A payment received by the office."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    means = forms.ChoiceField(
        label="Moyen", choices=[(each.value, each.label) for each in OFFICE_MEANS]
    )
    amount = AmountField(label="Montant (€)", min_value=Decimal("0.01"), max_value=MOST)
    paid_on = forms.DateField(
        label="Date du règlement", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(
        label="Numéro du chèque, ou libellé", max_length=120, required=False
    )
    drawer = forms.CharField(
        label="Tireur, si ce n’est pas la famille", max_length=120, required=False
    )
    bank = forms.CharField(label="Banque", max_length=80, required=False)

    @classmethod
    def blank(cls) -> PaymentForm:
        """A new form, which writes one payment however often it is sent."""
        return cls(initial={"key": uuid.uuid4(), "paid_on": clock.today()}, auto_id="pay_%s")


class ReasonForm(forms.Form):
    """One sentence that the family, or the accountant, will read."""

    reason = forms.CharField(label="Motif", max_length=160)


class AmountForm(forms.Form):
    """An amount of euros."""

    amount = AmountField(label="Montant (€)", min_value=Decimal("0.01"), max_value=MOST)


class RefundForm(AmountForm):
    """Money given back to a family in credit."""

    reason = forms.CharField(label="Motif", max_length=160)

    @classmethod
    def of(cls, credit: Decimal) -> RefundForm:
        """All that the family has in its favour, until somebody writes another amount."""
        return cls(initial={"amount": f"{credit:.2f}".replace(".", ",")}, auto_id="refund_%s")


class ChargeForm(forms.Form):
    """A line to bill with its month."""

    wording = forms.CharField(label="Libellé", max_length=160)
    nature = forms.ChoiceField(
        label="Nature",
        choices=[
            (each.value, each.label)
            for each in (Nature.MEMBERSHIP, Nature.PENALTY, Nature.CARE, Nature.MEAL, Nature.OTHER)
        ],
    )
    amount = AmountField(label="Montant (€)", min_value=Decimal("0.01"), max_value=MOST)
    on = forms.DateField(
        label="Date de la prestation",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class CreditNoteForm(forms.Form):
    """An amount to take back for each line of an invoice, empty for none."""

    reason = forms.CharField(label="Motif, que la famille lira", max_length=160)

    def __init__(self, *args: Any, lines: dict[PaperLine, Decimal], **options: Any) -> None:
        super().__init__(*args, **options)
        self._names = {f"line_{line.pk}": line for line in lines}
        for line, left in lines.items():
            self.fields[f"line_{line.pk}"] = AmountField(
                label=line.wording,
                required=False,
                min_value=Decimal(0),
                max_value=left,
            )

    @property
    def amounts(self) -> dict[int, Decimal]:
        """What to take back, by line."""
        return {
            line.pk: self.cleaned_data[name]
            for name, line in self._names.items()
            if self.cleaned_data.get(name)
        }


class HoursField(AmountField):
    """Hours and hundredths: 4,5 is four hours and a half."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=Decimal(0), max_value=Decimal(12), **options)


_MONTHS = [(number, name) for number, name in enumerate(wording.FRENCH.months, start=1)]


class SettingsForm(forms.Form):
    """What papers print and when; the names are those of `BillingSettings`."""

    siret = forms.CharField(label="SIRET", max_length=20, required=False)
    address = forms.CharField(
        label="Adresse de l’organisation",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    vat_mention = forms.CharField(
        label="Mention de TVA", max_length=200, help_text="Imprimée au bas de chaque pièce."
    )
    mentions = forms.CharField(label="Autres mentions", max_length=300, required=False)
    means = forms.CharField(
        label="Comment régler",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Imprimé sur les factures et écrit sur le compte des familles.",
    )
    days_to_pay = forms.IntegerField(label="Jours pour régler", min_value=0, max_value=365)
    online_minimum = AmountField(
        label="Paiement en ligne à partir de (€)",
        min_value=Decimal(0),
        max_value=MOST,
        help_text="Ce montant compte : à 30,00 €, exactement 30,00 € se paie en ligne.",
    )
    signatory = forms.CharField(label="Signataire des attestations", max_length=160, required=False)
    attestation_day = forms.IntegerField(
        label="Attestations visibles dès le", min_value=1, max_value=28
    )
    attestation_month = forms.TypedChoiceField(label="Mois", choices=_MONTHS, coerce=int)
    morning_hours = HoursField(label="Un matin compte (heures)")
    midday_hours = HoursField(label="Un midi compte (heures)")
    afternoon_hours = HoursField(label="Un après-midi compte (heures)")
    logo = forms.FileField(
        label="Logo",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        help_text="PNG ou JPEG. Il s’imprime en tête des prochaines pièces.",
    )
    without_logo = forms.BooleanField(label="Retirer le logo", required=False)

    @classmethod
    def of(cls, row: BillingSettings) -> SettingsForm:
        """What is in force."""
        initial = {name: getattr(row, name) for name in FIELDS}
        for name in ("online_minimum", "morning_hours", "midday_hours", "afternoon_hours"):
            initial[name] = f"{initial[name]:.2f}".replace(".", ",")
        return cls(initial=initial)
