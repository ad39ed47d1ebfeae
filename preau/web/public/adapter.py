"""How allauth behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from preau.core.models import User
from preau.core.sealing import seal, unseal
from preau.web.sessions import is_required, recently_confirmed


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up alone: a director opens the account (S1). Refusals use the manual's words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "L’identifiant ou le mot de passe n’est pas le bon.",
        "too_many_login_attempts": "Trop d’essais\N{NO-BREAK SPACE}: attendez cinq minutes, puis "
        "recommencez.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Unless the password was typed in the last minutes."""
        return not recently_confirmed(context.request)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: their secrets are sealed, and staff who must have one keep it."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Ce code n’est pas le bon, ou il vient de changer.",
        "cannot_delete_authenticator": "Votre rôle demande un second facteur.",
    }
    _PURPOSE = "second-factor"

    def encrypt(self, text: str) -> str:
        """Seal the secret of an application."""
        return seal(text, purpose=self._PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return unseal(encrypted_text, purpose=self._PURPOSE)

    def build_totp_svg(self, url: str) -> str:
        """The drawing to photograph, ready to stand in a page."""
        drawn: str = super().build_totp_svg(url)
        return drawn[drawn.index("<svg") :]

    def get_totp_label(self, user: User) -> str:
        """What the application calls this sign-in."""
        return user.username

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff who must have one keep it."""
        return not is_required(authenticator.user)
