"""Refusals that are no fault of the program."""


class RefusedError(Exception):
    """An action cannot be done. The message is one or two French sentences for the person asking.

    Nothing was written.
    """


class StaleError(RefusedError):
    """What the person saw has changed since: nothing is silently overwritten."""
