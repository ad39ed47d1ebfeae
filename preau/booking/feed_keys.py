"""The key of a private calendar."""

from __future__ import annotations

import hashlib


def digest_of(key: str) -> str:
    """What the database keeps of a key: its SHA-256."""
    return hashlib.sha256(key.encode()).hexdigest()
