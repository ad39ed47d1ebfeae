"""What the worker does for sign-ins by itself."""

from preau.core.housekeeping import duty
from preau.core.sessions import drop_outlived


@duty("core.sessions", every=600)
def sweep_sessions() -> None:
    """Sessions that open nothing any more leave no row: whose they were, and from where."""
    drop_outlived()
