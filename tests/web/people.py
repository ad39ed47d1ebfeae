"""Who looks at the site, and the addresses they could type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from preau.booking.models import Sending
from preau.core.models import User
from tests.factories import Cast, add_trip, ask, decide, lines_of, open_days, sign_in, tell

ROLES = (
    "nobody",
    "parent of Exemple",
    "parent of Ailleurs",
    "director of Tilleuls",
    "director of Platanes",
    "administrator",
    "accountant",
    "reception of Tilleuls",
    "signed in without any role",
)


def person(cast: Cast, role: str) -> User | None:
    """The account of somebody in that role; `None` for somebody signed out."""
    return {
        "nobody": None,
        "parent of Exemple": cast.exemple.user,
        "parent of Ailleurs": cast.ailleurs.user,
        "director of Tilleuls": cast.camille,
        "director of Platanes": cast.house.dominique,
        "administrator": cast.house.andrea,
        "accountant": cast.house.charlie,
        "reception of Tilleuls": cast.house.lou,
        "signed in without any role": cast.inconnu,
    }[role]


def browser_of(cast: Cast, role: str, *, enforce_csrf_checks: bool = False) -> Client:
    """A browser in which that person is signed in."""
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    user = person(cast, role)
    return sign_in(client, user) if user else client


@dataclass(frozen=True, kw_only=True)
class Objects:
    """Numbers that addresses carry: of Les Tilleuls and Exemple, or Les Platanes and Ailleurs."""

    period: int
    centre: int
    request: int
    sending: int
    family: int
    day: int
    line: int
    outing: int


def both_sides(cast: Cast) -> dict[str, Objects]:
    """On each side, a request decided in part and a sending that told the other part."""
    return {
        "Tilleuls": _objects(cast, first=True),
        "Platanes": _objects(cast, first=False),
    }


def _objects(cast: Cast, *, first: bool) -> Objects:
    household = cast.exemple if first else cast.ailleurs
    period = cast.hiver if first else cast.hiver_platanes
    director = cast.camille if first else cast.house.dominique
    days = open_days(period)
    request = ask(household, period, days=days[:1]).request
    decide(director, period, lines_of(household))
    sending: Sending = tell(director, period)
    ask(household, period, days=days[:2])
    return Objects(
        period=period.pk,
        centre=period.centre_id,
        request=request.pk,
        sending=sending.pk,
        family=household.family.pk,
        day=days[3].pk,
        line=lines_of(household)[0].pk,
        outing=add_trip(days[4], title="Ferme").pk,
    )


def every_address() -> Iterator[str]:
    """The name of every address of the site, from the URLconf itself."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                space = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from walk(pattern, prefix + space)
            else:
                assert isinstance(pattern, URLPattern)
                yield f"{prefix}{pattern.name or pattern.pattern}"

    yield from walk(get_resolver(), "")
