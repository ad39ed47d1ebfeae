"""`preau bench`: how quick this machine is, in figures that can be compared."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from preau.bench.board import measure_board

MEASURES = {"board": measure_board}


class Command(BaseCommand):
    """Measure, print, leave nothing behind."""

    help = "Mesure ce que la direction attend, à côté du minimum possible sur cette machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=MEASURES, help="ce qui est mesuré")
        parser.add_argument("--json", action="store_true", help="répondre en JSON")

    def handle(self, *, what: str, **options: Any) -> None:
        result = MEASURES[what]()
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        for name, value in result.items():
            self.stdout.write(f"{name}: {value}")
