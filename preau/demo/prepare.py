"""Bringing the demonstration's database and files up to date."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import django

SignIns = dict[str, list[dict[str, str]]]


def prepare(say: Callable[[str], None]) -> SignIns:
    """Migrate, gather the static files, and make the organisation if there is none yet.

    Returns the sign-ins of the demonstration.
    """
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from preau.org.models import Organisation

    quiet: dict[str, Any] = {"verbosity": 0, "stdout": StringIO()}
    say("Mise en place des tables")
    call_command("migrate", **quiet)
    say("Préparation des pages")
    call_command("collectstatic", interactive=False, **quiet)
    if not Organisation.objects.exists():
        from preau.demo.organisation import make_organisation

        make_organisation(say)
    from preau.demo.organisation import sign_ins
    from preau.demo.shop import move_shop

    move_shop()
    found = sign_ins()
    connection.close()
    # The pool's threads must not outlive the fork of the servers.
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
    return found
