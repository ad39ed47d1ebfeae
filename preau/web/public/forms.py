"""Sign-in and password forms, in the manual's words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

from preau.core import clock
from preau.core.models import User

EXPIRED = (
    "Ce mot de passe provisoire a expiré. Demandez-en un nouveau avec «\N{NO-BREAK SPACE}Mot de "
    "passe oublié ou expiré\N{NO-BREAK SPACE}», sous le bouton."
)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Identifiant and password (S1)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["login"], "Identifiant", "username")
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        _dress(self.fields["password"], "Mot de passe", "current-password")
        self.fields.pop("remember", None)

    def clean(self) -> Any:
        """Refuse a temporary password after its week: only who knows it learns that it expired."""
        data = super().clean()
        user = getattr(self, "user", None)
        if user and user.temporary_until and user.temporary_until <= clock.now():
            raise forms.ValidationError(EXPIRED)
        return data


class PasswordChangeForm(ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """A new password, whenever the person likes (S10)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["oldpassword"], "Mot de passe actuel", "current-password")
        _dress(self.fields["password1"], "Nouveau mot de passe", "new-password")
        _dress(self.fields["password2"], "Nouveau mot de passe, encore une fois", "new-password")
        self.fields[
            "password1"
        ].help_text = "12 caractères au moins. Une phrase de quatre mots convient très bien."


def _dress(field: Any, label: str, autocomplete: str) -> None:
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["autocomplete"] = autocomplete


class OwnPasswordForm(forms.Form):
    """A password of one's own, twice: the first time, or after losing it."""

    password1 = forms.CharField(
        label="Nouveau mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="12 caractères au moins. Une phrase de quatre mots convient très bien.",
    )
    password2 = forms.CharField(
        label="Nouveau mot de passe, encore une fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ, beside the second."""
        data = super().clean() or self.cleaned_data
        if data.get("password2") and data.get("password1") != data.get("password2"):
            self.add_error("password2", "Les deux mots de passe ne sont pas les mêmes.")
        return data


class LostPasswordForm(forms.Form):
    """Whose password is lost."""

    identifier = forms.CharField(
        label="Identifiant",
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class CodeForm(OwnPasswordForm):
    """The code of the mail, and the password it lets one choose."""

    code = forms.CharField(
        label="Code reçu par courriel",
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    field_order = ("code", "password1", "password2")


class ConfirmForm(forms.Form):
    """The person's own password, typed again before something that matters."""

    password = forms.CharField(
        label="Votre mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_password(self) -> str:
        """Refuse any other."""
        password = str(self.cleaned_data["password"])
        if not self._user.check_password(password):
            raise forms.ValidationError("Ce n’est pas votre mot de passe.")
        return password


class SecondFactorForm(AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The six digits of the telephone, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_code(self.fields["code"], "Code de votre application, ou code de secours")


class ActivateFactorForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The first code proves that the telephone and the site agree."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_code(self.fields["code"], "Code à six chiffres affiché par l’application")


def _dress_code(field: Any, label: str) -> None:
    _dress(field, label, "one-time-code")
    field.widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
