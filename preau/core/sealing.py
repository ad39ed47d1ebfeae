"""Texts that the database must hold but not be able to read: sealed with a key outside it."""

from __future__ import annotations

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class UnsealError(ValueError):
    """The text was not sealed by this key, or it was changed."""


def seal(text: str, *, purpose: str) -> str:
    """Encrypt and sign a text. Each purpose has a key of its own, made from `SECRET_KEY`."""
    return _box(settings.SECRET_KEY, purpose).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, *, purpose: str) -> str:
    """The text again. Raises `UnsealError`."""
    try:
        return _box(settings.SECRET_KEY, purpose).decrypt(sealed.encode("ascii")).decode()
    except (InvalidToken, UnicodeEncodeError) as error:
        raise UnsealError("not sealed by this key") from error


@cache
def _box(key: str, purpose: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"preau.{purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(key.encode())))
