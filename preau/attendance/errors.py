"""Refusals of this app. Each message is for the person who asked."""

from preau.core.errors import RefusedError, StaleError


class ForgedError(RefusedError):
    """What was sent comes from no page of ours."""


__all__ = ["ForgedError", "RefusedError", "StaleError"]
