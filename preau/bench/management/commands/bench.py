"""``preau bench pricing``: how fast this machine is at what the program promises."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from preau.bench.pricing import measure


class Command(BaseCommand):
    """Measures, alone on the machine to mean something."""

    help = "Mesure la vitesse du programme sur cette machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the contract."""
        parser.add_argument("what", choices=["pricing"], help="ce qui est mesuré")
        parser.add_argument("--json", action="store_true", help="répondre en JSON")

    def handle(self, *_: object, **options: Any) -> None:
        """Print the figures."""
        found = measure()
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(
                f"{found['quotes']} prix en {found['seconds']} s, "
                f"{found['ratio']} fois une simple lecture de dictionnaire."
            )
