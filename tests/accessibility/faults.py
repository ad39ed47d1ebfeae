"""Pages that show that something went wrong, and have no route of their own."""

from __future__ import annotations

from tests.accessibility.site import run_django
from tests.demo.portal import (
    Portal,
)

ERRORS = {"404", "400", "csrf", "403", "500", "503"}


_RENDER = """
import django, json
django.setup()
from django.test import RequestFactory
from preau.web import errors
request = RequestFactory().get("/")
made = {"403": errors.forbidden, "500": errors.server_error, "503": errors.database_away}
print(json.dumps({name: page(request).content.decode() for name, page in made.items()}))
"""


def error_pages(portal: Portal) -> dict[str, str]:
    """The pages of faults that cannot be had by asking, as the portal would show them."""
    said = run_django(_RENDER, PREAU_DATA=str(portal.data))
    return {f"/erreur/{name}/": text for name, text in said.items()}
