"""Refusals of this app. Each message is for the person who asked."""

from preau.core.errors import RefusedError, StaleError


class WindowClosedError(RefusedError):
    """Families may not ask for this period now (S19, S21)."""


class ForgedError(RefusedError):
    """The request names a child, day, slot or outing that this page never offered."""


class TooFewDaysError(RefusedError):
    """A week does not hold the days this period asks for."""


class BlockedError(RefusedError):
    """Something keeps this family from asking: missing documents, arrears."""


class NothingAskedError(RefusedError):
    """The request asks for nothing."""


class ConfirmationNeededError(RefusedError):
    """The request would give back places that were granted: the family must say so twice."""


class AlreadyAskedError(RefusedError):
    """Somebody already asked for this child, date and slot (B8)."""


__all__ = [
    "AlreadyAskedError",
    "BlockedError",
    "ConfirmationNeededError",
    "ForgedError",
    "NothingAskedError",
    "RefusedError",
    "StaleError",
    "TooFewDaysError",
    "WindowClosedError",
]
