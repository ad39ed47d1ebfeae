"""Regular duties of this app."""

from preau.core.housekeeping import duty


@duty("booking.offers", every=20)
def end_offers() -> None:
    """Pass on the places that nobody confirmed in time."""
    from preau.booking.actions.offer import expire_offers

    expire_offers()
