"""`preau bench`: how quick this machine is, in figures that can be compared."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from preau.bench.billing import measure_billing
from preau.bench.board import measure_board
from preau.bench.pages.measure import SIZES as TOWNS
from preau.bench.pages.measure import measure_pages
from preau.bench.pricing import measure
from preau.bench.rush.measure import measure_rush

MEASURES: dict[str, Callable[..., dict[str, Any]]] = {
    "billing": measure_billing,
    "board": measure_board,
    "pages": measure_pages,
    "pricing": measure,
    "rush": measure_rush,
}
SIZES = ("families", "centres", "history", "workers")


class Command(BaseCommand):
    """Measure, print, leave nothing behind. Alone on the machine, to mean something."""

    help = "Mesure ce que chacun attend, à côté du minimum possible sur cette machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the contract."""
        parser.add_argument("what", choices=MEASURES, help="ce qui est mesuré")
        parser.add_argument("--families", type=int, default=5_000, help="rush : nombre de familles")
        parser.add_argument("--centres", type=int, default=20, help="rush : nombre de centres")
        parser.add_argument("--history", action="store_true", help="rush : avec un été passé")
        parser.add_argument("--workers", type=int, default=2, help="rush : processus du serveur")
        parser.add_argument(
            "--sizes",
            type=_numbers,
            default=TOWNS,
            metavar="N,N",
            help="pages : nombres de familles, du plus petit au plus grand",
        )
        parser.add_argument(
            "--no-history", action="store_true", help="pages : sans été passé ni factures"
        )
        parser.add_argument("--json", action="store_true", help="répondre en JSON")

    def handle(self, *, what: str, **options: Any) -> None:
        """Print the figures."""
        sizes: dict[str, Any] = {}
        if what == "rush":
            sizes = {name: options[name] for name in SIZES}
        if what == "pages":
            sizes = {"sizes": options["sizes"], "history": not options["no_history"]}
        result = MEASURES[what](**sizes)
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        for name, value in result.items():
            self.stdout.write(f"{name}: {value}")


def _numbers(text: str) -> tuple[int, ...]:
    """Numbers separated by commas. Raises `ValueError`, which the parser words."""
    return tuple(int(each) for each in text.split(","))
