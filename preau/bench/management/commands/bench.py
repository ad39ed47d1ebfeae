"""`preau bench`: how quick this machine is, in figures that can be compared."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from preau.bench.billing import measure_billing
from preau.bench.board import measure_board
from preau.bench.pricing import measure

MEASURES: dict[str, Callable[[], dict[str, Any]]] = {
    "billing": measure_billing,
    "board": measure_board,
    "pricing": measure,
}


class Command(BaseCommand):
    """Measure, print, leave nothing behind. Alone on the machine, to mean something."""

    help = "Mesure ce que chacun attend, à côté du minimum possible sur cette machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the contract."""
        parser.add_argument("what", choices=MEASURES, help="ce qui est mesuré")
        parser.add_argument("--json", action="store_true", help="répondre en JSON")

    def handle(self, *, what: str, **options: Any) -> None:
        """Print the figures."""
        result = MEASURES[what]()
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        for name, value in result.items():
            self.stdout.write(f"{name}: {value}")
