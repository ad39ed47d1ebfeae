"""Forms about money."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django import forms

from preau.billing.actions.payments import MOST, OFFICE_MEANS
from preau.billing.enums import Nature
from preau.billing.models import PaperLine
from preau.core import clock


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


class RefundForm(forms.Form):
    """Money given back to a family in credit."""

    amount = AmountField(label="Montant (€)", min_value=Decimal("0.01"), max_value=MOST)


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
