"""Composing a request before the window opens, to send it in one click when it does (B1)."""

from __future__ import annotations

from preau.activities.models import Period
from preau.booking.errors import ForgedError
from preau.booking.models import PreparedRequest
from preau.booking.queries.offer import Asked, Wish, offer_to_family
from preau.booking.windows import window_of_family
from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.families.models import Family


def prepare_request(*, family: Family, period: Period, asked: Asked) -> bool:
    """Keep what the family ticked until it sends it. Returns whether something is kept.

    It holds no place and gives no rank: everything is checked anew when it is sent. Nothing ticked
    keeps nothing. Raises `RefusedError` once the window is open, `ForgedError` for a box the page
    does not have.
    """
    now = clock.now()
    if now >= window_of_family(family, period).opens_at:
        raise RefusedError(
            "Les demandes sont ouvertes : il n’y a plus rien à préparer. Vos cases sont encore "
            "cochées, envoyez votre demande."
        )
    offer = offer_to_family(family, period, now=now)
    if not (asked.wishes | asked.only_with) <= offer.offered.keys():
        raise ForgedError(
            "Cette demande contient un enfant, un jour ou un créneau que le centre ne propose "
            "pas. Rien n’a été enregistré."
        )
    own = PreparedRequest.objects.filter(family=family, period=period)
    with short_transaction():
        if asked.wishes:
            own.update_or_create(
                family=family, period=period, defaults={"boxes": _boxes(asked), "saved_at": now}
            )
        else:
            own.delete()
    return bool(asked.wishes)


def _boxes(asked: Asked) -> dict[str, object]:
    return {
        "wishes": sorted(asked.wishes, key=Wish.sort_key),
        "together": asked.together,
        "only_with": sorted(asked.only_with, key=Wish.sort_key),
    }
