"""Sign-in and password forms, in the manual's words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Identifiant and password (S1)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["login"], "Identifiant", "username")
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        _dress(self.fields["password"], "Mot de passe", "current-password")
        self.fields.pop("remember", None)


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
