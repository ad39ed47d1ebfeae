"""Forms of a family's file: who they are, where the children go, who signs in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from preau.core import clock
from preau.families.actions.files import Birth, Person, Stay
from preau.families.models import Child, Enrolment, Family, Guardian
from preau.org.enums import SchoolLevel
from preau.org.models import Centre
from preau.web.office.planning.forms import DayInput

_CLASSES = [("", "non précisée"), *SchoolLevel.choices]
OWN_CHILD, OTHER_CHILD = "same", "other"


def _name(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=80, **more)


class PersonForm(forms.Form):
    """An adult of the family."""

    guardian_first = _name("Prénom")
    guardian_last = _name("Nom")
    phone = forms.CharField(
        label="Téléphone",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    @property
    def person(self) -> Person:
        """What was written, once valid."""
        data = self.cleaned_data
        first, last = data["guardian_first"], data["guardian_last"]
        return Person(first_name=first, last_name=last, phone=data["phone"])


def as_person(guardian: Guardian) -> dict[str, Any]:
    """What `PersonForm` begins with."""
    first, last = guardian.first_name, guardian.last_name
    return {"guardian_first": first, "guardian_last": last, "phone": guardian.phone}


class EmailForm(forms.Form):
    """An address; recording it opens a sign-in, or moves it (S2, S11)."""

    email = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class IdentifierForm(forms.Form):
    """Somebody who already has a sign-in, named by it (B8)."""

    identifier = forms.CharField(
        label="Identifiant de cette personne",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text="Elle le lit dans son espace utilisateur. Elle passera d’une famille à l’autre.",
    )


class BirthForm(forms.Form):
    """A child."""

    child_first = _name("Prénom de l’enfant")
    child_last = _name("Nom de l’enfant")
    birth_date = forms.DateField(label="Date de naissance", widget=DayInput)
    school_level = forms.ChoiceField(label="Classe", choices=_CLASSES, required=False)

    @property
    def birth(self) -> Birth:
        """What was written, once valid."""
        data = self.cleaned_data
        return Birth(
            first_name=data["child_first"],
            last_name=data["child_last"],
            birth_date=data["birth_date"],
            school_level=data["school_level"],
        )


def as_birth(child: Child) -> dict[str, Any]:
    """What `BirthForm` begins with."""
    return {
        "child_first": child.first_name,
        "child_last": child.last_name,
        "birth_date": child.birth_date,
        "school_level": child.school_level,
    }


class StayForm(forms.Form):
    """From when, and until when, a child may attend one of these centres."""

    centre = forms.ModelChoiceField(
        label="Centre", queryset=Centre.objects.none(), empty_label=None
    )
    starts_on = forms.DateField(label="À partir du", widget=DayInput)
    ends_on = forms.DateField(
        label="Jusqu’au", widget=DayInput, required=False, help_text="Vide : sans fin."
    )

    def __init__(self, *args: Any, centres: Iterable[Centre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["centre"].queryset = centres  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = clock.today()

    @property
    def stay(self) -> Stay:
        """What was written, once valid."""
        return Stay(
            **{name: self.cleaned_data[name] for name in ("centre", "starts_on", "ends_on")}
        )


class NewChildForm(BirthForm, StayForm):
    """A child and where it goes. `twin` is asked when a child of that name and day is known."""

    twin = forms.ChoiceField(
        label="Un enfant du même nom, né le même jour, est déjà connu",
        choices=[
            (OWN_CHILD, "C’est lui : il vit aussi dans cette famille (garde alternée)"),
            (OTHER_CHILD, "C’est un autre enfant"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    field_order = ("child_first", "child_last", "birth_date", "school_level", "centre", "starts_on")

    def known_child(self) -> Child | None:
        """A child of that name and birth date, if any, once valid."""
        born = self.birth
        same = Child.objects.filter(
            first_name__iexact=born.first_name,
            last_name__iexact=born.last_name,
            birth_date=born.birth_date,
        )
        return same.order_by("pk").first()


class NewFamilyForm(NewChildForm, PersonForm):
    """A family with its first adult and first child; an address opens the sign-in at once."""

    name = forms.CharField(label="Nom de la famille", max_length=120)
    town = forms.CharField(label="Commune", max_length=120, required=False)
    email = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="Dès l’enregistrement, un courriel y porte l’identifiant et un mot de passe "
        "provisoire. Vide : l’accès s’ouvrira plus tard.",
    )

    @property
    def adult_fields(self) -> list[Any]:
        """Fields of the first adult."""
        return [self[name] for name in ("guardian_first", "guardian_last", "phone", "email")]

    @property
    def child_fields(self) -> list[Any]:
        """Fields of the first child."""
        return [self[name] for name in ("child_first", "child_last", "birth_date", "school_level")]

    @property
    def stay_fields(self) -> list[Any]:
        """Fields of the enrolment."""
        return [self[name] for name in ("centre", "starts_on", "ends_on")]


class FamilyForm(forms.Form):
    """A family's name, and who receives its mails."""

    name = forms.CharField(label="Nom de la famille", max_length=120)
    contact = forms.ModelChoiceField(
        label="Reçoit les courriels de la famille",
        queryset=Guardian.objects.none(),
        required=False,
        empty_label="personne",
    )

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        adults = Guardian.objects.filter(
            guardianships__in=family.guardianships.in_force().values("pk")
        )
        self.fields["contact"].queryset = adults  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(family: Family) -> dict[str, Any]:
        """The fields as they are now."""
        contact = family.guardianships.filter(is_contact=True).first()
        return {"name": family.name, "contact": contact.guardian_id if contact else None}


class EndForm(forms.Form):
    """The last day of an enrolment."""

    ends_on = forms.DateField(label="Jusqu’au", widget=DayInput, required=False)

    @classmethod
    def of(cls, enrolment: Enrolment, data: Any = None) -> EndForm:
        """The form of one enrolment among several on a page."""
        return cls(data, initial={"ends_on": enrolment.ends_on}, auto_id=f"fin{enrolment.pk}_%s")
