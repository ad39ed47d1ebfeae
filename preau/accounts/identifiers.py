"""Identifiers of people who get a sign-in: their name, and a number when it is taken."""

from __future__ import annotations

from django.utils.text import slugify

from preau.core.models import User

_LONGEST = 40


def free_identifier(first_name: str, last_name: str) -> str:
    """ "alex.exemple", or "alex.exemple2", whatever nobody has yet (capitals do not count).

    Another transaction may take it first: the database then refuses, and the caller asks again.
    """
    parts = [slugify(first_name), slugify(last_name)]
    base = ".".join(filter(None, parts))[:_LONGEST].strip(".-") or "acces"
    near = User.objects.filter(username__istartswith=base).values_list("username", flat=True)
    taken = {name.lower() for name in near}
    number = 1
    found = base
    while found in taken:
        number += 1
        found = f"{base}{number}"
    return found
