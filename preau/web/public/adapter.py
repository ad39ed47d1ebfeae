"""How allauth behaves here."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up alone: a director opens the account (S1). Refusals use the manual's words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "L’identifiant ou le mot de passe n’est pas le bon.",
        "too_many_login_attempts": "Trop d’essais\N{NO-BREAK SPACE}: attendez cinq minutes, puis "
        "recommencez.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
