"""`preau serve`: the web server."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection


class Command(BaseCommand):
    """Serve the pages with granian until told to stop."""

    help = "Sert les pages du site jusqu’à l’arrêt demandé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="adresse écoutée")
        parser.add_argument("--port", type=int, default=8000, help="port écouté")
        parser.add_argument("--workers", type=int, default=2, help="nombre de processus")
        parser.add_argument("--threads", type=int, default=4, help="fils par processus")

    def handle(self, *, host: str, port: int, workers: int, threads: int, **options: Any) -> None:
        from granian import Granian
        from granian.constants import Interfaces
        from granian.log import LogLevels

        # Django's checks asked the database something: forked with it, servers would share one line
        # and read each other's answers.
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
        Granian(
            "preau.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            # Requests wait here rather than in the database; beyond, the browser is told to wait.
            backpressure=workers * threads * 16,
            respawn_failed_workers=True,
            log_level=LogLevels.warning,
        ).serve()
