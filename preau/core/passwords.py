"""Passwords: what is refused, and how the generated ones are made."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from preau.core.models import User

# Without look-alikes (0 O, 1 l I): people copy these from a letter.
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_CONTEXT_WORDS = ("préau", "preau", "motdepasse", "password", "azerty", "extranet")
_MOST = 128


def generate_password() -> str:
    """A password of 20 characters in four groups: 100 bits, easy to copy by hand."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def generate_code() -> str:
    """A code of 10 characters in two groups: 49 bits, for a few tries within minutes."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2))
    return "-".join(groups)


class LengthAndContextValidator:
    """Refuses passwords over 128 characters and those that mostly repeat a word of this site."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise `ValidationError` with a French sentence when `password` is refused."""
        if len(password) > _MOST:
            raise ValidationError(f"Ce mot de passe dépasse {_MOST} caractères.")
        rest = password.lower()
        for word in (*_CONTEXT_WORDS, (user.username if user else "").lower()):
            if word:
                rest = rest.replace(word, "")
        if len(rest) < 8:
            raise ValidationError(
                "Ce mot de passe se devine : il répète surtout le nom du site ou votre identifiant."
            )

    def get_help_text(self) -> str:
        """The sentence shown under the field."""
        return "Une phrase de quatre mots convient très bien."
