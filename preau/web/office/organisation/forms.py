"""Forms of the settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model

from preau.core.models import Act
from preau.org.actions.centres import CENTRE_FIELDS, GROUP_FIELDS
from preau.org.actions.organisation import FIELDS
from preau.org.enums import BlockKind, CentreKind, Role, SchoolLevel, SchoolZone
from preau.org.models import Centre
from preau.web.office.planning.forms import DayInput


def _phone(label: str) -> forms.CharField:
    attrs = {"type": "tel", "autocomplete": "off"}
    return forms.CharField(label=label, max_length=30, widget=forms.TextInput(attrs=attrs))


def as_initial(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    """What a form about `row` begins with."""
    return {name: getattr(row, name) for name in names}


class OrganisationForm(forms.Form):
    """The organisation, and what it decides for all its centres."""

    name = forms.CharField(label="Nom", max_length=160)
    contact_name = forms.CharField(label="Personne ou service à contacter", max_length=160)
    contact_email = forms.EmailField(label="Courriel de contact", max_length=254)
    contact_phone = _phone("Téléphone de contact")
    school_zone = forms.ChoiceField(
        label="Zone scolaire",
        choices=SchoolZone,
        help_text="Pour proposer les mercredis et les vacances d’une nouvelle période.",
    )
    blocks_booking = forms.MultipleChoiceField(
        label="Ce qui empêche une famille de réserver",
        choices=BlockKind,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Un blocage ne ferme la réservation que si sa nature est cochée ici.",
    )
    quotient_grace_months = forms.IntegerField(
        label="Mois de tolérance après la fin d’un quotient",
        min_value=0,
        max_value=12,
        help_text="Ensuite, le tarif le plus élevé s’applique.",
    )
    public_simulator = forms.BooleanField(
        label="Ouvrir le simulateur de prix à tous, sans connexion", required=False
    )

    FIELDS = FIELDS


class CentreForm(forms.Form):
    """A centre, with the contact that families read."""

    name = forms.CharField(label="Nom", max_length=120)
    kind = forms.ChoiceField(
        label="Type",
        choices=CentreKind,
        help_text="Un accueil périscolaire (ALAE) ne se réserve pas en ligne.",
    )
    address = forms.CharField(label="Adresse", max_length=240)
    director_name = forms.CharField(label="Direction", max_length=160)
    email = forms.EmailField(label="Courriel", max_length=254)
    phone = _phone("Téléphone")
    resident_towns = forms.CharField(
        label="Communes prioritaires",
        required=False,
        help_text="Séparées par des virgules. Vide : aucune priorité de commune.",
    )

    FIELDS = CENTRE_FIELDS

    @classmethod
    def of(cls, centre: Centre) -> dict[str, Any]:
        """What the form of a centre begins with."""
        first = as_initial(centre, CENTRE_FIELDS)
        return first | {"resident_towns": ", ".join(centre.resident_towns)}

    def clean_resident_towns(self) -> list[str]:
        """The towns, each once, in the order they were typed."""
        towns = [town.strip() for town in self.cleaned_data["resident_towns"].split(",")]
        if any(len(town) > 120 for town in towns):
            raise forms.ValidationError("Le nom d’une commune fait 120 lettres au plus.")
        return list(dict.fromkeys(town for town in towns if town))


class GroupForm(forms.Form):
    """An age group of a centre."""

    name = forms.CharField(label="Nom du groupe", max_length=60)
    min_age = forms.IntegerField(label="Dès (ans)", min_value=0, max_value=25)
    max_age = forms.IntegerField(label="Jusqu’à (ans, inclus)", min_value=0, max_value=25)
    levels = forms.MultipleChoiceField(
        label="Classes",
        choices=SchoolLevel,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Si des classes sont cochées, elles décident à la place de l’âge.",
    )

    FIELDS = GROUP_FIELDS


class RoleForm(forms.Form):
    """A role, and over what."""

    role = forms.ChoiceField(label="Rôle", choices=Role)
    centre = forms.ModelChoiceField(
        label="Sur",
        queryset=Centre.objects.all(),
        required=False,
        empty_label="tous les centres",
        help_text="Direction et accueil portent un centre à la fois ; l’administration, tous.",
    )


class StaffForm(RoleForm):
    """Somebody new, with a first role."""

    first_name = forms.CharField(label="Prénom", max_length=80)
    last_name = forms.CharField(label="Nom", max_length=80)
    email = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("first_name", "last_name", "email", "role", "centre")


class KnownForm(RoleForm):
    """Somebody who already signs in, a parent for instance, named by identifier."""

    identifier = forms.CharField(
        label="Identifiant",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ("identifier", "role", "centre")


class TraceForm(forms.Form):
    """What to look for in the trace."""

    quoi = forms.ChoiceField(
        label="Quoi",
        choices=[("", "tout"), *sorted(Act.choices, key=lambda act: str(act[1]))],
        required=False,
    )
    qui = forms.CharField(label="Qui", max_length=80, required=False)
    sur = forms.CharField(label="Sur qui ou quoi", max_length=80, required=False)
    du = forms.DateField(label="Du", required=False, widget=DayInput)
    au = forms.DateField(label="Au", required=False, widget=DayInput)
